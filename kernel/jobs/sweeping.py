"""Sweeps look for work that no job announces; one process of the installation does them.

Which one says a row with a lease by the database's clock. Every sweep checks in its own
transaction that the row still bears this process's fence, so one that slept sweeps nothing.
"""

import logging
import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import insert, select, type_coerce, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kernel import clock, hold
from kernel.again import again
from kernel.db import Database, UtcDateTime, database
from kernel.job_table import Duty
from kernel.jobs.handlers import sweeps
from kernel.queue import lanes_due, lease_clock
from kernel.uow import UnitOfWork, read_only, unit_of_work

log = logging.getLogger("ravand.jobs")

SWEEPER = "sweeper"
LEASE = timedelta(seconds=9)  # a holder that dies is followed within this
NOT_RUNG_FOR = timedelta(seconds=5)


class DutyLost(Exception):
    """Another process sweeps by now."""


class Sweeper:
    """This process's part in sweeping one database."""

    def __init__(self, db: Database) -> None:
        self.db, self.pid = db, os.getpid()
        self._fence: int | None = None
        self._last: dict[str, datetime] = {}

    def take(self) -> bool:
        """Whether this process may sweep; it is so for some seconds."""
        with read_only(self.db) as session:
            if hold.is_on(session):
                return False
            instant = type_coerce(lease_clock(session, clock.now()), UtcDateTime())
            found = session.execute(
                select(Duty.fence, Duty.lease_until, instant).where(Duty.name == SWEEPER)
            ).first()
        if found is None:
            return again(lambda: self._write(None, 1))
        fence, until, now = found
        mine = fence == self._fence
        if mine and until - now > LEASE * 2 / 3:
            return True
        if mine or until <= now:
            return again(lambda: self._write(fence, fence if mine else fence + 1))
        return False

    def sweep(self, name: str) -> int:
        """Do one batch of one sweep; how much was done.

        Raises: DutyLost
        """
        with unit_of_work(db=self.db) as uow:
            instant = lease_clock(uow.session, uow.now)
            mine = select(Duty.fence).where(
                Duty.name == SWEEPER, Duty.fence == self._fence, Duty.lease_until >= instant
            )
            if uow.session.execute(mine.with_for_update(read=True)).first() is None:
                raise DutyLost
            return sweeps[name](uow)

    def is_time_for(self, name: str) -> bool:
        """Whether a sweep that wants a pause between two looks has had it."""
        every: timedelta | None = getattr(sweeps[name], "every", None)
        if every is None:
            return True
        now, last = clock.now(), self._last.get(name)
        if last is not None and timedelta(0) <= now - last < every:
            return False
        self._last[name] = now
        return True

    def release(self) -> None:
        """Let another process take over at once."""
        if self._fence is None:
            return
        with unit_of_work(db=self.db) as uow:
            mine = update(Duty).where(Duty.name == SWEEPER, Duty.fence == self._fence)
            instant = lease_clock(uow.session, uow.now)
            uow.session.execute(mine.values(lease_until=instant - timedelta(seconds=1)))
        self._fence = None

    def _write(self, seen: int | None, fence: int) -> bool:
        """Take the duty or keep it, unless somebody was faster."""
        try:
            with unit_of_work(db=self.db) as uow:
                until = lease_clock(uow.session, uow.now) + LEASE
                written = _written(uow.session, seen, fence, until)
        except IntegrityError:
            return False
        self._fence = fence if written else None
        return written


def _written(session: Session, seen: int | None, fence: int, until: object) -> bool:
    values = {"holder": f"{socket.gethostname()}:{os.getpid()}", "fence": fence}
    if seen is None:
        session.execute(insert(Duty).values(name=SWEEPER, lease_until=until, **values))
        return True
    known = update(Duty).where(Duty.name == SWEEPER, Duty.fence == seen)
    changed = session.execute(
        known.values(lease_until=until, **values).execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has one


_mine: Sweeper | None = None


def _sweeper() -> Sweeper:
    global _mine
    if _mine is None or _mine.db is not database() or _mine.pid != os.getpid():
        _mine = Sweeper(database())
    return _mine


def sweep() -> int:
    """Let every sweep do all that is due, if sweeping is this process's duty; how much was done."""
    sweeper, done = _sweeper(), 0
    if not sweeper.take():
        return 0
    for name in list(sweeps):
        if not sweeper.is_time_for(name):
            continue
        try:
            while count := sweeper.sweep(name):
                done += count
                if not sweeper.take():
                    return done
        except DutyLost:
            return done
        except Exception:
            log.exception("sweep %s failed", name)
    return done


def seconds_to_next() -> float | None:
    """Until a sweep finds something that waits for its instant; None when nothing does."""
    with read_only() as session:
        asked = (getattr(sweeps[name], "next_due", None) for name in list(sweeps))
        dues = [ask(session) for ask in asked if ask is not None]
    coming = [(one - clock.now()).total_seconds() for one in dues if one is not None]
    return max(min(coming), 0.0) if coming else None


def give_up_sweeping() -> None:
    """This process ends: another one takes over at once."""
    _sweeper().release()


class FindUnrung:
    """Rings for what is due for some seconds: whoever added it died before it could ring."""

    every = NOT_RUNG_FOR

    def __call__(self, uow: UnitOfWork) -> int:
        """Only ring; the runners do the rest."""
        uow.jobs.due_now |= lanes_due(uow.session, uow.now, since=NOT_RUNG_FOR)
        return 0


sweeps.add("jobs.unrung", FindUnrung())
