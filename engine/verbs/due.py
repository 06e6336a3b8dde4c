"""Many timers due at once: batches of cases whose timers fire in one transaction.

A batch is one job. It fires whatever is due in its cases, in order, then marks the next timers
and leaves them to the next job: so other work has its turn in between, and people wait behind one
batch at most. A batch that fails, or kills its worker, leaves nothing behind but the marks; each
of its timers gets a job of its own then, and has its own fate.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, select, update
from sqlalchemy.orm import Session

from engine.store import INSTANCE, TIMER, Store
from engine.verbs.fire import fire_all
from kernel import metrics
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

JOB, ALONE = "engine.timers", "engine.fire"  # kinds of jobs
AT_ONCE = 100
LONGEST = 0.1  # seconds of firing after which a batch is written
GONE = timedelta(minutes=10)  # after which a batch that has not come was lost

_WAITS = TIMER.c.queued_at.is_(None)


def mark(uow: UnitOfWork) -> list[str]:
    """Take the earliest due timers of cases; the cases they belong to, in that order."""
    earliest = (
        select(TIMER.c.id)
        .where(_WAITS, TIMER.c.due_at <= uow.now, TIMER.c.root_id.is_not(None))
        .order_by(TIMER.c.due_at, TIMER.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    marked = uow.session.execute(
        update(TIMER)
        .where(TIMER.c.id.in_(earliest.scalar_subquery()))
        .values(queued_at=uow.now)
        .returning(TIMER.c.root_id, TIMER.c.due_at)
    ).all()
    for row in marked:
        _note_lateness(uow, row.due_at)
    ordered = sorted(marked, key=lambda row: row.due_at)
    return list(dict.fromkeys(str(row.root_id) for row in ordered))


def take_back(uow: UnitOfWork) -> None:
    """Let timers wait again whose batch is gone: nobody fired them, and nobody will.

    One whose batch comes all the same fires once: the batch takes away what it fires.
    """
    lost = (
        TIMER.c.queued_at.is_not(None),
        TIMER.c.queued_at < uow.now - GONE,
        TIMER.c.job_id.is_(None),
        TIMER.c.root_id.is_not(None),
    )
    uow.session.execute(update(TIMER).where(*lost).values(queued_at=None))


def mark_schedules(uow: UnitOfWork) -> int:
    """A job for each timer start that is due; how many there were."""
    query = (
        select(TIMER.c.id, TIMER.c.definition_id, TIMER.c.due_at)
        .where(_WAITS, TIMER.c.root_id.is_(None), TIMER.c.due_at <= uow.now)
        .order_by(TIMER.c.root_id, TIMER.c.due_at)  # as the index has them
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = uow.session.execute(query).all()
    for row in rows:
        _note_lateness(uow, row.due_at)
        _give_job(uow, row.id, row.due_at, group=str(row.definition_id))
    return len(rows)


def fire_due(uow: UnitOfWork, roots: Sequence[str]) -> tuple[list[str], list[str]]:
    """Fire what is due in these cases; those there was no time for, and those others work on."""
    store = Store(uow.session)
    locked = _lock(store, [UUID(one) for one in roots])
    timers = _due_in(store, list(locked), uow.now)
    fired = fire_all(uow, store, locked, timers, until=time.monotonic() + LONGEST)
    left = {timer["root_id"] for timer in timers[fired:]}
    return [str(one) for one in left], [one for one in roots if UUID(one) not in locked]


def alone(uow: UnitOfWork, roots: Sequence[str]) -> None:
    """A job for each timer that is due in these cases: their batch came to nothing."""
    for timer in _due_in(Store(uow.session), [UUID(one) for one in roots], uow.now):
        _give_job(uow, timer["id"], timer["due_at"], group=str(timer["root_id"]))


def _give_job(uow: UnitOfWork, timer_id: UUID, due: datetime, *, group: str) -> None:
    payload = {"timer_id": str(timer_id), "due": due.isoformat()}
    job_id = uow.jobs.add(ALONE, payload, group=group)
    given = update(TIMER).where(TIMER.c.id == timer_id)
    uow.session.execute(given.values(queued_at=uow.now, job_id=job_id))


def _note_lateness(uow: UnitOfWork, due: datetime) -> None:
    late = (uow.now - due).total_seconds()
    uow.after_commit(partial(metrics.TIMER_LATENESS.observe, late))


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the earliest timer is due that is not due yet."""
    query = select(TIMER.c.due_at).where(_WAITS, TIMER.c.due_at > now)
    earliest = query.order_by(TIMER.c.due_at, TIMER.c.id).limit(1)
    found: datetime | None = session.execute(earliest).scalar()
    return found


def _lock(store: Store, ids: list[UUID]) -> dict[UUID, JsonObject]:
    """The cases that nobody works on, locked."""
    query = select(INSTANCE).where(INSTANCE.c.id.in_(ids)).order_by(INSTANCE.c.id)
    rows = _rows(store, INSTANCE, query.with_for_update(skip_locked=True))
    return {row["id"]: row for row in rows}


def _due_in(store: Store, roots: list[UUID], now: datetime) -> list[JsonObject]:
    """In the order in which they fall due; those with a job of their own are left to it."""
    query = select(TIMER).where(
        TIMER.c.root_id.in_(roots), TIMER.c.due_at <= now, TIMER.c.job_id.is_(None)
    )
    return _rows(store, TIMER, query.order_by(TIMER.c.due_at, TIMER.c.id))


def _rows(store: Store, table: Table, query: Select[Any]) -> list[JsonObject]:
    """Whole rows of a table; mappings would cost each of them a view of its keys."""
    names = [column.name for column in table.c]
    return [dict(zip(names, row, strict=True)) for row in store.connection.execute(query)]
