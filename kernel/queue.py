"""Putting jobs in and taking them out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session, aliased

from kernel import clock
from kernel.hold import Hold
from kernel.ids import new_id
from kernel.job_table import FAILED, READY, RUNNING, Job
from kernel.prepared import Prepared
from kernel.types import JsonObject

_TABLE: Any = Job.__table__
_GIVEN = [name for name in map(str, _TABLE.c.keys()) if name not in ("lease_until", "last_error")]
_ADD = Prepared(insert(_TABLE), _GIVEN)
_ADD_UNLESS_KNOWN = {
    name: Prepared(one(_TABLE).on_conflict_do_nothing(index_elements=["key"]), _GIVEN)
    for name, one in (("sqlite", insert_sqlite), ("postgresql", insert_postgres))
}
LEASE = timedelta(minutes=2)
CLAIMING = 7_202_611  # the number of PostgreSQL's lock that claims take turns by
_wakers: list[Callable[[], None]] = []


@dataclass(frozen=True)
class Claim:
    """A job that this worker holds until its lease ends."""

    id: UUID
    kind: str
    payload: JsonObject
    attempts: int
    max_attempts: int
    fence: int
    group: str | None = None


class JobBuffer:
    """The jobs of one unit of work, written with one statement when it ends."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self.due_now = False

    def add(
        self,
        kind: str,
        payload: JsonObject,
        *,
        run_at: datetime | None = None,
        key: str | None = None,
        group: str | None = None,
        max_attempts: int = 8,
    ) -> UUID:
        """Ask for work after the commit, or at `run_at`; the job's id.

        Args:
            key: while a job of this key waits, another one is not stored.
            group: the thing it is about: jobs of one group run one after the other, as they
                fall due, on however many machines.
        """
        self.due_now = self.due_now or run_at is None
        job_id = new_id()
        self._rows.append(
            {
                "id": job_id,
                "kind": kind,
                "payload": payload,
                "key": key,
                "group_key": group or None,
                "state": READY,
                "run_at": run_at,
                "attempts": 0,
                "max_attempts": max_attempts,
                "fence": 0,
            }
        )
        return job_id

    def flush(self, session: Session, now: datetime) -> None:
        """Write what was added since the last flush."""
        if not self._rows:
            return
        rows = [{**row, "run_at": row["run_at"] or now, "created_at": now} for row in self._rows]
        self._rows.clear()
        connection = session.connection()
        keyed = any(row["key"] for row in rows)
        known = _ADD_UNLESS_KNOWN[connection.dialect.name] if keyed else _ADD
        known.change_many(connection, rows)


def on_wake(waker: Callable[[], None]) -> Callable[[], None]:
    """Have `waker` called whenever jobs were committed; call the result to stop that."""
    _wakers.append(waker)

    def stop() -> None:
        if waker in _wakers:
            _wakers.remove(waker)

    return stop


def wake() -> None:
    """Say that there is work."""
    for waker in list(_wakers):
        waker()


def _lease_clock(session: Session, now: datetime) -> Any:
    """What leases are compared with: where several machines share them, the database's clock.

    Tests and dry runs that move the time move it for leases, too.
    """
    shared = session.get_bind().dialect.name == "postgresql" and clock.is_system()
    return func.now() if shared else now


def _others_hold(now: Any) -> Any:
    """Groups of which a worker holds a job just now."""
    held = aliased(Job)
    return select(held.group).where(
        held.state == RUNNING, held.lease_until >= now, held.group.is_not(None)
    )


def _ready(now: Any) -> Any:
    return (Job.state == READY) & (Job.run_at <= now) & ~_on_hold()


def _lapsed(now: Any) -> Any:
    return (Job.state == RUNNING) & (Job.lease_until < now) & ~_on_hold()


def _on_hold() -> Any:
    return exists(select(Hold.id))


def anything_due(session: Session, now: datetime) -> bool:
    """Is there a job to claim? A read, so that idle workers never take the write lock."""
    instant = _lease_clock(session, now)
    due = or_(_ready(instant), _lapsed(instant))
    return session.execute(select(Job.id).where(due).limit(1)).first() is not None


def claim(session: Session, now: datetime, limit: int) -> list[Claim]:
    """Take up to `limit` due jobs; each costs one attempt, even if the worker dies.

    Several of one group may be taken together: their worker runs them one after the other. One
    whose worker died is taken alone, so that a job that kills its workers takes no other along.
    """
    instant = _lease_clock(session, now)
    if session.get_bind().dialect.name == "postgresql":
        # Two who claim at once would not see each other's groups: they take turns, for a moment.
        session.execute(select(func.pg_advisory_xact_lock(CLAIMING)))
    return _take(session, instant, _lapsed(instant), 1) or _take(
        session, instant, _ready(instant), limit
    )


def _take(session: Session, instant: Any, condition: Any, limit: int) -> list[Claim]:
    free = or_(Job.group.is_(None), Job.group.not_in(_others_hold(instant)))
    candidates = select(Job.id).where(condition, free).order_by(Job.run_at, Job.id).limit(limit)
    if session.get_bind().dialect.name == "postgresql":
        candidates = candidates.with_for_update(skip_locked=True)
    rows: Sequence[Any] = session.execute(
        update(Job)
        .where(Job.id.in_(candidates.scalar_subquery()))
        .values(
            state=RUNNING,
            attempts=Job.attempts + 1,
            fence=Job.fence + 1,
            lease_until=instant + LEASE,
        )
        .returning(
            Job.id,
            Job.kind,
            Job.payload,
            Job.attempts,
            Job.max_attempts,
            Job.fence,
            Job.group,
            Job.run_at,
        )
        .execution_options(synchronize_session=False)
    ).all()
    rows = sorted(rows, key=lambda row: (row.run_at, row.id))
    return [Claim(*row[:-1]) for row in rows]


def finish(session: Session, claim: Claim) -> bool:
    """End the job in the caller's transaction; False when another worker holds it now."""
    ended = session.execute(delete(Job).where(Job.id == claim.id, Job.fence == claim.fence))
    return bool(ended.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has one


def renew(session: Session, claim: Claim, now: datetime) -> bool:
    """Begin the lease anew; False when another worker holds the job now."""
    renewed = session.execute(
        update(Job)
        .where(Job.id == claim.id, Job.fence == claim.fence)
        .values(lease_until=_lease_clock(session, now) + LEASE)
    )
    return bool(renewed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has one


def postpone(session: Session, claim: Claim, run_at: datetime, error: str | None) -> None:
    """Put the job back, to be tried at `run_at`."""
    session.execute(
        update(Job)
        .where(Job.id == claim.id, Job.fence == claim.fence)
        .values(state=READY, run_at=run_at, lease_until=None, last_error=error)
    )


def fail(session: Session, claim: Claim, error: str) -> bool:
    """Leave the job for an operator; False when another worker holds it now."""
    failed = session.execute(
        update(Job)
        .where(Job.id == claim.id, Job.fence == claim.fence)
        # Its key is free again: a later wish of the same kind must not wait for an operator.
        .values(state=FAILED, lease_until=None, last_error=error, key=None)
    )
    return bool(failed.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has one


def forget(session: Session, job_id: UUID) -> None:
    """Take a job away: its work is done, or others answer for it."""
    session.execute(delete(Job).where(Job.id == job_id))


def turn_into(session: Session, job_id: UUID, kind: str, payload: JsonObject) -> None:
    """Let a failed job stand for other work, when an operator tries it again."""
    session.execute(update(Job).where(Job.id == job_id).values(kind=kind, payload=payload))
