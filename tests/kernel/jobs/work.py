"""Words for tests about jobs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from threading import Event
from time import monotonic
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from kernel import clock, jobs
from kernel.job_table import RUNNING
from kernel.queue import lanes_due
from kernel.uow import read_only, unit_of_work


@dataclass(frozen=True)
class Runner:
    """Does everything that is due now."""

    work: Callable[[], None]


class Outside:
    """Work outside: `call` is what happens there."""

    def __init__(self, call: Callable[[Any], Any], unreached: str = "") -> None:
        self.call, self.reason = call, unreached
        self.asked_to_wait: Callable[[Any], timedelta | None] = lambda result: None
        self.settled: list[Any] = []

    def prepare(self, uow: Any, payload: dict[str, Any]) -> Any:
        return payload

    def act(self, request: Any) -> Any:
        return self.call(request)

    def settle(self, uow: Any, payload: dict[str, Any], result: Any) -> None:
        self.settled.append(result)

    def unreached(self, result: Any) -> str:
        return self.reason


def add(n: int, kind: str = "test.note", **options: Any) -> UUID:
    with unit_of_work() as uow:
        return uow.jobs.add(kind, {"n": n}, **options)


def remaining() -> list[jobs.Job]:
    with read_only() as session:
        return list(session.scalars(select(jobs.Job).order_by(jobs.Job.id)))


def nothing_runs() -> bool:
    """Whether no machine has anything to do at this instant."""
    with read_only() as session:
        running = select(jobs.Job.id).where(jobs.Job.state == RUNNING).limit(1)
        due = lanes_due(session, clock.now())
        return not due and session.execute(running).first() is None


def until(reached: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Return once something is so."""
    end = monotonic() + seconds
    while not reached():
        assert monotonic() < end, f"after {seconds:.0f} s still not: {what}"
        Event().wait(0.01)


def somebody_waits_for_a_lock() -> bool:
    """Whether a statement on this PostgreSQL database waits for another transaction's end."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with read_only() as session:
        return bool(session.scalar(waiting))
