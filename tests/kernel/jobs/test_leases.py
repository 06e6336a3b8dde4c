"""Leases of work that takes long are renewed by one thread; who lost one makes no further call."""

from datetime import timedelta
from threading import Event
from threading import enumerate as threads
from typing import Any

import pytest
from sqlalchemy import select, update

from kernel import db, jobs
from kernel.clock import MovableClock
from kernel.job_table import Job
from kernel.jobs import outside
from kernel.jobs.embedded import EmbeddedRunner
from kernel.jobs.leases import LeaseLost, Leases, at_hand, must_be_held
from kernel.queue import claim
from kernel.queue_statements import LEASE
from kernel.uow import read_only, unit_of_work
from tests.kernel.jobs.work import Outside, add, nothing_runs, remaining, until


def lease_ends() -> list[Any]:
    with read_only() as session:
        return list(session.scalars(select(Job.lease_until).order_by(Job.id)))


def take() -> Any:
    with unit_of_work() as uow:
        [held] = claim(uow.session, uow.now, 1)
    return held


def take_over() -> None:
    """As another worker does, once the lease has ended."""
    with unit_of_work() as uow:
        uow.session.execute(update(Job).values(fence=Job.fence + 1))


def test_while_a_call_is_under_way_its_lease_is_renewed_and_nobody_takes_the_job(
    ravand_both: MovableClock,
):
    go_on = Event()
    outside.add("test.long", Outside(lambda request: go_on.wait(60)))
    runner = EmbeddedRunner(Leases(renew_after=0.02))
    runner.start()
    try:
        add(1, "test.long")
        until(lambda: [job.state for job in remaining()] == ["running"], "the call is under way")
        for _ in range(4):
            ravand_both.move(seconds=40)
            until(lambda: lease_ends() == [ravand_both.now() + LEASE], "its lease begins anew")
        with unit_of_work() as uow:
            assert claim(uow.session, uow.now, 10, "outside") == []
        assert [one.name for one in threads()].count("ravand-leases") == 1
        go_on.set()
        until(nothing_runs, "it ended")
    finally:
        go_on.set()
        runner.stop()
    assert remaining() == []


def test_the_jobs_of_a_batch_that_wait_behind_a_long_one_keep_their_leases(
    ravand_both: MovableClock, seen: list[Any]
):
    add(1)
    held = take()
    leases = Leases(renew_after=0)
    with leases.holding([held]):
        ravand_both.move(seconds=50)
        leases.renew_due()
    assert lease_ends() == [ravand_both.now() + LEASE]


def test_who_lost_a_job_hears_of_it_before_the_next_call(
    ravand_both: MovableClock, seen: list[Any]
):
    add(1)
    held = take()
    leases = Leases(renew_after=0)
    with leases.holding([held]), at_hand(leases, held):
        leases.renew_due()
        must_be_held()
        take_over()
        leases.renew_due()
        with pytest.raises(LeaseLost):
            must_be_held()


def test_a_call_that_was_not_begun_is_not_made_by_who_lost_its_job(ravand_both: MovableClock):
    calls: list[Any] = []

    class Losing(Outside):
        def prepare(self, uow: Any, payload: dict[str, Any]) -> Any:
            uow.after_commit(take_over)
            uow.after_commit(leases.renew_due)
            return payload

    leases = Leases(renew_after=0)
    outside.add("test.call", Losing(calls.append))
    add(1, "test.call")
    jobs.drain(sweeping=False, leases=leases)
    assert calls == []
    assert [(job.state, job.last_error) for job in remaining()] == [("running", None)]


def test_while_the_database_is_away_leases_are_kept_as_long_as_they_last(
    ravand: MovableClock, seen: list[Any], monkeypatch: pytest.MonkeyPatch
):
    add(1)
    held = take()
    leases = Leases(renew_after=0)
    with leases.holding([held]):
        db.configure("postgresql://127.0.0.1:1/nowhere")
        leases.renew_due()
        assert leases.is_held(held)
        monkeypatch.setattr("kernel.jobs.leases.LEASE", timedelta(0))
        assert not leases.is_held(held)
