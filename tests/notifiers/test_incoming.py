"""Texts that come in: by callback, by sweep, by both; once each, and to the right instance."""

import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

import notifiers
from kernel.jobs import run_until_idle
from kernel.uow import read_only, unit_of_work
from notifiers import polling, tables
from notifiers.channels import set_up, use
from people import SYSTEM
from tests.notifiers.conftest import LINE, PHONE
from tests.notifiers.servers import serving
from web.fake_kavenegar import Fault
from web.fake_kavenegar.phones import answer_as


def replies(heard):
    return [payload for kind, payload in heard() if kind == "reply.received"]


def received():
    with read_only() as session:
        return session.scalars(select(tables.InboundMessage)).all()


@pytest.fixture
def callback(provider) -> Iterator[list[int]]:
    """Our side of the provider's callback; the status it answers with can be set."""
    app, status = Flask("callback"), [200]

    @app.route("/hook", methods=["GET", "POST"])
    def hook():
        if status[0] == 200:
            text = notifiers.read_callback(request.values)
            with unit_of_work() as uow:
                notifiers.receive_sms(uow, text.provider_id, text.sender, text.to, text.text)
        return "ok", status[0]

    with serving(app) as url:
        provider.callback_url = f"{url}/hook"
        yield status


def test_a_nul_character_breaks_no_letter_box(office_both):
    with unit_of_work() as uow:
        row = notifiers.receive_sms(uow, "77", PHONE, LINE, "۱\x00")
    assert (row.text, row.raw_text) == ("1", "۱")


def test_half_a_letter_breaks_no_letter_box(office_both):
    with unit_of_work() as uow:
        row = notifiers.receive_sms(uow, "78", PHONE, LINE + "\ud83d\0", "۱ \ud83d")
    assert (row.text, row.raw_text, row.line) == ("1 ?", "۱ ?", LINE + "?")


def test_an_answer_finds_the_instance_that_asked_last(office_both, provider_both, heard):
    # given
    older, newer = uuid4(), uuid4()
    office_both.send_one(instance_id=older)
    run_until_idle()
    office_both.clock.move(hours=1)
    asked = office_both.send_one(instance_id=newer)
    run_until_idle()
    heard()

    # when
    with unit_of_work() as uow:
        notifiers.receive_sms(uow, "77", "989121112233", LINE, " \u200f۱ ")

    # then
    [reply] = replies(heard)
    assert (reply["phone"], reply["text"]) == (PHONE, "1")
    assert (reply["instance_id"], reply["delivery_id"]) == (str(newer), str(asked))
    [row] = received()
    assert (row.sender, row.text, row.instance_id) == (PHONE, "1", newer)


def test_a_text_from_a_stranger_has_no_instance(office, provider, heard):
    office.send_one()  # about nothing in particular
    run_until_idle()
    with unit_of_work() as uow:
        notifiers.receive_sms(uow, "78", "09121112233", LINE, "سلام، قیمت؟")
        notifiers.receive_sms(uow, "79", "BANK", LINE, "تراكنش ٥")
    first, second = replies(heard)
    assert (first["instance_id"], first["delivery_id"]) == (None, None)
    assert (second["phone"], second["text"]) == ("BANK", "تراکنش 5")


def test_a_text_that_failed_to_go_out_was_asked_of_nobody(office, provider, heard):
    provider.faults.append(Fault("code", "sms/send", code=411))
    office.send_one(instance_id=uuid4())
    run_until_idle()
    heard()
    with unit_of_work() as uow:
        notifiers.receive_sms(uow, "80", "09121112233", LINE, "1")
    assert replies(heard)[0]["instance_id"] is None


def test_the_same_text_twice_is_one(office_both, provider_both, heard):
    for _ in range(2):
        with unit_of_work() as uow:
            notifiers.receive_sms(uow, "77", "09121112233", LINE, "1")
    assert len(replies(heard)) == len(received()) == 1


def test_the_callback_brings_a_text_and_the_sweep_does_not_bring_it_again(
    office, provider, callback, heard
):
    answer_as(provider, "09121112233", "۱")
    office.later(minutes=2)
    assert [reply["text"] for reply in replies(heard)] == ["1"]
    assert provider.inbox[0].read


