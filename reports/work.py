"""What is open and what was done, step by step: the questions behind the dashboard's figures."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from engine.tables import WorkItem
from kernel import jalali
from reports.elapsed import elapsed

WAITING = ("open", "claimed")


class Waiting(NamedTuple):
    """Open work of one unit at one step."""

    unit: str | None
    process: str
    element: str
    name: str
    name_en: str
    open: int
    overdue: int
    oldest: datetime


class Done(NamedTuple):
    """Work completed at one step: how many, the seconds it took in all, how many on each day."""

    process: str
    element: str
    name: str
    name_en: str
    times: int
    seconds: float
    by_day: tuple[int, ...]


def open_work(session: Session, now: datetime) -> list[Waiting]:
    """All that is open, read once for every table of it."""
    late, oldest = func.sum(case((WorkItem.due_at < now, 1), else_=0)), func.min(WorkItem.opened_at)
    rows = session.execute(
        select(WorkItem.unit_key, *_step(), func.count(), late, oldest)
        .where(WorkItem.status.in_(WAITING))
        .group_by(WorkItem.unit_key, WorkItem.definition_key, WorkItem.element_id)
    )
    return [Waiting(*row) for row in rows]


def work_done(session: Session, now: datetime) -> list[Done]:
    """All that was completed in seven days, read once."""
    starts = days(now)
    sums = [
        func.sum(
            case((and_(WorkItem.closed_at >= start, WorkItem.closed_at < _next(start)), 1), else_=0)
        )
        for start in starts
    ]
    seconds = func.sum(elapsed(WorkItem.opened_at, WorkItem.closed_at))
    rows = session.execute(
        select(*_step(), func.count(), seconds, *sums)
        .where(WorkItem.status == "completed", WorkItem.closed_at >= starts[0])
        .group_by(WorkItem.definition_key, WorkItem.element_id)
    )
    return [Done(*row[:5], float(row[5] or 0), tuple(row[6:])) for row in rows]


def week_start(now: datetime) -> datetime:
    """The beginning of the first of the last seven days, today included."""
    return midnight(now, 6)


def days(now: datetime) -> list[datetime]:
    """The beginnings of the last seven days, today's last."""
    return [midnight(now, days_ago) for days_ago in range(6, -1, -1)]


def midnight(now: datetime, days_ago: int = 0) -> datetime:
    """The beginning of a day on the organisation's clock, in UTC."""
    day = now.astimezone(jalali.TEHRAN).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(), jalali.TEHRAN).astimezone(UTC)


def _next(start: datetime) -> datetime:
    day = start.astimezone(jalali.TEHRAN).date() + timedelta(days=1)
    return datetime.combine(day, time(), jalali.TEHRAN).astimezone(UTC)


def _step() -> tuple[Any, ...]:
    return (
        WorkItem.definition_key,
        WorkItem.element_id,
        func.max(WorkItem.name),
        func.max(WorkItem.name_en),
    )
