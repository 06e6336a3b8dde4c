"""What the queue asks its table, compiled once: claims are made many times a second.

`shared`: several machines take from the queue, and the database's own clock counts; else a
statement is given `now`. See `moment`.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Interval,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from kernel.db import UtcDateTime
from kernel.hold import Hold
from kernel.job_table import READY, RUNNING, Breaker, Job
from kernel.prepared import Prepared
from kernel.types import JsonObject

LEASE = timedelta(minutes=1)
CLAIMING = 7_202_611  # the number of PostgreSQL's lock that claims take turns by
_JOB, _BREAKER, _HOLD = (cast(Table, one.__table__) for one in (Job, Breaker, Hold))
_COLUMN = _JOB.c
TAKE_TURNS = Prepared(select(func.pg_advisory_xact_lock(CLAIMING)))
END = Prepared(
    delete(_JOB).where(_COLUMN.id == bindparam("job"), _COLUMN.fence == bindparam("held"))
)

_TAKEN = (
    _COLUMN.id,
    _COLUMN.kind,
    _COLUMN.payload,
    _COLUMN.attempts,
    _COLUMN.max_attempts,
    _COLUMN.fence,
    _COLUMN.group_key,
    _COLUMN.connector,
    _COLUMN.run_at,
)


def moment(shared: bool, now: datetime, since: timedelta = timedelta(0)) -> JsonObject:
    """What the statements here are told of the time; `since`: how long ago is meant."""
    return {"since": since} if shared else {"now": now - since, "until": now + LEASE}


@cache
def due(shared: bool, *lanes: str) -> Prepared:
    """For each lane, whether there is a job that could be claimed."""
    instant = _instant(shared)
    return Prepared(
        select(
            *(
                exists(
                    select(_COLUMN.id).where(or_(_ready(lane, instant), _lapsed(lane, instant)))
                ).label(lane)
                for lane in lanes
            )
        )
    )


@cache
def take_ready(lane: str, shared: bool) -> Prepared:
    """Claims up to `most` jobs that are due, in order."""
    return _take(_ready(lane, _instant(shared)), shared)


@cache
def take_lapsed(lane: str, shared: bool) -> Prepared:
    """Claims up to `most` jobs whose worker died."""
    return _take(_lapsed(lane, _instant(shared)), shared)


def _take(condition: ColumnElement[bool], shared: bool) -> Prepared:
    found = select(_COLUMN.id).where(condition).order_by(_COLUMN.run_at, _COLUMN.id)
    found = found.limit(bindparam("most"))
    candidates = found.with_for_update(skip_locked=True)  # SQLite has one writer, and no such word
    until = func.now() + LEASE if shared else bindparam("until", type_=UtcDateTime())
    return Prepared(
        update(_JOB)
        .where(_COLUMN.id.in_(candidates.scalar_subquery()))
        .values(
            state=RUNNING, attempts=_COLUMN.attempts + 1, fence=_COLUMN.fence + 1, lease_until=until
        )
        .returning(*_TAKEN)
    )


def _instant(shared: bool) -> Any:
    if shared:
        return func.now() - bindparam("since", type_=Interval())
    return bindparam("now", type_=UtcDateTime())


def _held_groups(lane: str, alive_at: Any = None) -> Any:
    """Groups of which a job was taken in this lane and has not ended; its worker may be dead."""
    held = _JOB.alias().c
    found = select(held.group_key).where(
        held.state == RUNNING, held.lane == lane, held.group_key.is_not(None)
    )
    return found if alive_at is None else found.where(held.lease_until >= alive_at)


def _ready(lane: str, now: Any) -> ColumnElement[bool]:
    """Due, and neither the group nor the breaker of its connector stands in the way."""
    return and_(
        _COLUMN.state == READY,
        _COLUMN.lane == lane,
        _COLUMN.run_at <= now,
        or_(_COLUMN.group_key.is_(None), _COLUMN.group_key.not_in(_held_groups(lane))),
        or_(_COLUMN.connector.is_(None), _COLUMN.connector.not_in(_silent(now))),
        ~_on_hold(),
    )


def _lapsed(lane: str, now: Any) -> ColumnElement[bool]:
    """Its worker died. Of others of its group that died with it, one is taken at a time."""
    alive = _held_groups(lane, alive_at=now)
    return and_(
        _COLUMN.state == RUNNING,
        _COLUMN.lane == lane,
        _COLUMN.lease_until < now,
        or_(_COLUMN.group_key.is_(None), _COLUMN.group_key.not_in(alive)),
        ~_on_hold(),
    )


def _silent(now: Any) -> Any:
    return select(_BREAKER.c.connector).where(_BREAKER.c.open_until > now)


def _on_hold() -> Any:
    return exists(select(_HOLD.c.id))
