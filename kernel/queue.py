"""Putting jobs in and taking them out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from kernel import clock
from kernel import queue_statements as statements
from kernel.ids import new_id
from kernel.job_table import FAILED, INSIDE, LANES, OUTSIDE, READY, RUNNING, Job
from kernel.prepared import Prepared
from kernel.queue_statements import LEASE
from kernel.types import JsonObject

_TABLE: Any = Job.__table__
_GIVEN = [name for name in map(str, _TABLE.c.keys()) if name not in ("lease_until", "last_error")]
_ADD = Prepared(insert(_TABLE), _GIVEN)
_ADD_UNLESS_KNOWN = {
    name: Prepared(one(_TABLE).on_conflict_do_nothing(index_elements=["key"]), _GIVEN)
    for name, one in (("sqlite", insert_sqlite), ("postgresql", insert_postgres))
}
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
    return func.now() if _is_shared(session) else now


def _is_shared(session: Session) -> bool:
    """Whether leases go by the database's clock; one that is moved moves them, too."""
    return session.get_bind().dialect.name == "postgresql" and clock.is_system()


def lanes_due(
    session: Session,
    now: datetime,
    lanes: Sequence[str] = LANES,
    *,
    since: timedelta = timedelta(0),
) -> frozenset[str]:
    """Where there is a job to claim. A read, so that idle workers never take the write lock."""
    shared = _is_shared(session)
    asked = statements.due(shared, *lanes)
    found = asked.first(session.connection(), statements.moment(shared, now, since)) or ()
    return frozenset(lane for lane, due in zip(lanes, found, strict=True) if due)


def claim(
    session: Session, now: datetime, limit: int, lane: str = INSIDE, *, lapsed: bool = True
) -> list[Claim]:
    """Take up to `limit` due jobs; each costs one attempt, even if the worker dies.

    Several of one group may be taken together: their worker runs them one after the other. One
    whose worker died is taken alone, so that a job that kills its workers takes no other along.

    Args:
        lapsed: False does not look for those.
    """
    shared, connection = _is_shared(session), session.connection()
    if connection.dialect.name == "postgresql":
        # Two who claim at once would not see each other's groups: they take turns, for a moment.
        statements.TAKE_TURNS.first(connection, {})
    moment = statements.moment(shared, now)
    rows: list[Any] = []
    if lapsed:
        rows = statements.take_lapsed(lane, shared).all(connection, moment | {"most": 1})
    if not rows:
        rows = statements.take_ready(lane, shared).all(connection, moment | {"most": limit})
    rows.sort(key=lambda row: (row[-1], row[0]))  # as they fall due
    return [Claim(*row[:-1]) for row in rows]


def finish(session: Session, claim: Claim) -> bool:
    """End the job in the caller's transaction; False when another worker holds it now."""
    held = {"job": claim.id, "held": claim.fence}
    return statements.END.change(session.connection(), held) == 1


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
