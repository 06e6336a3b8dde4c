"""Channels that are stopped, resumed and first used by several processes at the same instant."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

import notifiers
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.jobs import run_until_idle
from kernel.uow import UnitOfWork, unit_of_work
from notifiers import parking
from notifiers.channels import DryRun, close_all, use
from notifiers.outcomes import Park
from notifiers.sending import SendJob
from people import SYSTEM
from tests.kernel.jobs.work import somebody_waits_for_a_lock, until
from tests.notifiers.conftest import Office, make_office

Act = Callable[[UnitOfWork], object]


@pytest.fixture
def office(db_postgres: Database, standing_clock: MovableClock) -> Iterator[Office]:
    """On the database where units of work run at once, with a channel that takes every text."""
    made = make_office(standing_clock)
    use("sms", DryRun())
    yield made
    close_all()


def do(act: Act) -> None:
    with unit_of_work() as uow:
        act(uow)


def do_at_once(first: Act, second: Act) -> None:
    """`second` begins, in another process, before `first` is committed."""
    with ThreadPoolExecutor(1) as other:
        with unit_of_work() as uow:
            first(uow)
            uow.flush()
            begun = other.submit(do, second)
            until(lambda: begun.done() or somebody_waits_for_a_lock(), "the second is at work")
        begun.result(60)


def park(uow: UnitOfWork) -> None:
    parking.park(uow, "sms", "418")


def resume(uow: UnitOfWork) -> None:
    notifiers.resume_channel(uow, "sms", by=SYSTEM)


def payload(ident: UUID) -> dict[str, str]:
    return {"delivery_id": str(ident)}


def test_a_text_that_finds_its_channel_stopped_is_not_left_behind_by_the_resumption(
    office: Office,
) -> None:
    do(park)
    ident = office.send_one()
    do_at_once(lambda uow: SendJob().prepare(uow, payload(ident)), resume)
    run_until_idle()
    assert office.state(ident) == "sent"


def test_a_text_whose_refusal_comes_with_the_resumption_is_not_left_behind(office: Office) -> None:
    ident = office.send_one()
    do(lambda uow: SendJob().prepare(uow, payload(ident)))
    do(park)
    do_at_once(lambda uow: SendJob().settle(uow, payload(ident), Park("418")), resume)
    run_until_idle()
    assert office.state(ident) == "sent"


def test_the_first_texts_of_a_channel_may_leave_at_the_same_instant(office: Office) -> None:
    def begin(uow: UnitOfWork) -> None:
        parking.state_of(uow, "sms")

    do_at_once(begin, begin)
