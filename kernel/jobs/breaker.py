"""Circuit breakers: whom nobody answers is left alone for a while, then tried with one call.

The state stands in the database, so all processes know it. While a breaker is open, the claims
pass over the jobs of its connector: they cost no attempt and keep their places.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from kernel import errors
from kernel.errors import NotFound
from kernel.job_table import OUTSIDE, READY, Breaker, Job
from kernel.queue import lease_clock
from kernel.uow import UnitOfWork

OPENS_AFTER = 3  # failures one after the other
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=5)
TRIAL = timedelta(minutes=1)  # nobody else calls meanwhile; longer than any call may take
ASKED = "asked-to-wait"
# No answer at all. Whoever says no has answered.
CONNECTION = (OSError, errors.Unavailable)


class BreakerUnknown(NotFound):
    """This connector answers, or nobody knows it."""

    code = "breaker.unknown"


@dataclass(frozen=True)
class Silent:
    """A connector that is left alone. `next_trial` may be past: then the next job is the trial."""

    connector: str
    since: datetime
    next_trial: datetime
    failures: int
    reason: str
    waiting: int

    @property
    def asked(self) -> bool:
        """Whether it answers, and asked for the pause itself."""
        return self.reason == ASKED


def admit(uow: UnitOfWork, connector: str) -> bool:
    """Whether a call may be made now; the one that tries an open breaker keeps others away."""
    row = _row(uow.session, connector)
    if row is None or row.open_until is None:
        return True
    instant = lease_clock(uow.session, uow.now)
    trial = update(Breaker).where(Breaker.connector == connector, Breaker.open_until <= instant)
    # No pause of its own choice any more: what the trial hears may close the breaker.
    failures = case((Breaker.failures == 0, 1), else_=Breaker.failures)
    taken = uow.session.execute(trial.values(open_until=instant + TRIAL, failures=failures), _PLAIN)
    return bool(taken.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has one


def answered(uow: UnitOfWork, connector: str) -> None:
    """It speaks: every job of it may go, unless it asked for a pause that is not over."""
    if _row(uow.session, connector) is None:
        return
    over = Breaker.open_until <= lease_clock(uow.session, uow.now)
    known = delete(Breaker).where(Breaker.connector == connector, or_(Breaker.failures > 0, over))
    uow.session.execute(known, _PLAIN)
    uow.jobs.due_now.add(OUTSIDE)


def rest(uow: UnitOfWork, connector: str, wait: timedelta) -> None:
    """It answered that it wants to be left alone for so long; then one call tries it."""
    until = lease_clock(uow.session, uow.now) + wait
    values = {"failures": 0, "reason": ASKED, "open_until": until}
    _upsert(uow, {"connector": connector, "since": uow.now, **values}, values)


def silent(uow: UnitOfWork, connector: str, reason: str) -> None:
    """Nobody answered. From the third time on, leave it alone, longer each time."""
    failures = _one_more(uow, connector, reason[:200])
    if failures >= OPENS_AFTER:
        pause = min(FIRST_PAUSE * 2 ** min(failures - OPENS_AFTER, 10), LONGEST_PAUSE)
        until = lease_clock(uow.session, uow.now) + pause
        known = update(Breaker).where(Breaker.connector == connector)
        uow.session.execute(known.values(open_until=until), _PLAIN)


def why_silent(error: Exception) -> str:
    """The reason, when the error means that nobody answered; else nothing."""
    return type(error).__name__ if isinstance(error, CONNECTION) else ""


def try_now(uow: UnitOfWork, connector: str) -> None:
    """Let the next job of it be the trial, without waiting longer.

    Raises: BreakerUnknown
    """
    row = _row(uow.session, connector, lock=True)
    if row is None or row.open_until is None:
        raise BreakerUnknown(connector=connector)
    row.open_until = lease_clock(uow.session, uow.now)
    uow.session.flush()
    uow.jobs.due_now.add(OUTSIDE)


def open_breakers(session: Session) -> Sequence[Silent]:
    """Who is left alone, and how many jobs wait for it."""
    rows = session.scalars(
        select(Breaker).where(Breaker.open_until.is_not(None)).order_by(Breaker.connector)
    ).all()
    if not rows:
        return []
    names = [row.connector for row in rows]
    counted = select(Job.connector, func.count()).where(
        Job.state == READY, Job.lane == OUTSIDE, Job.connector.in_(names)
    )
    waiting: dict[Any, int] = dict(session.execute(counted.group_by(Job.connector)).all())
    return [
        Silent(
            row.connector,
            row.since,
            row.open_until or row.since,
            row.failures,
            row.reason,
            waiting.get(row.connector, 0),
        )
        for row in rows
    ]


_PLAIN = {"synchronize_session": False}
_INSERT: dict[str, Any] = {"sqlite": insert_sqlite, "postgresql": insert_postgres}


def _one_more(uow: UnitOfWork, connector: str, reason: str) -> int:
    """Count a failure; how many there are now.

    One statement: several may fail at the same moment, and an answer may take the row away.
    """
    values = {"connector": connector, "failures": 1, "since": uow.now, "reason": reason}
    return _upsert(uow, values, {"failures": Breaker.failures + 1, "reason": reason})


def _upsert(uow: UnitOfWork, first: dict[str, Any], then: dict[str, Any]) -> int:
    """Write the first row or change the one there is, in one statement; its failures."""
    insert = _INSERT[uow.session.get_bind().dialect.name](Breaker).values(**first)
    written = insert.on_conflict_do_update(index_elements=["connector"], set_=then)
    found = uow.session.execute(written.returning(Breaker.failures))
    return int(found.scalar_one())


def _row(session: Session, connector: str, *, lock: bool = False) -> Breaker | None:
    return session.get(Breaker, connector, with_for_update=lock or None, populate_existing=True)
