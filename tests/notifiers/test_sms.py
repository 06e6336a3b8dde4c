"""SMS over real HTTP: every family of answers, silence, repeats, and the key that never shows."""

import logging
import traceback
from datetime import timedelta

import pytest
from sqlalchemy import select

import notifiers
from kernel.jobs import run_until_idle
from kernel.uow import read_only, unit_of_work
from notifiers import holding, retry_after, tables
from notifiers.channels import Channel, close_all, set_up, use
from notifiers.errors import ChannelNotParked, ChannelUnknown, DeliveryNotRepeatable
from notifiers.kavenegar_client import KavenegarClient, NoAnswer, NotReached, Rejected
from notifiers.kavenegar_sms import KavenegarSms
from notifiers.outcomes import OUTCOME_OF_CODE
from notifiers.sending import MOST_TRIES, SendJob
from people import SYSTEM
from people.actor import Actor
from people.errors import PermissionMissing
from tests.conftest import START
from tests.notifiers.conftest import KEY, PHONE
from web.fake_kavenegar import Fault

NATIONAL = "09121112233"


def told(heard, kind):
    return [payload for name, payload in heard() if name == kind]


def test_a_text_reaches_the_provider_and_its_receipt_is_kept(office_both, provider_both, heard):
    # when
    ident = office_both.send_one()
    run_until_idle()

    # then
    delivery = office_both.delivery(ident)
    [message] = provider_both.messages
    assert message.message == "سلام مینا، نوبت شما ۳ است."
    assert (message.receptor, message.localid) == (NATIONAL, str(delivery.localid))
    assert (delivery.state, delivery.provider_id) == ("sent", str(message.messageid))
    assert (delivery.cost, delivery.parts, delivery.attempts) == (1200, 1, 1)
    [settled] = told(heard, "delivery.settled")
    assert (settled["state"], settled["last"]) == ("sent", True)


def test_the_provider_is_asked_until_the_phone_has_it(office, provider, heard):
    ident = office.send_one()
    run_until_idle()
    office.later(seconds=5)
    assert office.state(ident) == "sent"

    office.later(seconds=30)

    assert office.state(ident) == "delivered"
    assert [event["state"] for event in told(heard, "delivery.reported")] == ["delivered"]
    asked = len(provider.calls("sms/status"))
    office.later(hours=3)
    assert len(provider.calls("sms/status")) == asked


@pytest.mark.parametrize(
    ("script", "state"),
    [("undelivered", "undelivered"), ("blocked", "blocked"), ("failed", "failed")],
)
def test_a_text_that_does_not_arrive_says_so(office, provider, heard, script, state):
    provider.scripts[NATIONAL] = script
    ident = office.send_one()
    run_until_idle()

    office.later(minutes=2)

    assert office.state(ident) == state
    assert [event["state"] for event in told(heard, "delivery.reported")] == [state]


def test_a_silent_phone_is_asked_for_two_days_and_then_left(office, provider):
    provider.scripts[NATIONAL] = "silent"
    ident = office.send_one()
    run_until_idle()
    for _ in range(60):
        office.later(hours=1)
    assert office.state(ident) == "sent"
    assert office.delivery(ident).next_poll_at is None
    assert len(provider.calls("sms/status")) < 25


@pytest.mark.parametrize("code", [400, 404, 406, 411, 412, 413, 414, 417, 419, 420, 422, 607, 999])
def test_a_refused_text_fails_at_once_and_is_never_repeated(office, provider, heard, code):
    provider.faults.append(Fault("code", "sms/send", code=code))
    ident = office.send_one()
    run_until_idle()
    office.later(hours=2)

    delivery = office.delivery(ident)
    assert (delivery.state, delivery.code) == ("failed", str(code))
    assert len(provider.calls("sms/send")) == 1
    assert [event["state"] for event in told(heard, "delivery.settled")] == ["failed"]


