"""PostgreSQL undoes a job's transaction for reasons of its own: it is done again at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from kernel import jobs
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.jobs import outside
from kernel.jobs.handlers import handlers
from kernel.uow import UnitOfWork
from tests.kernel.jobs.work import Outside, add, remaining

SERIALIZATION = "DO $$ BEGIN RAISE EXCEPTION 'crossed' USING ERRCODE = '40001'; END $$"
CUT = "SELECT pg_terminate_backend(pg_backend_pid())"


class Undone:
    """The first `times` units of work meet `harm`."""

    def __init__(self, harm: str, times: int) -> None:
        self.harm, self.times, self.tries = harm, times, 0

    def __call__(self, uow: UnitOfWork, payload: dict[str, Any]) -> None:
        self.tries += 1
        uow.jobs.add("test.line", {"n": self.tries}, run_at=uow.now + timedelta(days=9999))
        uow.flush()
        if self.tries <= self.times:
            uow.session.execute(text(self.harm))


@pytest.mark.parametrize("harm", [SERIALIZATION, CUT], ids=["crossed", "cut"])
def test_a_job_is_done_again_and_no_attempt_of_it_is_spent(
    db_postgres: Database, standing_clock: MovableClock, harm: str
):
    handler = Undone(harm, times=2)
    handlers.add("test.undone", handler)
    add(1, "test.undone", max_attempts=1)
    jobs.run_until_idle()
    assert handler.tries == 3
    assert [(job.kind, job.payload) for job in remaining()] == [("test.line", {"n": 3})]


def test_one_that_is_undone_each_time_waits_like_any_that_failed(
    db_postgres: Database, standing_clock: MovableClock
):
    handler = Undone(SERIALIZATION, times=9)
    handlers.add("test.undone", handler)
    add(1, "test.undone")
    jobs.run_until_idle()
    assert handler.tries == 3
    assert [(job.state, job.attempts) for job in remaining()] == [("ready", 1)]


def test_a_call_outside_is_not_repeated_when_what_it_said_cannot_be_written_at_first(
    db_postgres: Database, standing_clock: MovableClock
):
    class Settling(Outside):
        undone = Undone(CUT, times=1)

        def settle(self, uow: UnitOfWork, payload: dict[str, Any], result: Any) -> None:
            self.undone(uow, payload)

    calls: list[Any] = []
    handler = Settling(calls.append)
    outside.add("test.call", handler)
    add(1, "test.call")
    jobs.run_until_idle()
    assert len(calls) == 1
    assert handler.undone.tries == 2
    assert [job.kind for job in remaining()] == ["test.line"]
