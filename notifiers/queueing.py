"""The jobs of a delivery: at most one at a time, and an instant at which a sweep looks for it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy import delete

from kernel.job_table import READY as READY_JOB
from kernel.job_table import Job
from kernel.uow import UnitOfWork
from notifiers.tables import Delivery

SEND_JOB, ASK_JOB = "notifiers.send", "notifiers.ask"
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
# A job that was lost with its row is missed after this; one that lives is not disturbed.
CHECK_AFTER = timedelta(minutes=15)


def send(uow: UnitOfWork, delivery: Delivery, at: datetime | None = None) -> None:
    """Queue a call to the provider, now or at `at`."""
    _queue(uow, SEND_JOB, delivery, at)


def ask(uow: UnitOfWork, delivery: Delivery, at: datetime | None = None) -> None:
    """Queue the question what became of an earlier call."""
    _queue(uow, ASK_JOB, delivery, at)


def hurry(uow: UnitOfWork, kind: str, delivery: Delivery) -> None:
    """Somebody waits: do it now, in the place of what is planned for later."""
    delivery.next_try_at, delivery.check_at = uow.now, uow.now + CHECK_AFTER
    planned = Job.key == _key(delivery.id), Job.state == READY_JOB
    uow.session.execute(delete(Job).where(*planned).execution_options(synchronize_session=False))
    add(uow, kind, Way.of(delivery))


def _queue(uow: UnitOfWork, kind: str, delivery: Delivery, at: datetime | None) -> None:
    delivery.next_try_at = at
    delivery.check_at = (at or uow.now) + CHECK_AFTER
    add(uow, kind, Way.of(delivery), at)


@dataclass(frozen=True)
class Way:
    """A delivery and the way it takes: texts to one address leave one after the other."""

    delivery_id: UUID
    channel: str
    address: str

    @classmethod
    def of(cls, delivery: Delivery) -> Self:
        """That of a stored delivery."""
        return cls(delivery.id, delivery.channel, delivery.address)

    @property
    def group(self) -> str:
        """The address, in a form that nobody can read back."""
        seed = f"{self.channel}\x1f{self.address}"
        return f"to:{hashlib.sha256(seed.encode()).hexdigest()[:32]}"


def add(uow: UnitOfWork, kind: str, way: Way, at: datetime | None = None) -> None:
    """The job alone; while one waits for this delivery, or is done, another one is not stored."""
    uow.jobs.add(
        kind,
        {"delivery_id": str(way.delivery_id)},
        run_at=at,
        key=_key(way.delivery_id),
        group=way.group,
        connector=way.channel,
    )


def _key(delivery_id: UUID) -> str:
    return f"delivery:{delivery_id}"


def pause(delivery: Delivery, count: int, least: timedelta | None = None) -> timedelta:
    """30 s, doubled with each of `count` up to an hour, spread by the delivery's number ± 12 %.

    Args:
        least: what the provider asked for; it is never undercut.
    """
    doubled: timedelta = FIRST_PAUSE * 2 ** min(max(count - 1, 0), 12)
    spread = (delivery.localid % 100) / 400
    wait = min(doubled, LONGEST_PAUSE) * (0.88 + spread)
    return max(wait, least * (1 + spread)) if least else wait