@pytest.mark.parametrize("code", [402, 409, 429, 451])
def test_a_busy_provider_is_tried_again_with_the_same_number(office, provider, code):
    provider.faults.append(Fault("code", "sms/send", code=code, times=2))
    ident = office.send_one()
    run_until_idle()
    assert office.state(ident) == "ready"

    for _ in range(3):
        office.later(minutes=6)

    assert office.state(ident) in ("sent", "delivered")
    calls = provider.calls("sms/send")
    assert (len(calls), len({call["params"]["localid"] for call in calls})) == (3, 1)
    assert len(provider.messages) == 1


def test_a_limit_is_answered_with_minutes_of_silence(office, provider):
    provider.faults.append(Fault("code", "sms/send", code=451))
    office.send_one()
    run_until_idle()
    office.later(minutes=4)
    assert len(provider.calls("sms/send")) == 1
    office.later(minutes=2)
    assert len(provider.calls("sms/send")) == 2


def asked(provider) -> int:
    """How often anything was asked of the provider."""
    return len(provider.requests)


@pytest.mark.parametrize(("kind", "state"), [("code", "ready"), ("page500", "uncertain")])
def test_a_provider_that_asks_for_a_pause_hears_nothing_until_it_is_over(
    office_both, provider_both, kind, state
):
    provider_both.faults.append(Fault(kind, "sms/send", code=429, wait="3000"))
    first, *rest = office_both.send([f"0912111{n:04}" for n in range(5)])
    run_until_idle()
    assert sorted(map(office_both.state, [first, *rest])) == ["ready"] * 4 + [state]
    before = asked(provider_both)
    for _ in range(9):
        office_both.later(minutes=5)
    assert asked(provider_both) == before
    assert len(provider_both.calls("sms/send")) == 1

    for _ in range(6):
        office_both.later(minutes=6)
    assert len(provider_both.messages) == 5


def test_a_limit_without_a_word_holds_the_whole_channel_for_minutes(office, provider):
    provider.faults.append(Fault("code", "sms/send", code=429))
    office.send([f"0912111{n:04}" for n in range(5)])
    run_until_idle()
    office.later(minutes=1)
    assert len(provider.calls("sms/send")) == 1
    office.later(minutes=2)
    office.later(minutes=2)
    assert len(provider.messages) == 5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("99999999999", 86400),
        ("Sun, 22 Nov 2026 05:31:00 GMT", 60),
        ("Sun, 22 Nov 2020 05:31:00 GMT", 0),
        ("Sun, 22 Nov 2096 05:31:00 GMT", 86400),
        ("soon", None),
        ("-5", None),
        ("۱۲", None),
        ("", None),
        (None, None),
    ],
)
def test_a_pause_is_asked_for_in_seconds_or_until_an_instant(header, seconds):
    wait = retry_after.read(header, START)
    assert wait == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(("code", "tries"), [(409, MOST_TRIES), (402, 3)])
def test_spent_retries_are_a_failure_that_the_process_hears_of(
    office, provider, heard, instance_id, code, tries
):
    provider.faults.append(Fault("code", "sms/send", code=code, times=99))
    ident = office.send_one(instance_id=instance_id, element_id="tell", activation_id=instance_id)
    for _ in range(30):
        office.later(minutes=30)

    assert len(provider.calls("sms/send")) == tries
    assert (office.state(ident), office.delivery(ident).code) == ("failed", str(code))
    [settled] = told(heard, "delivery.settled")
    assert settled["state"] == "failed"
    assert (settled["element_id"], settled["activation_id"]) == ("tell", str(instance_id))


@pytest.mark.parametrize("code", [401, 403, 407, 416, 418, 426, 427, 501])
def test_an_unusable_account_parks_the_queue_and_alarms_the_admins(office, provider, heard, code):
    # given
    provider.faults.append(Fault("code", "sms/send", code=code, times=99))
    first, second = office.send_one(), office.send_one("09124445566")

    # when
    run_until_idle()
    office.later(hours=2)

    # then
    assert [office.state(first), office.state(second)] == ["parked", "parked"]
    assert len(provider.calls("sms/send")) == 1
    assert told(heard, "channel.parked") == [{"channel": "sms", "code": str(code)}]
    with read_only() as session:
        [alarm] = notifiers.queries.notices(session, office.admin).rows
        assert "پیامک" in alarm.title
        assert str(code) in alarm.text
        [view] = notifiers.queries.channel_states(session)
        assert (view.parked, view.waiting) == (True, 2)

    # and when the operator has mended it
    provider.faults.clear()
    with unit_of_work() as uow:
        assert notifiers.resume_channel(uow, "sms", by=SYSTEM) == 2
    run_until_idle()
    assert [office.state(first), office.state(second)] == ["sent", "sent"]
    assert len(provider.messages) == 2


