"""From a wish to deliveries: who, which language, what cannot go out."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

import notifiers
from kernel.expressions import compile_template
from kernel.jobs import Job
from kernel.uow import read_only, unit_of_work
from notifiers import recipients, tables
from notifiers.channels import kind_of
from notifiers.errors import TemplateInvalid
from notifiers.notify import MOST_PER_HOUR
from notifiers.reasons import reason
from notifiers.templates import own_texts


def test_everyone_is_told_in_their_own_language(office):
    # when
    ids = office.send([f"person:{office.sara}", f"person:{office.john}"])

    # then
    texts = {office.delivery(i).address: office.delivery(i).text for i in ids}
    assert texts == {
        "+989121112233": "سلام مینا، نوبت شما ۳ است.",
        "+989124445566": "Hello مینا, you are number 3.",
    }


@pytest.mark.parametrize(
    "to", ["09121112233", "+98 912 111 2233", "۰۹۱۲۱۱۱۲۲۳۳", "00989121112233", "9121112233"]
)
def test_a_phone_may_be_written_in_any_way(office, to):
    assert office.delivery(office.send_one(to)).address == "+989121112233"


def test_the_same_person_is_told_once_however_often_named(office):
    assert len(office.send(["09121112233", [f"person:{office.sara}", "۰۹۱۲۱۱۱۲۲۳۳"]])) == 1


def test_whoever_is_past_the_end_of_too_long_a_list_is_not_lost_unseen(office, monkeypatch):
    monkeypatch.setattr(recipients, "MOST", 3)
    made = [office.delivery(one) for one in office.send([f"0912111{n:04}" for n in range(5)])]
    assert [one.state for one in made] == ["ready", "ready", "ready", "failed"]
    assert (made[-1].code, made[-1].detail) == ("recipient.rest", "2")
    assert "2" in reason(made[-1])


def test_the_same_wish_is_carried_out_once(office_both):
    first = office_both.send(dedupe_key="i-17/answer_late/1")
    second = office_both.send(dedupe_key="i-17/answer_late/1")

    assert first == second
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(tables.Delivery)) == 1
        assert session.scalar(select(func.count()).select_from(Job)) == 1


def test_two_long_keys_that_begin_alike_are_two_wishes(office):
    first = office.send(dedupe_key="k" * 300 + "a")
    assert office.send(dedupe_key="k" * 300 + "b") != first
    assert office.send(dedupe_key="k" * 300 + "a") == first


@pytest.mark.parametrize(
    ("to", "channel", "code"),
    [
        ("12345", "sms", "recipient.bad-address"),
        ("+14155550100", "sms", "recipient.bad-address"),
        ("02188776655", "sms", "recipient.bad-address"),
        ("09121112233,09124445566", "sms", "recipient.bad-address"),
        ("a@b.ir, c@d.ir", "email", "recipient.bad-address"),
        ("a@b.ir\nBcc: c@d.ir", "email", "recipient.bad-address"),
        ("09121112233", "inbox", "recipient.bad-address"),
        (None, "sms", "recipient.nobody"),
        ([], "sms", "recipient.nobody"),
        ("position:no.such", "sms", "recipient.nobody"),
        ("09121112233", "pigeon", "channel.unknown"),
    ],
)
def test_what_cannot_go_out_is_a_failed_delivery_with_its_reason(office, heard, to, channel, code):
    delivery = office.delivery(office.send_one(to, channel))

    assert (delivery.state, delivery.code, delivery.settled) == ("failed", code, True)
    [(_, told)] = [event for event in heard() if event[0] == "delivery.settled"]
    assert (told["state"], told["code"], told["last"]) == ("failed", code, True)
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_a_person_without_a_phone_is_a_failed_delivery(office):
    delivery = office.delivery(office.send_one(f"person:{office.nobody}"))
    assert (delivery.state, delivery.code) == ("failed", "recipient.no-address")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{count + }", None),
        ("{count / 0}", "message-template.not-filled"),
        ("{missing}", "message.empty"),
        ("\u202e \u200f", "message.empty"),
        ("س" * 901, "message.too-long"),
    ],
)
def test_a_text_that_cannot_be_filled_in_never_stops_the_case(office, text, code):
    with unit_of_work() as uow:
        if code is None:
            with pytest.raises(TemplateInvalid) as refusal:
                notifiers.store_template(uow, None, "odd", "sms", "fa", text)
            assert refusal.value.facts["key"] == "odd"
            return
        notifiers.store_template(uow, None, "odd", "sms", "fa", text)
    delivery = office.delivery(office.send_one(template="odd"))
    assert (delivery.state, delivery.code) == ("failed", code)


def test_a_text_nobody_wrote_is_a_failed_delivery(office):
    delivery = office.delivery(office.send_one(template="never_written"))
    assert (delivery.state, delivery.code) == ("failed", "message-template.missing")


def test_an_in_app_message_is_there_at_once_and_told_live(office, heard, instance_id):
    # when
    office.send(
        [f"person:{office.sara}", f"person:{office.john}"], "inbox", instance_id=instance_id
    )

    # then
    with read_only() as session:
        [mine] = notifiers.queries.notices(session, office.john).rows
        assert (mine.title, mine.text) == ("Work of مینا", "until tomorrow")
        assert mine.instance_id == instance_id
        assert notifiers.queries.unread_count(session, office.sara) == 1
        states = session.scalars(select(tables.Delivery.state)).all()
    assert states == ["delivered", "delivered"]
    people = {event[1]["person_id"] for event in heard() if event[0] == "notice.posted"}
    assert people == {str(office.sara), str(office.john)}


def test_an_opt_out_is_kept_unless_the_diagram_says_always(office):
    with unit_of_work() as uow:
        notifiers.opt_out(uow, "sms", "+989121112233", reason="خواست خودش")

    refused = office.delivery(office.send_one())
    assert (refused.state, refused.code) == ("failed", "recipient.opted-out")
    assert office.state(office.send_one(policy="always")) == "ready"
    with unit_of_work() as uow:
        notifiers.opt_in(uow, "sms", "+989121112233")
    assert office.state(office.send_one()) == "ready"


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        (datetime(2026, 11, 22, 18, 30, tzinfo=UTC), datetime(2026, 11, 23, 4, 30, tzinfo=UTC)),
        (datetime(2026, 11, 22, 1, 0, tzinfo=UTC), datetime(2026, 11, 22, 4, 30, tzinfo=UTC)),
        (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), datetime(2026, 11, 22, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_text_for_the_day_waits_for_the_morning(office, now, leaves):
    office.clock.set(now)
    office.send_one(policy="day")
    with read_only() as session:
        assert session.scalar(select(Job.run_at)) == leaves


def test_a_wish_can_come_as_a_job(office, instance_id):
    payload = {
        "channel": "sms",
        "to": f"person:{office.sara}",
        "template": "greet",
        "variables": {"name": "م", "count": 1},
        "instance_id": str(instance_id),
        "root_id": str(instance_id),
        "policy": None,
        "locale_hint": None,
        "item_id": None,
        "dedupe_key": "k",
        "kind": "notification.wanted",
    }
    wanted = notifiers.Wanted.from_payload(payload)
    with unit_of_work() as uow:
        made = notifiers.notify(uow, wanted)
        assert (made.instance_id, made.policy) == (instance_id, "")


def test_a_process_going_in_circles_cannot_flood_a_phone(office):
    for _ in range(MOST_PER_HOUR):
        office.send_one()
    refused = office.delivery(office.send_one())
    assert (refused.state, refused.code) == ("failed", "recipient.too-many")
    assert office.state(office.send_one("09124445566")) == "ready"
    office.clock.move(hours=2)
    assert office.state(office.send_one()) == "ready"


@pytest.mark.parametrize(("key", "channel", "lang"), sorted(own_texts()))
def test_the_product_s_own_texts_fill_in_and_fit_one_part(key, channel, lang):
    task = {"name": "تماس با مشترک", "name_en": "Call back", "due_at": "2026-11-22T12:30:00Z"}
    facts = {"task": task, "instance": {"number": "1405/0812"}, "by": "سارا", "reason": "انصراف"}
    made = kind_of(channel).compose(
        compile_template(own_texts()[key, channel, lang]).render(facts, locale=lang)
    )
    assert made.parts == 1
    shown = "۱۴۰۵/۰۸۱۲" if lang == "fa" else "1405/0812"
    assert shown in made.subject + made.text
