"""A restored installation: nothing leaves by itself until somebody has looked and says so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

import engine
from engine import queries
from kernel import hold, jobs
from kernel.uow import read_only, unit_of_work
from notifiers.tables import ChannelState, Delivery
from people import SYSTEM
from tests.engine.drawing import bundle, chain, element, end, process, start, timer
from tests.product.fixtures import Product
from tests.small_cases import release_daily_cost, start_one, stop_one
from web import counts

ADMIN = "platform.admin"
LEAVES_IN_AN_HOUR = process(
    start(),
    element("intermediateCatchEvent", "pause", timer("duration", "PT1H")),
    end(),
    chain("start", "pause", "end"),
    key="an_hour",
)


@pytest.fixture
def on_hold(product: Product) -> Iterator[Product]:
    """A case that waits an hour, a text that waits for its channel, and the hold of a restore."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
        engine.deploy(uow, bundle(LEAVES_IN_AN_HOUR), by=SYSTEM)
        engine.release(uow, "an_hour", by=SYSTEM)
        engine.start(uow, "an_hour", by=SYSTEM)
        uow.session.add(
            ChannelState(channel="sms", parked=True, code="418", failures=0, changed_at=uow.now)
        )
    stop_one(days=3)
    jobs.run_until_idle()
    with unit_of_work() as uow:
        made = product.clock.now() - timedelta(hours=9)
        hold.begin(uow.session.connection(), copy_made_at=made)
    counts.forget_everybody()
    yield product
    counts.forget_everybody()


def status_of_pause() -> str:
    with read_only() as session:
        return next(
            one.status
            for one in queries.instances(session, SYSTEM)
            if one.definition_key == "an_hour"
        )


def text_state() -> tuple[str, str]:
    with read_only() as session:
        row = session.scalars(select(Delivery).where(Delivery.channel == "sms")).one()
        return row.state, row.code


def test_no_timer_fires_and_no_job_runs_while_it_lasts(on_hold: Product) -> None:
    stop_one(days=4)  # a person works: what follows by machine waits
    on_hold.clock.move(hours=2)

    assert jobs.run_until_idle() == 0
    assert status_of_pause() == "running"

    on_hold.visitor(ADMIN).post("/hold/release")
    jobs.run_until_idle()
    assert status_of_pause() == "completed"


def test_the_page_counts_what_waits_and_texts_are_left_unsent(on_hold: Product) -> None:
    on_hold.clock.move(hours=2)
    admin = on_hold.visitor(ADMIN)
    page = admin.get("/hold/")
    assert "به کار می‌افتند: ۱." in page
    assert "پیام‌های در صف: ۱." in page
    assert "پشتیبانِ ۱۴۰" in page
    assert "بازگردانده شده است" in admin.get("/incidents/"), "every page says so"

    assert "دیدن آنچه منتظر است" not in page, "one is there already"

    page = admin.post("/hold/release")

    assert "همه‌چیز دوباره کار می‌کند." in page
    assert "بازگردانده شده است" not in admin.get("/incidents/")
    assert text_state() == ("failed", "hold.left-unsent")
    assert "فرستادن دوباره" in admin.get(f"/deliveries/{only_text()}")


def only_text() -> str:
    with read_only() as session:
        return str(session.scalar(select(Delivery.id).where(Delivery.channel == "sms")))


def test_texts_that_are_wanted_stay_as_they_were(on_hold: Product) -> None:
    on_hold.visitor(ADMIN).post("/hold/release", {"texts": "send"})
    assert text_state() == ("parked", "418")


def test_a_text_that_waits_for_somebodys_word_is_left_to_them(on_hold: Product) -> None:
    with unit_of_work() as uow:
        text = uow.session.scalars(select(Delivery).where(Delivery.channel == "sms")).one()
        text.state, text.undecided = "uncertain", True
    admin = on_hold.visitor(ADMIN)
    assert "هیچ پیامی در صف نیست" in admin.get("/hold/")
    admin.post("/hold/release")
    assert text_state()[0] == "uncertain"


def test_who_may_not_operate_neither_sees_nor_ends_it(on_hold: Product) -> None:
    clerk = on_hold.visitor("reception.clerk")
    assert "بازگردانده شده است" not in clerk.get("/inbox")
    clerk.get("/hold/", status=403)
    clerk.post("/hold/release", status=403)
    assert start_one() is not None, "people work on"


def test_a_hold_that_has_ended_cannot_end_again(product: Product) -> None:
    admin = product.visitor(ADMIN)
    assert "همه‌چیز کار می‌کند" in admin.get("/hold/")
    assert "در حال توقف نیست" in admin.post("/hold/release", status=409)