def test_a_running_channel_cannot_be_resumed_nor_by_just_anybody(office, provider):
    clerk = Actor(None, None, None, frozenset({"inbox.use"}), frozenset(), "clerk")
    with unit_of_work() as uow, pytest.raises(PermissionMissing):
        notifiers.resume_channel(uow, "sms", by=clerk)
    with unit_of_work() as uow, pytest.raises(ChannelNotParked):
        notifiers.resume_channel(uow, "sms", by=SYSTEM)
    with unit_of_work() as uow, pytest.raises(ChannelUnknown):
        notifiers.resume_channel(uow, "pigeon", by=SYSTEM)
    with read_only() as session:
        assert session.get(tables.ChannelState, "pigeon") is None


def test_no_credit_left_parks_and_a_top_up_lets_the_texts_go(office, provider):
    provider.credit = 0
    ident = office.send_one()
    run_until_idle()
    assert (office.state(ident), office.delivery(ident).code) == ("parked", "418")
    provider.credit = 10_000
    with unit_of_work() as uow:
        notifiers.resume_channel(uow, "sms", by=SYSTEM)
    run_until_idle()
    assert provider.credit == 10_000 - 1200


def test_a_channel_without_settings_waits_for_them(office):
    ident = office.send_one()
    run_until_idle()
    assert (office.state(ident), office.delivery(ident).code) == ("parked", "channel.not-set-up")


def test_texts_that_waited_for_settings_go_by_themselves(office, request):
    ident = office.send_one()
    run_until_idle()
    provider = request.getfixturevalue("provider")
    office.later(seconds=1)
    assert office.state(ident) == "sent"
    assert len(provider.messages) == 1


@pytest.mark.parametrize(
    "kind", ["accept_then_silence", "delay", "cut", "page500", "empty", "no_entries"]
)
def test_after_silence_the_provider_is_asked_and_one_text_goes_out(
    office_both, provider_both, kind
):
    # given an answer that never comes, or cannot be read
    provider_both.faults.append(Fault(kind, "sms/send", seconds=30.0))
    ident = office_both.send_one()
    run_until_idle()
    assert office_both.state(ident) == "uncertain"

    # when
    office_both.later(minutes=1)

    # then
    provider_both.stopping.set()
    assert office_both.state(ident) == "sent"
    assert len(provider_both.messages) == 1
    calls = [call["method"] for call in provider_both.requests if call["method"] != "sms/receive"]
    accepted = kind == "accept_then_silence"
    assert calls == ["sms/send", "sms/statuslocalmessageid"] + ["sms/send"] * (not accepted)
    assert len({call["params"]["localid"] for call in provider_both.calls("sms/send")}) == 1


def test_a_question_without_an_answer_keeps_the_text_uncertain(office, provider):
    provider.faults.append(Fault("accept_then_silence", "sms/send"))
    provider.faults.append(Fault("cut", "sms/statuslocalmessageid", times=3))
    ident = office.send_one()
    for _ in range(8):
        office.later(minutes=10)
    assert office.state(ident) in ("sent", "delivered")
    assert len(provider.calls("sms/send")) == 1
    assert len(provider.messages) == 1


def test_a_park_met_while_asking_still_asks_after_the_resumption(office, provider):
    provider.faults.append(Fault("accept_then_silence", "sms/send"))
    provider.faults.append(Fault("code", "sms/statuslocalmessageid", code=418))
    ident = office.send_one()
    run_until_idle()
    office.later(minutes=1)
    assert office.state(ident) == "parked"
    with unit_of_work() as uow:
        notifiers.resume_channel(uow, "sms", by=SYSTEM)
    run_until_idle()
    assert office.state(ident) == "sent"
    assert len(provider.calls("sms/send")) == 1


