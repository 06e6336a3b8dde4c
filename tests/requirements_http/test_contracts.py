"""From the signature to the renewal: contract, invoice, approval, control, care, renewal."""

import re
from typing import Any

import pytest

from kernel.uow import read_only
from people import directory
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shipped import answers, known, steps

REGISTRATION, FINANCE = "contract_registration", "invoicing_finance"
SIGNED, PAID, RETURNED = "مدارک", "پرداخت کامل", "مدیر مالی"
WHOLE = "تمدید"


@pytest.fixture
def registering(office: Office) -> Office:
    """A contract whose papers are to be collected."""
    office.start(REGISTRATION, **known(REGISTRATION, SIGNED))
    return office


@requirement("E08")
def test_a_contract_is_registered_with_its_papers_its_document_and_its_number(
    registering: Office,
) -> None:
    registering.do(
        "complete_documents",
        "contracts.expert",
        answers(REGISTRATION, SIGNED, "complete_documents"),
    )
    step = registering.desk("contracts.expert")
    page = step.get(f"/items/{registering.item('sign_contract').id}")
    document = re.search(r'href="(/files/[0-9a-f-]{36})"', page)
    assert document is not None
    download = step.client.get(document[1])
    registering.do(
        "sign_contract",
        "contracts.expert",
        answers(REGISTRATION, SIGNED, "sign_contract"),
        "signed",
    )

    assert download.data.startswith(b"%PDF")
    assert "attachment" in download.headers["Content-Disposition"]
    assert registering.case.end_event == "contract_registered"
    assert registering.case.variables["contract_no"] == "1405/12"
    sent = registering.case_page("forms")
    assert "۸۸۱۲" in sent or "8812" in sent
    [told] = registering.texts("contract_registered")
    assert told.address == "+989121112233"


@requirement("E08")
def test_a_wrong_national_code_comes_back_to_be_mended(registering: Office) -> None:
    given = answers(REGISTRATION, "کد ملی", "complete_documents")

    page = registering.do("complete_documents", "contracts.expert", given)
    assert registering.open_tasks() == ["fix_identity"], page
    mended = answers(REGISTRATION, "کد ملی", "fix_identity")
    registering.do("fix_identity", "contracts.expert", mended)

    assert registering.open_tasks() == ["sign_contract"]


def at_contract(office: Office, upto: str) -> None:
    """A whole contract up to a task, as the shipped case tells it."""
    office.start("contract_signing", **known("contract_signing", WHOLE))
    office.play(steps("contract_signing", WHOLE, upto=upto))


@requirement("E09")
def test_closing_the_contract_opens_invoicing_by_itself(office: Office) -> None:
    at_contract(office, "sign_contract")
    assert not office.sees("finance.accountant", "issue_invoice")

    given = answers("contract_signing", WHOLE, "sign_contract")
    office.do("sign_contract", "contracts.expert", given, "signed")

    assert office.open_tasks() == ["issue_invoice"]
    assert office.sees("finance.accountant", "issue_invoice")
    assert office.item("issue_invoice").definition_key == FINANCE


@pytest.fixture
def paid(office: Office) -> Office:
    """An invoice whose payment waits for the finance manager."""
    office.start(FINANCE, **known(FINANCE, PAID))
    office.play(steps(FINANCE, PAID, upto="finance_approval"))
    assert office.open_tasks() == ["finance_approval"]
    return office


@requirement("E12")
def test_finance_approves_and_the_invoice_is_settled(paid: Office) -> None:
    paid.do("finance_approval", "finance.head", {}, "approve")

    assert (paid.case.status, paid.case.end_event) == ("completed", "invoice_settled")


@requirement("E12")
def test_finance_returns_with_a_reason_that_the_accountant_reads(paid: Office) -> None:
    paid.do("finance_approval", "finance.head", {}, "return", status=422)
    assert paid.open_tasks() == ["finance_approval"]

    paid.do("finance_approval", "finance.head", {}, "return", "در حساب نیست")

    assert paid.open_tasks() == ["fix_rejection"]
    item = paid.item("fix_rejection")
    assert "در حساب نیست" in paid.desk("finance.accountant").get(f"/items/{item.id}")
    paid.play(steps(FINANCE, RETURNED)[4:])
    assert paid.case.end_event == "invoice_settled"


