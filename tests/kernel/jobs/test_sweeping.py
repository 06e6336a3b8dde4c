"""Sweeps run in one process of the installation; another follows when it dies."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from kernel import jobs
from kernel.clock import MovableClock
from kernel.db import database
from kernel.job_table import Duty
from kernel.jobs import sweeping
from kernel.jobs.handlers import sweeps
from kernel.jobs.sweeping import Sweeper
from kernel.queue import on_wake
from kernel.uow import UnitOfWork, unit_of_work
from tests.kernel.jobs.work import Runner, add


@pytest.fixture
def swept() -> list[int]:
    """One entry for each look of the sweep `test.look`."""
    looks: list[int] = []

    @sweeps.register("test.look")
    def look(uow: UnitOfWork) -> int:
        looks.append(1)
        return 0

    return looks


def another_process() -> Sweeper:
    return Sweeper(database())


def test_a_runner_sweeps(ravand_both: MovableClock, runner: Runner, swept: list[int]):
    runner.work()
    assert swept


def test_one_sweeps_and_the_others_leave_it_to_it(ravand_both: MovableClock, swept: list[int]):
    first, second = another_process(), another_process()
    assert [first.take(), second.take(), first.take()] == [True, False, True]
    jobs.run_until_idle()
    assert swept == []


def test_the_one_that_dies_is_followed_within_ten_seconds(
    ravand_both: MovableClock, swept: list[int]
):
    another_process().take()
    ravand_both.move(seconds=10)
    jobs.run_until_idle()
    assert swept == [1]


def test_the_one_that_ends_hands_over_at_once(ravand_both: MovableClock):
    first, second = another_process(), another_process()
    first.take()
    first.release()
    assert second.take()


def test_the_one_that_works_keeps_its_duty(ravand_both: MovableClock):
    first, second = another_process(), another_process()
    for _ in range(10):
        assert first.take()
        assert not second.take()
        ravand_both.move(seconds=5)


def test_the_one_that_slept_sweeps_nothing_when_it_wakes(
    ravand_both: MovableClock, swept: list[int], monkeypatch: pytest.MonkeyPatch
):
    sleeper = another_process()
    monkeypatch.setattr(sweeping, "_mine", sleeper)
    sleeper.take()
    with unit_of_work() as uow:  # as another process does, after the lease
        uow.session.execute(update(Duty).values(fence=Duty.fence + 1))
    with pytest.raises(sweeping.DutyLost):
        sleeper.sweep("test.look")
    jobs.run_until_idle()
    assert swept == []


def test_a_sweep_that_wants_a_pause_has_it(ravand_both: MovableClock):
    looks: list[Any] = []

    class Seldom:
        every = timedelta(minutes=1)

        def __call__(self, uow: UnitOfWork) -> int:
            looks.append(uow.now)
            return 0

    sweeps.add("test.seldom", Seldom())
    for _ in range(5):
        jobs.run_until_idle()
        ravand_both.move(seconds=20)
    assert len(looks) == 2


def test_a_sweep_that_fails_keeps_no_other_from_its_work(
    ravand_both: MovableClock, swept: list[int]
):
    def broken(uow: UnitOfWork) -> int:
        raise ValueError

    sweeps._parts = {"test.broken": broken, **sweeps._parts}
    jobs.run_until_idle()
    assert swept == [1]


def test_work_that_nobody_rang_for_is_rung_for(ravand_both: MovableClock, seen: list[Any]):
    add(1)
    heard: list[frozenset[str]] = []
    unhook = on_wake(heard.append)
    try:
        sweeping.sweep()
        assert heard == []
        ravand_both.move(seconds=6)
        sweeping.sweep()
    finally:
        unhook()
    assert heard == [frozenset({"inside"})]