def test_a_crash_between_intent_and_answer_is_seen_and_asked(office, provider):
    # given a job that wrote its intent, called, and died before it wrote the answer
    ident = office.send_one()
    payload = {"delivery_id": str(ident)}
    with unit_of_work() as uow:
        attempt = SendJob().prepare(uow, payload)
    SendJob().act(attempt)
    assert office.state(ident) == "sending"

    # when another worker takes the job
    run_until_idle()

    # then
    assert office.state(ident) == "sent"
    assert len(provider.messages) == 1
    assert len(provider.calls("sms/send")) == 1


def test_a_repeated_local_id_is_not_sent_again(office, provider):
    """The last net, should asking be of no use: the provider itself knows the number."""
    ident = office.send_one()
    run_until_idle()
    delivery = office.delivery(ident)
    client = KavenegarClient(KEY, url_of(provider))
    again = client.send(PHONE, delivery.text, "10008663", delivery.localid)
    assert again.message_id == delivery.provider_id
    assert (len(provider.messages), provider.credit) == (1, 50_000_000 - 1200)


def url_of(provider):
    return set_up("sms").client._url


def test_a_dead_provider_is_left_alone_for_a_while(office, provider):
    """Three time-outs, not one per text; then one call tries it, and its answer frees the rest."""
    provider.faults.append(Fault("cut", times=99))
    office.send([f"0912111{n:04}" for n in range(20)])
    run_until_idle()
    assert len(provider.calls("sms/send")) == 3

    office.later(minutes=1)
    methods = ("sms/send", "sms/statuslocalmessageid", "sms/receive")
    assert sum(len(provider.calls(one)) for one in methods) == 4
    provider.faults.clear()
    for _ in range(4):
        office.later(minutes=2)
    assert len(provider.messages) == 20


def test_an_unreachable_provider_is_retried_without_asking(office):
    use("sms", KavenegarSms(KavenegarClient(KEY, "http://127.0.0.1:9"), "1"))
    ident = office.send_one()
    run_until_idle()
    delivery = office.delivery(ident)
    assert (delivery.state, delivery.unsure, delivery.code) == ("ready", False, "not-reached")
    close_all()


def test_an_operator_sends_a_failed_text_again_under_a_new_number(office, provider, heard):
    provider.scripts[NATIONAL] = "failed"
    ident = office.send_one()
    run_until_idle()
    office.later(minutes=2)
    first = office.delivery(ident).localid
    provider.scripts.clear()

    with unit_of_work() as uow:
        notifiers.retry_delivery(uow, ident, by=SYSTEM)
    run_until_idle()
    office.later(minutes=2)

    assert office.state(ident) == "delivered"
    assert office.delivery(ident).localid != first
    assert len(provider.messages) == 2
    assert [event["last"] for event in told(heard, "delivery.settled")] == [True, False]


def test_a_repeated_text_goes_now_although_its_first_try_is_planned_for_the_morning(
    office, provider
):
    """It was left unsent after a restoration; the job that it had then is still there."""
    office.clock.move(hours=14)  # night in Tehran
    ident = office.send_one(policy="day")
    with unit_of_work() as uow:
        holding.leave_unsent(uow, by=SYSTEM)
    with unit_of_work() as uow:
        notifiers.retry_delivery(uow, ident, by=SYSTEM)
    run_until_idle()
    assert office.state(ident) == "sent"


def test_a_text_whose_fate_was_never_known_is_asked_for_before_it_is_repeated(office, provider):
    provider.faults.append(Fault("accept_then_silence", "sms/send"))
    provider.faults.append(Fault("cut", "sms/statuslocalmessageid", times=99))
    ident = office.send_one()
    for _ in range(30):
        office.later(minutes=30)
    delivery = office.delivery(ident)
    assert (delivery.state, delivery.code, delivery.undecided) == ("uncertain", "no-answer", True)

    provider.faults.clear()
    office.clock.move(minutes=6)
    with unit_of_work() as uow:
        notifiers.retry_delivery(uow, ident, by=SYSTEM)
    run_until_idle()
    localids = {call["params"]["localid"] for call in provider.calls("sms/send")}
    assert len(localids) == 1
    assert len(provider.messages) == 1