def test_a_lost_callback_is_made_good_by_the_sweep(office, provider, callback, heard):
    callback[0] = 500
    answer_as(provider, "09121112233", "۲")
    assert replies(heard) == []

    office.later(minutes=2)

    assert [reply["text"] for reply in replies(heard)] == ["2"]


def test_texts_marked_read_by_a_fetch_that_broke_are_asked_for_again(office, provider, heard):
    answer_as(provider, "09121112233", "1")
    provider.faults.append(Fault("accept_then_silence", "sms/receive"))
    office.later(minutes=1)
    assert provider.inbox[0].read
    assert replies(heard) == []

    for _ in range(3):
        office.later(minutes=2)

    assert [reply["text"] for reply in replies(heard)] == ["1"]
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(tables.InboundMessage)) == 1


def test_a_worker_without_the_channel_s_settings_does_not_forget_a_fetch_that_broke(
    office, provider, heard
):
    answer_as(provider, "09121112233", "1")
    provider.faults.append(Fault("accept_then_silence", "sms/receive"))
    office.later(minutes=1)
    set_up_here = set_up("sms")

    use("sms", None)
    with unit_of_work() as uow:
        uow.jobs.add(polling.FETCH_JOB, {"channel": "sms"})
    run_until_idle()
    use("sms", set_up_here)
    office.later(minutes=2)

    assert [reply["text"] for reply in replies(heard)] == ["1"]


@pytest.mark.parametrize(
    ("values", "sender"),
    [
        ({"from": "09121112233", "to": LINE, "message": "1", "messageid": "5"}, "09121112233"),
        ({"sender": "98912", "receptor": LINE, "message": "", "messageid": "5"}, "98912"),
        ({"from": "0912", "message": "x"}, None),
        ({"messageid": "5"}, None),
        ({}, None),
    ],
)
def test_a_callback_is_read_under_both_spellings(values, sender):
    text = notifiers.read_callback(values)
    assert (text.sender if text else None) == sender


def test_a_delivery_callback_moves_the_state_once(office, provider, heard):
    ident = office.send_one()
    run_until_idle()
    provider_id = office.delivery(ident).provider_id
    heard()
    for status in ("10", "11"):  # a final state is not left again
        report = notifiers.read_status_callback({"messageid": provider_id, "status": status})
        with unit_of_work() as uow:
            assert notifiers.report_status(uow, report) == ident
    assert office.state(ident) == "delivered"
    assert [kind for kind, _ in heard()] == ["delivery.reported"]


def test_a_delivery_callback_about_nothing_of_ours_is_let_pass(office):
    report = notifiers.read_status_callback({"messageid": "1", "status": "10"})
    with unit_of_work() as uow:
        assert notifiers.report_status(uow, report) is None
    assert notifiers.read_status_callback({"messageid": "1", "status": "x"}) is None


def test_the_path_s_secret_must_match():
    assert notifiers.secret_matches("abc", "abc")
    assert not notifiers.secret_matches("abd", "abc")
    assert not notifiers.secret_matches("", "")
    assert not notifiers.secret_matches("", None)


def test_received_texts_are_listed_for_those_who_may_see_them(office, provider):
    for number in range(3):
        office.clock.move(minutes=1)
        with unit_of_work() as uow:
            notifiers.receive_sms(uow, str(number), "09121112233", LINE, str(number))
    with read_only() as session:
        page = notifiers.queries.inbound(session, SYSTEM, limit=2)
        rest = notifiers.queries.inbound(session, SYSTEM, after=page.next)
    assert [row.text for row in page.rows] == ["2", "1"]
    assert ([row.text for row in rest.rows], rest.next) == (["0"], None)


def test_callback_and_sweep_at_the_same_instant_take_a_text_once(office_both, heard):
    start, failures = threading.Barrier(4), []

    def take():
        start.wait()
        try:
            with unit_of_work() as uow:
                notifiers.receive_sms(uow, "77", "09121112233", LINE, "1")
        except SQLAlchemyError as error:
            failures.append(error)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(replies(heard)) == len(received()) == 1
