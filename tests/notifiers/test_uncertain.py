"""Texts of which nobody knows whether they arrived: asked for, then what their policy says."""

import pytest
from sqlalchemy import select

import notifiers
from kernel.jobs import run_until_idle
from kernel.queue import Job
from kernel.uow import read_only, unit_of_work
from notifiers import tables, verifying
from notifiers.errors import DeliveryNotUncertain, PolicyUnknown, TemplateMissing
from notifiers.queries import notices
from notifiers.reasons import situation
from notifiers.sending import SendJob
from people import SYSTEM
from people.actor import Actor
from people.errors import PermissionMissing
from web.fake_kavenegar import Fault

ASKED, SENT = "sms/statuslocalmessageid", "sms/send"


def silence(provider, *, taken: bool) -> None:
    """A call without an answer, and no answer to questions either."""
    provider.faults.append(Fault("accept_then_silence" if taken else "cut", SENT))
    provider.faults.append(Fault("cut", ASKED, times=999))


def follow(office, ident, reached=lambda: False) -> None:
    """Go from one try to the next, until none is planned or something is so."""
    run_until_idle()
    while (at := office.delivery(ident).next_try_at) and not reached():
        office.later(seconds=(at - office.clock.now()).total_seconds() + 1)


def calls_of(ident) -> list[tuple[str, str]]:
    """Permit and outcome of each call, in order."""
    mine = select(tables.DeliveryCall).where(tables.DeliveryCall.delivery_id == ident)
    with read_only() as session:
        rows = session.scalars(mine.order_by(tables.DeliveryCall.number)).all()
    assert len({row.localid for row in rows}) <= 1
    return [(row.permit, row.outcome) for row in rows]


def told(heard, kind):
    return [payload for name, payload in heard() if name == kind]


def test_at_most_once_never_calls_again_while_nobody_can_say(office_both, provider_both, heard):
    silence(provider_both, taken=False)
    ident = office_both.send_one(policy="drop")
    follow(office_both, ident)

    delivery = office_both.delivery(ident)
    assert (delivery.state, delivery.settled, delivery.check_at) == ("uncertain", True, None)
    assert len(provider_both.calls(SENT)) == 1
    assert calls_of(ident) == [("", "silent")]
    [settled] = told(heard, "delivery.settled")
    assert (settled["state"], settled["failed"], settled["last"]) == ("uncertain", 0, True)
    assert 10 < delivery.questions < 30  # as long as the provider would remember


def test_at_least_once_sends_again_under_the_same_number_after_three_questions(office, provider):
    silence(provider, taken=True)
    ident = office.send_one(policy="resend")
    follow(office, ident)
    office.later(minutes=1)

    assert office.state(ident) == "delivered"
    assert len(provider.calls(ASKED)) == 3
    assert len(provider.messages) == 1  # the provider knew the number
    assert calls_of(ident) == [("", "silent"), ("policy", "taken")]


@pytest.mark.parametrize("policy", ["drop", "ask", "resend"])
def test_what_the_provider_does_not_know_is_sent_whatever_the_policy(office, provider, policy):
    provider.faults.append(Fault("cut", SENT))
    ident = office.send_one(policy=policy)
    run_until_idle()
    office.later(minutes=1)
    assert office.state(ident) == "sent"
    assert calls_of(ident) == [("", "silent"), ("asked", "taken")]


@pytest.mark.parametrize("code", [409, 418])
def test_a_leave_that_was_refused_stands_for_the_next_call(office_both, provider_both, code):
    """Not known there, so it may go; a call that did nothing uses nothing of that leave up."""
    provider_both.faults += [Fault("cut", SENT), Fault("code", SENT, code=code)]
    ident = office_both.send_one()
    run_until_idle()
    office_both.later(minutes=1)
    if code == 418:
        with unit_of_work() as uow:
            notifiers.resume_channel(uow, "sms", by=SYSTEM)
    office_both.later(minutes=2)

    assert office_both.state(ident) == "sent"
    assert calls_of(ident) == [("", "silent"), ("asked", "refused"), ("asked", "taken")]
    with read_only() as session:
        assert list(verifying.verify(session)) == []


