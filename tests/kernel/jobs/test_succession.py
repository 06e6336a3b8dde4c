"""On SQLite what a dead process held is done at once; what a living one holds stays its own.

The clock stands still throughout, so no lease ever ends by itself.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from kernel import db
from kernel.clock import MovableClock
from kernel.db import database
from kernel.job_table import INSIDE, OUTSIDE, RUNNING, Duty
from kernel.jobs import outside
from kernel.jobs.embedded import EmbeddedRunner
from kernel.jobs.succession import succeed
from kernel.jobs.sweeping import Sweeper
from kernel.queue import claim
from kernel.uow import read_only, unit_of_work
from tests.faults.killing import begin, end
from tests.kernel.jobs.work import Outside, add, remaining, until


@contextmanager
def another(does: Callable[[], Any]) -> Iterator[int]:
    """A process that has done this and holds what it took, until it is killed."""
    url = database().url
    database().dispose()  # no connection of ours is its own
    hears, tells = os.pipe()

    def life() -> None:
        db.configure(url)
        does()
        os.write(tells, b".")
        signal.pause()

    child = begin(life)
    os.close(tells)
    assert os.read(hears, 1) == b"."
    os.close(hears)
    try:
        yield child
    finally:
        os.kill(child, signal.SIGKILL)
        end(child)


def take(lane: str = INSIDE) -> None:
    with unit_of_work() as uow:
        assert claim(uow.session, uow.now, 10, lane)


def sweep_and_take() -> None:
    assert Sweeper(database()).take()
    take()


def states() -> list[str]:
    return [one.state for one in remaining()]


def test_what_a_killed_process_held_is_done_by_the_next_without_waiting(
    ravand: MovableClock, seen: list[Any]
) -> None:
    add(1)
    add(2)
    with another(sweep_and_take):
        assert states() == [RUNNING, RUNNING]
        database().dispose()

    runner = EmbeddedRunner()
    runner.start()
    try:
        until(lambda: not remaining(), "the jobs are done")
        until(lambda: fences() == [2], "it sweeps in the dead one's place")
    finally:
        runner.stop()
    assert seen == [1, 2]


def fences() -> list[int]:
    with read_only() as session:
        return list(session.scalars(select(Duty.fence)))


@pytest.mark.parametrize("stopped", [False, True])
def test_what_a_living_process_holds_stays_its_own(
    ravand: MovableClock, seen: list[Any], stopped: bool
) -> None:
    add(1)
    with another(take) as child:
        if stopped:
            os.kill(child, signal.SIGSTOP)
        assert not succeed(database())
        with unit_of_work() as uow:
            assert claim(uow.session, uow.now, 10) == []

    database().dispose()
    assert succeed(database())
    take()


def test_nobody_is_alone_while_somebody_who_came_later_lives(
    ravand: MovableClock, seen: list[Any]
) -> None:
    assert succeed(database())
    assert not succeed(database()), "it has written"
    assert not succeed(db.Database(database().url))


def test_a_call_that_left_with_the_dead_process_keeps_its_lease(ravand: MovableClock) -> None:
    outside.add("test.call", Outside(lambda request: None))
    add(1, "test.call")
    with another(lambda: take(OUTSIDE)):
        database().dispose()

    assert succeed(database())
    with unit_of_work() as uow:
        assert claim(uow.session, uow.now, 10, OUTSIDE) == []
    assert states() == [RUNNING]


def test_on_postgresql_nobody_knows_who_lives(db_postgres: db.Database) -> None:
    assert not succeed(db_postgres)
