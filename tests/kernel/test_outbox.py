"""Events become jobs of whoever subscribed, and only where there is something to do."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from kernel import jobs, outbox
from kernel.db import Database
from kernel.uow import read_only, unit_of_work


@dataclass(frozen=True)
class Counted:
    kind: ClassVar[str] = "test.counted"
    number: int


def test_an_event_is_a_job_of_those_who_have_something_to_do_with_it(db_sqlite: Database) -> None:
    outbox.subscribe("test.counted", "test.all")
    outbox.subscribe("test.counted", "test.large", when=lambda event: event.number > 1)
    with unit_of_work() as uow:
        uow.outbox.add(Counted(1))
        uow.outbox.add(Counted(2))

    with read_only() as session:
        found = {(job.kind, job.payload["number"]) for job in session.scalars(select(jobs.Job))}
    assert found == {("test.all", 1), ("test.all", 2), ("test.large", 2)}
