"""Messages over HTTP: what went out, what came in, a parked channel, a failed text again."""

import re

import pytest

from kernel import jobs
from kernel.uow import unit_of_work
from notifiers.tables import ChannelState, Delivery
from tests.product.fixtures import Product
from tests.requirements import requirement
from tests.small_cases import PHONE, release_daily_cost, stop_one

ADMIN = "platform.admin"


@pytest.fixture
def sent(product: Product) -> Product:
    """One text has gone out."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    stop_one(days=3)
    jobs.run_until_idle()
    return product


def only_delivery() -> str:
    with unit_of_work(commit=False) as uow:
        return str(uow.session.query(Delivery.id).filter(Delivery.channel == "sms").scalar())


@requirement("A17", "B09")
def test_every_text_is_listed_with_its_state_and_its_case(sent: Product) -> None:
    admin = sent.visitor(ADMIN)
    page = admin.get("/deliveries/")
    assert "هزینهٔ ۹۰۰ ریال ثبت شد." in page
    assert "۰۹۱۲ ۵۵۵ ۰۱۴۳" in page
    one = admin.get(f"/deliveries/{only_delivery()}")
    assert "cost_recorded" in one
    assert "/instances/" in one


def test_the_list_is_narrowed_by_state_channel_and_number(sent: Product) -> None:
    admin, text = sent.visitor(ADMIN), "هزینهٔ ۹۰۰ ریال"
    assert text in admin.get("/deliveries/?state=sent&channel=sms")
    assert text not in admin.get("/deliveries/?state=failed")
    assert text not in admin.get("/deliveries/?channel=email")
    assert text in admin.get("/deliveries/?q=0912 555 0143")
    assert text not in admin.get("/deliveries/?q=09120000000")
    assert "پیامی با این صافی‌ها نمی‌خواند" in admin.page
    assert "برداشتن صافی‌ها" in admin.page


@requirement("B09")
def test_texts_of_a_case_are_read_only_by_who_may_see_the_case(sent: Product) -> None:
    stranger = sent.visitor("quality.expert")
    assert "هزینهٔ ۹۰۰ ریال" not in stranger.get("/deliveries/")
    stranger.get(f"/deliveries/{only_delivery()}", status=404)


def test_a_failed_text_is_sent_again_by_who_may(sent: Product) -> None:
    key = only_delivery()
    with unit_of_work() as uow:
        uow.session.query(Delivery).update({"state": "failed", "code": "411", "settled": True})
    admin, clerk = sent.visitor(ADMIN), sent.visitor("reception.clerk")
    page = admin.get(f"/deliveries/{key}")
    assert "فرستادن دوباره" in page
    clerk.post(f"/deliveries/{key}/retry", status=403)
    assert "دوباره فرستاده می‌شود." in admin.post(f"/deliveries/{key}/retry")


def test_a_parked_channel_is_said_and_let_run_again(sent: Product) -> None:
    with unit_of_work() as uow:
        state = uow.session.get(ChannelState, "sms") or ChannelState(channel="sms")
        state.parked, state.code, state.changed_at = True, "418", uow.now
        uow.session.merge(state)
    admin = sent.visitor(ADMIN)
    page = admin.get("/deliveries/")
    assert "کانال «پیامک» ایستاده است. اعتبار" in page, "and why"
    assert "۰ پیام" not in page
    assert "دوباره راه افتاد" in admin.post("/deliveries/channels/sms/resume")


def test_a_text_that_came_in_is_listed(sent: Product) -> None:
    from notifiers import receive_sms

    with unit_of_work() as uow:
        receive_sms(uow, "in-1", PHONE, "10004346", "سلام، قیمت چند است؟")
    page = sent.visitor(ADMIN).get("/deliveries/incoming")
    assert "سلام، قیمت چند است؟" in page
    assert re.search("۰۹۱۲ ۵۵۵ ۰۱۴۳", page)


def test_an_unknown_message_is_not_found(product: Product) -> None:
    product.visitor(ADMIN).get("/deliveries/00000000-0000-0000-0000-000000000000", status=404)


def test_searching_keeps_the_state_that_was_chosen(sent: Product) -> None:
    page = sent.visitor(ADMIN).get("/deliveries/?state=failed")
    assert '<input type="hidden" name="state" value="failed">' in page