def test_what_cannot_be_mended_by_repeating_is_not_repeated(office, provider):
    bad, good = office.send_one("123"), office.send_one()
    run_until_idle()
    for ident in (bad, good):
        with unit_of_work() as uow, pytest.raises(DeliveryNotRepeatable):
            notifiers.retry_delivery(uow, ident, by=SYSTEM)


def test_every_answer_of_the_provider_is_kept(office, provider):
    provider.faults.append(Fault("code", "sms/send", code=409))
    ident = office.send_one()
    run_until_idle()
    office.later(minutes=2)
    office.later(minutes=2)
    with read_only() as session:
        kept = [(row.state, row.code) for row in notifiers.queries.receipts(session, ident)]
    assert kept == [("ready", "409"), ("sent", ""), ("delivered", "10")]


FAULTS = [
    Fault("cut"),
    Fault("page500"),
    Fault("empty"),
    Fault("no_entries"),
    Fault("delay", seconds=1.0),
    Fault("accept_then_silence"),
    Fault("code", code=403),
    Fault("code", code=418),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.kind}-{fault.code}")
def test_the_key_shows_nowhere(office, provider, caplog, fault):
    caplog.set_level(logging.DEBUG)
    client = KavenegarClient(KEY, url_of(provider), timeout=(1, 0.3))
    provider.faults.append(Fault(fault.kind, code=fault.code, seconds=fault.seconds))

    with pytest.raises((NoAnswer, Rejected)) as refusal:
        client.send(PHONE, "x", "10008663", 1)
    logging.getLogger("ravand").exception("seen", exc_info=refusal.value)
    provider.stopping.set()

    shown = [repr(client), str(client), repr(refusal.value), str(refusal.value), caplog.text]
    shown += traceback.format_exception(refusal.value)
    cause = refusal.value.__context__
    while cause is not None:
        shown, cause = [*shown, repr(cause), str(vars(cause))], cause.__context__
    assert KEY not in "".join(shown)


def test_the_key_shows_nowhere_when_nobody_listens(office, caplog):
    caplog.set_level(logging.DEBUG)
    client = KavenegarClient(KEY, "http://127.0.0.1:9", timeout=(1, 1))
    with pytest.raises(NotReached) as refusal:
        client.credit()
    assert KEY not in caplog.text + "".join(traceback.format_exception(refusal.value))


def test_the_key_is_in_no_table_after_a_bad_day(office, provider, caplog):
    caplog.set_level(logging.DEBUG)
    for kind in ("cut", "page500", "empty"):
        provider.faults.append(Fault(kind, "sms/send"))
    office.send_one()
    for _ in range(6):
        office.later(minutes=10)
    with read_only() as session:
        rows = [
            *session.scalars(select(tables.Delivery)),
            *session.scalars(select(tables.ReceiptRow)),
        ]
    assert KEY not in "".join(str(vars(row)) for row in rows) + caplog.text


def test_the_credit_can_be_asked(office, provider):
    assert KavenegarClient(KEY, url_of(provider)).credit() == 50_000_000


def test_a_wrong_key_is_the_provider_s_403(office, provider):
    with pytest.raises(Rejected) as refusal:
        KavenegarClient("wrong", url_of(provider)).credit()
    assert refusal.value.code == 403
    assert OUTCOME_OF_CODE[403].__name__ == "Park"


class Broken(Channel):
    """A channel with a defect: it raises what no channel may raise."""

    def send(self, message):
        raise RuntimeError("defect")


def test_a_defect_in_a_channel_ends_as_a_failed_delivery_when_the_provider_knows_of_none(
    office, heard
):
    use("sms", Broken())
    ident = office.send_one()
    for _ in range(12):
        office.later(hours=2)
    assert (office.state(ident), office.delivery(ident).code) == ("failed", "no-answer")
    assert [event["state"] for event in told(heard, "delivery.settled")] == ["failed"]
