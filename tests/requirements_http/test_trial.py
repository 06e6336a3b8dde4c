"""The caregiver: proposed, on trial at home, approved, refused, or met with silence."""

from typing import Any

import pytest

from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shipped import known, steps
from web.fake_kavenegar.faults import Fault

APPROVAL = "caregiver_approval"
ANSWERED = "مشترک با"
SUBSCRIBER, CAREGIVER = "+989121112233", "+989351112233"


@pytest.fixture
def on_trial(office: Office) -> Office:
    """The caregiver is in the home; the subscriber's 48 hours run."""
    office.start(APPROVAL, **known(APPROVAL, ANSWERED))
    for step in steps(APPROVAL, ANSWERED):
        if "move" in step:
            break
        office.play([step])
    assert office.open_tasks() == ["subscriber_opinion"]
    return office


@requirement("E06")
def test_the_first_agreement_leads_to_the_caregivers_approval(office: Office) -> None:
    name = "از ارزیابی"
    office.start("contract_signing", **known("contract_signing", name))
    office.play(steps("contract_signing", name, upto="propose_caregiver"))

    assert office.tree()[-1].definition_key == APPROVAL
    assert office.sees("dispatch.expert", "propose_caregiver")


@requirement("E06")
def test_the_caregiver_accepts_the_mission_by_text(office: Office) -> None:
    office.start(APPROVAL, **known(APPROVAL, ANSWERED))
    office.play(steps(APPROVAL, ANSWERED)[:1])
    [offer] = office.product.sms.texts_to("09351112233")

    office.text_from("09351112233", "۱")

    assert "1405/7" in offer or "۱۴۰۵/۷" in offer
    assert office.open_tasks() == ["send_caregiver"]


@requirement("E07")
def test_an_approval_by_text_in_persian_digits_is_taken(on_trial: Office) -> None:
    on_trial.wait("PT24H")
    [asked] = on_trial.texts("opinion_reminder")

    on_trial.text_from("09121112233", "۱")

    assert asked.address == SUBSCRIBER
    assert (on_trial.case.status, on_trial.case.end_event) == ("completed", "caregiver_approved")
    assert "۱" in on_trial.case_page("messages")


@requirement("E07")
def test_a_refusal_by_text_asks_for_another_caregiver(on_trial: Office) -> None:
    on_trial.text_from("09121112233", "2")

    assert on_trial.open_tasks() == ["propose_caregiver"]
    assert on_trial.case.variables["refusals"] == 1


@requirement("E07")
def test_silence_is_never_approval(on_trial: Office) -> None:
    on_trial.wait("PT47H50M")
    assert on_trial.open_tasks() == ["subscriber_opinion"]

    on_trial.wait("PT20M")

    assert on_trial.open_tasks() == ["expert_call"]
    assert on_trial.case.status == "running"
    assert on_trial.sees("subscribers.expert", "expert_call")
    assert on_trial.texts("trial_silent")


@requirement("E07")
@pytest.mark.parametrize(
    ("outcome", "reason", "end", "left"),
    [
        ("approve", None, "caregiver_approved", []),
        ("replace", "وقت‌ناشناس", None, ["propose_caregiver"]),
        ("withdraw", "دیگر لازم نیست", "subscriber_withdrew", []),
    ],
)
def test_an_opinion_taken_by_phone_has_its_own_path(
    on_trial: Office, outcome: str, reason: str | None, end: str | None, left: list[str]
) -> None:
    on_trial.do("subscriber_opinion", "subscribers.expert", {}, outcome, reason)

    assert on_trial.case.end_event == end
    assert on_trial.open_tasks() == left


@requirement("E07")
def test_another_phones_answer_leaves_the_trial_open_and_reaches_reception(
    on_trial: Office,
) -> None:
    on_trial.text_from("09350000000", "۱")

    assert on_trial.open_tasks() == ["subscriber_opinion"]
    assert "پیامکی که پرونده‌ای" in on_trial.desk("reception.clerk").get("/tickets")


def refused(number: int) -> list[dict[str, Any]]:
    """The steps of the shipped case up to the given refusal."""
    every = steps("contract_signing", "سه مراقب")
    ends = [n for n, one in enumerate(every) if one.get("complete") == "subscriber_opinion"]
    return every[: ends[number - 1] + 1]


@requirement("E18")
def test_a_refusal_goes_back_to_another_caregiver_and_the_third_one_to_win_back(
    office: Office,
) -> None:
    office.start("contract_signing", **known("contract_signing", "سه مراقب"))
    office.play(refused(2))
    assert office.open_tasks() == ["propose_caregiver"]
    assert office.texts("too_many_refusals") == []

    office.play(refused(3)[len(refused(2)) :])

    assert office.open_tasks() == ["find_reason"]
    assert {one.channel for one in office.texts("too_many_refusals")} == {"inbox", "sms"}
    assert office.product.sms.texts_to("09121000001")
    assert office.tree()[-1].definition_key == "win_back"
    visits = [line.element_id for line in office.submissions("propose_caregiver")]
    assert len(visits) == 3


@requirement("E18")
def test_three_refusals_and_a_lost_win_back_end_the_case_with_its_reason(office: Office) -> None:
    name = "سه مراقب"
    office.start("contract_signing", **known("contract_signing", name))

    office.play(steps("contract_signing", name))

    assert (office.case.status, office.case.end_event) == ("completed", "subscriber_lost")


@requirement("A17")
def test_a_text_that_cannot_be_sent_becomes_a_call(office: Office) -> None:
    office.start(APPROVAL, **known(APPROVAL, ANSWERED))
    office.play(steps(APPROVAL, ANSWERED)[:1])
    office.product.sms.faults.append(Fault("code", method="sms/send", code=411))

    office.text_from("09351112233", "۱")

    [failed] = office.texts("caregiver_introduced")
    assert failed.state == "failed"
    assert office.sees("dispatch.expert", office.open_tasks()[0])
    assert office.open_tasks() != ["send_caregiver"]
    office.do(office.open_tasks()[0], "dispatch.expert", {"call_result": "told"})
    assert office.open_tasks() == ["send_caregiver"]
