"""The call at reception: ticket, case, subscriber, and which way it goes."""

import re
from uuid import uuid4

import pytest

from engine.tables import ProcessInstance
from tests.product.fixtures import Product
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shipped import answers, steps

CONTINUE = "ادامه"


@requirement("C08", "E02")
def test_saving_a_ticket_starts_one_case_and_both_pages_know_the_other(office: Office) -> None:
    page = office.call()

    ticket = re.search(r"/tickets/[0-9a-f-]{36}", office.case_page(by="reception.head"))
    assert f"/instances/{office.root}" in page
    assert ticket is not None
    assert "مراقب برای مادر" in office.desk("reception.clerk").get(ticket[0])
    assert office.case.definition_key == "intake_ticket"
    assert office.sees("reception.clerk", office.open_tasks()[0])


@requirement("C08")
def test_the_same_ticket_form_sent_twice_is_one_ticket_and_one_case(office: Office) -> None:
    office.call(request_id=(same := str(uuid4())))
    first = office.root

    with pytest.raises(AssertionError, match="0 cases began"):
        office.call(request_id=same)

    listing = office.desk("reception.clerk").get("/tickets")
    assert listing.count("مراقب برای مادر") == 1
    assert office.root == first


@requirement("E02")
def test_the_ticket_carries_the_subscriber_into_the_contract(office: Office) -> None:
    office.call()

    office.play(steps("intake_ticket", CONTINUE))

    contract = next(one for one in office.tree() if one.definition_key == "contract_signing")
    assert contract.variables["subscriber"]["name"] == "مینا صادقی"
    assert contract.variables["subscriber"]["mobile"] == "+989121112233"
    assert office.sees("assessment.supervisor", "book_visit")


CHANNELS = {
    "phone": "تلفن",
    "voip": "VoIP",
    "website": "سایت",
    "walk_in": "حضوری",
    "referral": "معرف",
}


@requirement("E03")
def test_a_ticket_says_through_which_channel_it_came(office: Office) -> None:
    for channel, name in CHANNELS.items():
        page = office.call(channel=channel)
        main = page.split("<main", 1)[1].split("</main", 1)[0]

        assert name in main, channel
        assert office.case.definition_key == "intake_ticket"


@requirement("E03")
def test_an_unknown_channel_is_refused_and_nothing_begins(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    clerk.get("/tickets/new")
    typed = {"channel": "pigeon", "caller_name": "الف", "mobile": "09121112233", "subject": "ب"}

    page = clerk.post("/tickets", {**typed, "type_key": "intake"}, status=422)

    assert "f-channel-error" in page
    assert "/tickets/0" not in clerk.get("/tickets")


@requirement("E04")
def test_subscriber_and_patient_are_recorded_apart_before_the_paths_part(office: Office) -> None:
    office.call()
    before = steps("intake_ticket", CONTINUE, upto="decide")

    office.play(before)

    page = office.case_page()
    assert office.open_tasks() == ["decide"]
    assert "مینا صادقی" in page
    assert "پروین صادقی" in page
    contacts = office.desk("reception.clerk").get("/contacts")
    assert "مینا صادقی" in contacts
    assert "پروین صادقی" in contacts


@requirement("E04")
def test_who_is_their_own_patient_is_recorded_once(office: Office) -> None:
    office.call()
    given = answers("intake_ticket", CONTINUE, "complete_subscriber")
    alone = {k: v for k, v in given.items() if k not in ("patient_name", "patient_birth_date")}

    for step in steps("intake_ticket", CONTINUE, upto="complete_subscriber"):
        if "complete" in step:
            office.play([step])
    office.do("complete_subscriber", "reception.clerk", {**alone, "patient_same": True})

    assert office.open_tasks() == ["decide"]
    assert office.case.variables["patient"]["name"] == "مینا صادقی"


@requirement("E05")
@pytest.mark.parametrize(
    ("outcome", "button", "calls", "end"),
    [
        ("continue", "ادامه", "contract_signing", None),
        ("win_back", "بازیابی", "win_back", None),
        ("consulted", "مشاوره تمام شد", None, "advice_given"),
        ("out_of_scope", "خارج از حوزه", None, "out_of_scope_end"),
    ],
)
def test_each_outcome_is_a_button_with_a_path_of_its_own(
    office: Office, outcome: str, button: str, calls: str | None, end: str | None
) -> None:
    office.call()
    office.play(steps("intake_ticket", CONTINUE, upto="decide"))
    given = answers("intake_ticket", CONTINUE, "decide") if outcome == "continue" else {}

    page = office.desk("subscribers.expert").get(f"/items/{office.item('decide').id}")
    assert re.search(rf'name="outcome" value="{outcome}"[^>]*>{button}', page)
    needs_reason = outcome == "out_of_scope"
    office.do("decide", "subscribers.expert", given, outcome, "شهر دیگر" if needs_reason else None)

    assert _called(office.tree()) == ({calls} if calls else set())
    assert office.case.end_event == end


def _called(tree: list[ProcessInstance]) -> set[str]:
    known = {"contract_signing", "win_back"}
    return {one.definition_key for one in tree} & known