def test_what_the_provider_has_forgotten_proves_nothing(office, provider):
    provider.faults.append(Fault("accept_then_silence", SENT))
    provider.faults.append(Fault("code", ASKED, code=409, times=15))
    ident = office.send_one(policy="drop")
    run_until_idle()
    office.clock.move(hours=13)  # the provider remembers 12 hours
    follow(office, ident)
    delivery = office.delivery(ident)
    assert (delivery.state, delivery.settled) == ("uncertain", True)
    assert len(provider.calls(SENT)) == 1


@pytest.fixture
def undecided(office, provider):
    """A text that is left to a person."""
    silence(provider, taken=False)
    ident = office.send_one(policy="ask")
    run_until_idle()
    while not office.delivery(ident).undecided:
        office.later(minutes=2)
    assert office.delivery(ident).questions == 3
    return ident


def test_a_person_is_asked_and_nothing_goes_meanwhile(office, provider, undecided):
    follow(office, undecided)
    assert office.delivery(undecided).undecided
    assert len(provider.calls(SENT)) == 1
    with read_only() as session:
        [alarm] = notices(session, office.admin).rows
    assert (alarm.delivery_id, "پیامک" in alarm.text) == (undecided, True)


def test_a_late_answer_of_the_provider_spares_the_person_the_decision(
    office, provider, undecided, heard
):
    provider.faults.clear()
    follow(office, undecided)
    delivery = office.delivery(undecided)
    assert (delivery.state, delivery.undecided) == ("sent", False)
    assert [event["by"] for event in told(heard, "delivery.decided")] == [""]


def test_a_person_says_that_it_arrived(office, provider, undecided, heard):
    with unit_of_work() as uow:
        notifiers.confirm_arrival(uow, undecided, by=SYSTEM)
    delivery = office.delivery(undecided)
    assert (delivery.state, delivery.settled, delivery.code) == ("delivered", True, "")
    events = heard()
    assert [p["arrived"] for kind, p in events if kind == "delivery.decided"] == [True]
    assert [p["state"] for kind, p in events if kind == "delivery.settled"] == ["delivered"]
    with unit_of_work() as uow, pytest.raises(DeliveryNotUncertain):
        notifiers.confirm_arrival(uow, undecided, by=SYSTEM)


def test_a_person_has_it_sent_again_although_the_provider_stays_silent(office, provider, undecided):
    with unit_of_work() as uow:
        notifiers.retry_delivery(uow, undecided, by=SYSTEM)
    follow(office, undecided)
    assert office.state(undecided) in ("sent", "delivered")
    assert len(provider.messages) == 1
    assert calls_of(undecided) == [("", "silent"), ("person", "taken")]


@pytest.mark.parametrize(("code", "refused"), [(411, 1), (409, 7)])
def test_a_no_to_the_second_call_is_no_word_about_the_first(
    office_both, provider_both, code, refused
):
    """Were it called "not sent", sending that again would take another number: a second text."""
    silence(provider_both, taken=True)
    provider_both.faults.append(Fault("code", SENT, code=code, times=refused))
    ident = office_both.send_one(policy="resend")
    follow(office_both, ident, lambda: len(provider_both.calls(SENT)) > refused)

    provider_both.faults.clear()
    follow(office_both, ident)

    assert office_both.state(ident) in ("sent", "delivered")
    assert len(provider_both.messages) == 1
    assert calls_of(ident) == [("", "taken"), *[("policy", "refused")] * refused]


def test_only_those_who_mend_may_decide(office, provider, undecided):
    clerk = Actor(None, None, None, frozenset({"inbox.use"}), frozenset(), "clerk")
    for act in (notifiers.confirm_arrival, notifiers.retry_delivery):
        with unit_of_work() as uow, pytest.raises(PermissionMissing):
            act(uow, undecided, by=clerk)


def test_the_case_of_an_undecided_text_is_told(office, provider, heard, instance_id):
    silence(provider, taken=False)
    ident = office.send_one(policy="ask", instance_id=instance_id, element_id="tell")
    follow(office, ident)
    [event] = told(heard, "delivery.undecided")
    assert (event["delivery_id"], event["element_id"]) == (str(ident), "tell")
    with read_only() as session:
        assert notices(session, office.admin).rows == []


