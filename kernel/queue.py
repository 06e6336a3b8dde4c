"""Putting jobs in and taking them out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session, aliased

from kernel import clock
from kernel.hold import Hold
from kernel.ids import new_id
from kernel.job_table import FAILED, INSIDE, OUTSIDE, READY, RUNNING, Breaker, Job
from kernel.prepared import Prepared
from kernel.types import JsonObject

_TABLE: Any = Job.__table__
_GIVEN = [name for name in map(str, _TABLE.c.keys()) if name not in ("lease_until", "last_error")]
_ADD = Prepared(insert(_TABLE), _GIVEN)
_ADD_UNLESS_KNOWN = {
    name: Prepared(one(_TABLE).on_conflict_do_nothing(index_elements=["key"]), _GIVEN)
    for name, one in (("sqlite", insert_sqlite), ("postgresql", insert_postgres))
}
LEASE = timedelta(minutes=1)
CLAIMING = 7_202_611  # the number of PostgreSQL's lock that claims take turns by
Waker = Callable[[frozenset[str]], None]
_wakers: list[Waker] = []
_goes_outside: Callable[[str], bool] = {}.__contains__


def lanes_by(goes_outside: Callable[[str], bool]) -> None:
    """Have `goes_outside` say of a kind of job whether it leaves the building."""
    global _goes_outside
    _goes_outside = goes_outside


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
    connector: str | None = None


class JobBuffer:
    """The jobs of one unit of work, written with one statement when it ends."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []
        self.due_now: set[str] = set()  # lanes in which work can begin after the commit

    def add(
        self,
        kind: str,
        payload: JsonObject,
        *,
        run_at: datetime | None = None,
        key: str | None = None,
        group: str | None = None,
        connector: str | None = None,
        max_attempts: int = 8,
    ) -> UUID:
        """Ask for work after the commit, or at `run_at`; the job's id.

        Args:
            key: while a job of this key waits, another one is not stored.
            group: the thing it is about: jobs of one group and lane run one after the other, as
                they fall due, on however many machines.
            connector: whom it calls outside; while that one does not answer, the job waits.
        """
        lane = OUTSIDE if _goes_outside(kind) else INSIDE
        if run_at is None:
            self.due_now.add(lane)
        job_id = new_id()
        self._rows.append(
            {
                "id": job_id,
                "kind": kind,
                "payload": payload,
                "key": key,
                "group_key": group or None,
                "lane": lane,
                "connector": connector,
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


def on_wake(waker: Waker) -> Callable[[], None]:
    """Have `waker` told the lanes whenever jobs were committed; call the result to stop that."""
    _wakers.append(waker)

    def stop() -> None:
        if waker in _wakers:
            _wakers.remove(waker)

    return stop


def wake(lanes: frozenset[str]) -> None:
    """Say that there is work in these lanes."""
    for waker in list(_wakers):
        waker(lanes)


def lease_clock(session: Session, now: datetime) -> Any:
    """What leases are compared with: where several machines share them, the database's clock.

    Tests and dry runs that move the time move it for leases, too.
    """
    shared = session.get_bind().dialect.name == "postgresql" and clock.is_system()
    return func.now() if shared else now


def _held_groups(lane: str, alive_at: Any = None) -> Any:
    """Groups of which a job was taken in this lane and has not ended; its worker may be dead."""
    held = aliased(Job)
    found = select(held.group).where(
        held.state == RUNNING, held.lane == lane, held.group.is_not(None)
    )
    return found if alive_at is None else found.where(held.lease_until >= alive_at)


def _ready(lane: str, now: Any) -> Any:
    """Due, and neither the group nor the breaker of its connector stands in the way."""
    return (
        (Job.state == READY)
        & (Job.lane == lane)
        & (Job.run_at <= now)
        & or_(Job.group.is_(None), Job.group.not_in(_held_groups(lane)))
        & or_(Job.connector.is_(None), Job.connector.not_in(_silent(now)))
        & ~_on_hold()
    )


def _lapsed(lane: str, now: Any) -> Any:
    """Its worker died. Of others of its group that died with it, one is taken at a time."""
    alive = _held_groups(lane, alive_at=now)
    return (
        (Job.state == RUNNING)
        & (Job.lane == lane)
        & (Job.lease_until < now)
        & or_(Job.group.is_(None), Job.group.not_in(alive))
        & ~_on_hold()
    )


def _silent(now: Any) -> Any:
    return select(Breaker.connector).where(Breaker.open_until > now)


def _on_hold() -> Any:
    return exists(select(Hold.id))


def anything_due(
    session: Session, now: datetime, lane: str = INSIDE, *, since: timedelta = timedelta(0)
) -> bool:
    """Is there a job to claim? A read, so that idle workers never take the write lock."""
    instant = lease_clock(session, now) - since
    due = or_(_ready(lane, instant), _lapsed(lane, instant))
    return session.execute(select(Job.id).where(due).limit(1)).first() is not None


def claim(session: Session, now: datetime, limit: int, lane: str = INSIDE) -> list[Claim]:
    """Take up to `limit` due jobs; each costs one attempt, even if the worker dies.

    Several of one group may be taken together: their worker runs them one after the other. One
    whose worker died is taken alone, so that a job that kills its workers takes no other along.
    """
    instant = lease_clock(session, now)
    if session.get_bind().dialect.name == "postgresql":
        # Two who claim at once would not see each other's groups: they take turns, for a moment.
        session.execute(select(func.pg_advisory_xact_lock(CLAIMING)))
    return _take(session, instant, _lapsed(lane, instant), 1) or _take(
        session, instant, _ready(lane, instant), limit
    )


def _take(session: Session, instant: Any, condition: Any, limit: int) -> list[Claim]:
    candidates = select(Job.id).where(condition).order_by(Job.run_at, Job.id).limit(limit)
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
            Job.connector,
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


def renew(session: Session, claims: Sequence[Claim], now: datetime) -> set[UUID]:
    """Begin the leases anew; the jobs that are still held.

    A row that is locked is being ended by its own holder: it is held, and nobody waits for it.
    """
    mine = (tuple_(Job.id, Job.fence).in_([(one.id, one.fence) for one in claims])) & (
        Job.state == RUNNING
    )
    free = select(Job.id).where(mine)
    if session.get_bind().dialect.name == "postgresql":
        free = free.with_for_update(skip_locked=True)
    session.execute(
        update(Job)
        .where(Job.id.in_(free.scalar_subquery()))
        .values(lease_until=lease_clock(session, now) + LEASE)
        .execution_options(synchronize_session=False)
    )
    return set(session.scalars(select(Job.id).where(mine)))


def give_back(session: Session, claim: Claim) -> None:
    """Let the job wait where it stood; it was not begun, so it cost no attempt."""
    session.execute(
        update(Job)
        .where(Job.id == claim.id, Job.fence == claim.fence)
        .values(state=READY, lease_until=None, attempts=Job.attempts - 1)
    )


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