def give_position(office: Office, username: str, position: str) -> None:
    """The admin gives somebody another position."""
    with read_only() as session:
        person = directory.of(session).by_username(username).id
    admin = office.desk("platform.admin")
    admin.get(f"/people/?person={person}")
    admin.post(f"/people/{person}/positions", {"position": position})


@requirement("E12", "A15")
def test_whoever_issued_the_invoice_cannot_approve_its_payment(office: Office) -> None:
    give_position(office, "p.shayegan", "finance.accountant")
    give_position(office, "r.moradi", "finance.head")
    office.start(FINANCE, **known(FINANCE, PAID))
    every = steps(FINANCE, PAID, upto="finance_approval")
    office.play([{**one, "by": "p.shayegan"} for one in every])

    item = office.item("finance_approval")
    assert not office.sees("p.shayegan", "finance_approval")
    desk = office.desk("p.shayegan")
    answer = desk.send(f"/items/{item.id}", {"outcome": "approve", "revision": item.revision})
    assert answer.status_code in (403, 404)
    assert desk.send(f"/items/{item.id}/claim").status_code in (403, 404)
    assert office.open_tasks() == ["finance_approval"]
    assert office.item("finance_approval").status == "open"

    office.do("finance_approval", "r.moradi", {}, "approve")
    assert office.case.end_event == "invoice_settled"


@requirement("E13")
def test_on_the_third_day_quality_asks_the_subscriber_and_the_file_is_closed(
    office: Office,
) -> None:
    name = "روز سوم"
    office.start("final_control", **known("final_control", name))
    assert office.open_tasks() == []
    office.wait("P3D")
    assert office.sees("quality.expert", "quality_call")
    [told] = office.texts("quality_will_call")

    office.play([one for one in steps("final_control", name) if "complete" in one])

    assert told.address == "+989121112233"
    assert office.case.end_event == "signing_closed"
    assert office.case.variables["survey_mean"] == 4
    assert office.submissions("close_file")[0].outcome == "ready"


@requirement("E14", "E15", "E10")
def test_care_and_renewal_are_cases_of_their_own_and_the_renewal_ends_the_loop(
    office: Office,
) -> None:
    at_contract(office, "prepare_renewal")
    care = [one for one in office.tree() if one.definition_key == "retention"]
    renewal = next(one for one in office.tree() if one.definition_key == "renewal")

    # then: retention has its own diagram, version and history
    admin = office.desk("platform.admin")
    own = admin.get(f"/instances/{care[0].id}?tab=history")
    assert "نگهداشت" in own
    assert f"/instances/{office.root}" in own
    diagram = admin.get(f"/instances/{care[0].id}/diagram.bpmn")
    assert '<bpmn:process id="retention"' in diagram
    assert f"/instances/{care[0].id}" in office.case_page("called")

    # then: the renewal step tells its unit, its people and its limit, on the page and the diagram
    item = office.item("prepare_renewal")
    step = office.desk("subscribers.expert").get(f"/items/{item.id}")
    assert "امور مشترکین" in step
    assert "کارشناس مشترکین" in step
    assert "۲ روز کاری" in step

    # when: the subscriber renews, and the next period ends on request
    rest = steps("contract_signing", WHOLE)
    begun = next(n for n, one in enumerate(rest) if one.get("complete") == "prepare_renewal")
    told: list[dict[str, Any]] = [one for one in rest[begun:] if "expect" not in one]
    office.play(told)

    # then: the new number holds, and nothing is left open
    by_id = {one.id: one for one in office.tree()}
    assert by_id[renewal.id].end_event == "contract_renewed"
    assert office.case.variables["contract_no"] == "1405/44"
    assert office.case.end_event == "contract_ended"
    assert office.open_tasks() == []
    assert {one.status for one in office.tree()} == {"completed"}


@requirement("E15")
def test_a_text_with_one_renews_at_the_old_price(office: Office) -> None:
    name = "پاسخ"
    office.start("renewal", **known("renewal", name))
    office.play(steps("renewal", name)[:2])
    assert office.texts("renewal_offer")

    office.text_from("0912 111 2233", "۱")

    assert office.case.end_event == "contract_renewed"
    assert office.case.variables["new_wage"] == 250000000