def policy_of(office, **wanted) -> str:
    return office.delivery(office.send_one(**wanted)).when_unsure


def test_the_wish_goes_before_the_text_and_the_text_before_the_channel(office, provider, mailbox):
    assert policy_of(office) == "ask"
    assert policy_of(office, to="a@example.ir", channel="email") == "resend"
    with unit_of_work() as uow:
        notifiers.decide_for_text(uow, "greet", "sms", "drop", by=SYSTEM)
    assert policy_of(office) == "drop"
    assert policy_of(office, policy="day resend") == "resend"
    assert policy_of(office, to="a@example.ir", channel="email") == "resend"
    with unit_of_work() as uow:
        notifiers.decide_for_text(uow, "greet", "sms", "", by=SYSTEM)
    assert policy_of(office) == "ask"


def test_a_policy_is_one_of_three_words_and_not_everybody_s_to_set(office):
    clerk = Actor(None, None, None, frozenset({"delivery.view"}), frozenset(), "clerk")
    with unit_of_work() as uow:
        with pytest.raises(PolicyUnknown):
            notifiers.decide_for_text(uow, "greet", "sms", "always", by=SYSTEM)
        with pytest.raises(PermissionMissing):
            notifiers.decide_for_text(uow, "greet", "sms", "ask", by=clerk)


def test_a_policy_is_kept_only_for_a_text_that_there_is(office_both):
    for nobodys in ("no-such-text", "x" * 300):
        with pytest.raises(TemplateMissing), unit_of_work() as uow:
            notifiers.decide_for_text(uow, nobodys, "sms", "drop", by=SYSTEM)


def forget_jobs() -> None:
    """The rows of all jobs are gone, as after a bad restore."""
    with unit_of_work() as uow:
        for job in uow.session.scalars(select(Job)):
            uow.session.delete(job)


def test_a_text_whose_worker_died_and_whose_job_is_lost_is_found(office_both, provider_both):
    ident = office_both.send_one()
    with unit_of_work() as uow:
        attempt = SendJob().prepare(uow, {"delivery_id": str(ident)})
    SendJob().act(attempt)
    forget_jobs()
    run_until_idle()
    assert office_both.state(ident) == "sending"

    office_both.later(minutes=16)

    assert office_both.state(ident) == "sent"
    assert len(provider_both.calls(SENT)) == 1


def test_a_question_that_was_lost_is_asked_again(office, provider):
    provider.faults.append(Fault("accept_then_silence", SENT))
    ident = office.send_one()
    run_until_idle()
    forget_jobs()
    office.later(minutes=20)
    assert office.state(ident) == "sent"


def test_a_delivery_has_one_job_however_often_it_is_looked_for(office, provider):
    provider.faults.append(Fault("code", SENT, code=409, times=99))
    office.send_one()
    run_until_idle()
    for _ in range(6):
        office.later(minutes=16)
        with read_only() as session:
            assert len(session.scalars(select(Job.id)).all()) == 1


def test_mail_after_silence_goes_by_its_policy(office, mailbox):
    mailbox.hang_up_after_data = 1
    ident = office.send_one("a@example.ir", "email", policy="drop")
    follow(office, ident)
    delivery = office.delivery(ident)
    assert (delivery.state, delivery.settled) == ("uncertain", True)
    assert len(mailbox.mails) == 1


def test_mail_that_is_never_answered_ends_with_a_person(office, mailbox):
    mailbox.hang_up_after_data = 99
    ident = office.send_one("a@example.ir", "email")
    follow(office, ident)
    assert office.delivery(ident).undecided
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1
    assert len(mailbox.mails) == 8


@pytest.mark.parametrize("policy", ["drop", "ask", "resend"])
def test_the_situation_is_said_in_words_as_long_as_it_lasts(office, provider, policy):
    silence(provider, taken=True)
    ident = office.send_one(policy=policy)
    run_until_idle()
    assert "پرسیده می‌شود" in situation(office.delivery(ident))
    follow(office, ident)
    last = situation(office.delivery(ident))
    assert {"drop": "بار دوم", "ask": "بگویید رسیده", "resend": ""}[policy] in last
    assert bool(last) == (policy != "resend")
