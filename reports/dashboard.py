"""What managers look at first: how much is open, how much is late, where, and what failed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from engine.tables import Incident, ProcessDefinition, ProcessInstance, WorkItem
from kernel import clock, jalali
from notifiers.tables import LOST, PARKED, UNCERTAIN, Delivery
from people import Actor, directory
from people.chart import in_language
from reports.elapsed import elapsed

PERMISSION = "report.view"
WAITING = ("open", "claimed")


@dataclass(frozen=True)
class Load:
    """Open work somewhere. `key` filters the list behind the number; None: without a unit."""

    key: str | None
    name: str
    open: int
    overdue: int


@dataclass(frozen=True)
class StepLoad:
    """Open work at one step of a process, and how long it has been lying there."""

    process: str
    process_name: str
    element: str
    name: str
    open: int
    overdue: int
    oldest: datetime


@dataclass(frozen=True)
class DayCount:
    """Work items completed on one day of the organisation's clock."""

    day: date
    count: int


@dataclass(frozen=True)
class Handling:
    """Completed work of a step: how many, and hours from opened to completed."""

    process: str
    process_name: str
    element: str
    name: str
    count: int
    mean_hours: float


@dataclass(frozen=True)
class Cause:
    """Incidents or deliveries that failed for one reason; `ids` of some to open."""

    code: str
    where: str
    count: int
    latest: datetime


@dataclass(frozen=True)
class Totals:
    """The tiles."""

    open: int
    overdue: int
    running: int
    completed: int  # work items, last seven days
    mean_hours: float | None  # of those
    failing: int  # deliveries, last seven days
    incidents: int


@dataclass(frozen=True)
class Dashboard:
    """Everything on the page, read in nine statements."""

    totals: Totals
    units: list[Load]
    processes: list[Load]
    steps: list[StepLoad]
    days: list[DayCount]
    handling: list[Handling]
    deliveries: list[Cause]
    incidents: list[Cause]


FAILING = (*LOST, PARKED, UNCERTAIN)


def dashboard(session: Session, actor: Actor) -> Dashboard:
    """The figures of this moment.

    Raises: PermissionMissing without `report.view`.
    """
    actor.require(PERMISSION)
    now = clock.now()
    units = load_by_unit(session, now)
    incidents = open_incidents(session)
    deliveries = failing_deliveries(session, now)
    return Dashboard(
        totals=_totals(session, now, units, deliveries, incidents),
        units=units,
        processes=load_by_process(session, now),
        steps=load_by_step(session, now),
        days=completed_days(session, now),
        handling=handling_times(session, now),
        deliveries=deliveries,
        incidents=incidents,
    )


def _totals(
    session: Session,
    now: datetime,
    units: list[Load],
    deliveries: list[Cause],
    incidents: list[Cause],
) -> Totals:
    running = select(func.count()).where(
        ProcessInstance.status == "running", ProcessInstance.parent_id.is_(None)
    )
    completed, seconds = session.execute(
        select(func.count(), func.avg(elapsed(WorkItem.opened_at, WorkItem.closed_at))).where(
            _completed_since(week_start(now))
        )
    ).one()
    return Totals(
        open=sum(unit.open for unit in units),
        overdue=sum(unit.overdue for unit in units),
        running=session.scalar(running) or 0,
        completed=completed,
        mean_hours=_hours(seconds) if completed else None,
        failing=sum(cause.count for cause in deliveries),
        incidents=sum(cause.count for cause in incidents),
    )


def load_by_unit(session: Session, now: datetime) -> list[Load]:
    """Open work per unit, the most loaded first."""
    rows = session.execute(
        select(WorkItem.unit_key, func.count(), _overdue(now))
        .where(WorkItem.status.in_(WAITING))
        .group_by(WorkItem.unit_key)
    )
    names = {
        unit.key: in_language(unit.name, unit.name_en)
        for unit in directory.of(session).units.values()
    }
    loads = [Load(key, names.get(key or "", key or ""), count, late) for key, count, late in rows]
    return sorted(loads, key=lambda load: (-load.open, load.name))


def load_by_process(session: Session, now: datetime) -> list[Load]:
    """Open work per process, the most loaded first."""
    rows = session.execute(
        select(WorkItem.definition_key, func.count(), _overdue(now))
        .where(WorkItem.status.in_(WAITING))
        .group_by(WorkItem.definition_key)
    )
    names = process_names(session)
    loads = [Load(key, names.get(key, key), count, late) for key, count, late in rows]
    return sorted(loads, key=lambda load: (-load.open, load.name))


def load_by_step(session: Session, now: datetime, limit: int = 20) -> list[StepLoad]:
    """The steps with most open work."""
    count = func.count()
    rows: Any = session.execute(
        select(*_step(), count, _overdue(now), func.min(WorkItem.opened_at))
        .where(WorkItem.status.in_(WAITING))
        .group_by(WorkItem.definition_key, WorkItem.element_id)
        .order_by(count.desc(), WorkItem.definition_key, WorkItem.element_id)
        .limit(limit)
    )
    names = process_names(session)
    return [
        StepLoad(key, names.get(key, key), element, in_language(fa, en), open_, late, oldest)
        for key, element, fa, en, open_, late, oldest in rows
    ]


def completed_days(session: Session, now: datetime, days: int = 7) -> list[DayCount]:
    """Completed work per day, today last. One statement, a sum per day."""
    starts = [midnight(now, days_ago) for days_ago in range(days - 1, -1, -1)]
    sums = [
        func.sum(
            case((and_(WorkItem.closed_at >= start, WorkItem.closed_at < _next(start)), 1), else_=0)
        )
        for start in starts
    ]
    row = session.execute(select(*sums).where(_completed_since(starts[0]))).one()
    return [
        DayCount(start.astimezone(jalali.TEHRAN).date(), count or 0)
        for start, count in zip(starts, row, strict=True)
    ]


def handling_times(session: Session, now: datetime, limit: int = 20) -> list[Handling]:
    """Mean hours per step over the last seven days, the slowest first."""
    mean = func.avg(elapsed(WorkItem.opened_at, WorkItem.closed_at))
    rows: Any = session.execute(
        select(*_step(), func.count(), mean)
        .where(_completed_since(week_start(now)))
        .group_by(WorkItem.definition_key, WorkItem.element_id)
        .order_by(mean.desc())
        .limit(limit)
    )
    names = process_names(session)
    return [
        Handling(key, names.get(key, key), element, in_language(fa, en), count, _hours(seconds))
        for key, element, fa, en, count, seconds in rows
    ]


def failing_deliveries(session: Session, now: datetime) -> list[Cause]:
    """Texts of the last seven days that did not arrive, by channel and reason."""
    rows = session.execute(
        select(Delivery.code, Delivery.channel, func.count(), func.max(Delivery.created_at))
        .where(Delivery.state.in_(FAILING), Delivery.created_at >= week_start(now))
        .group_by(Delivery.code, Delivery.channel)
    )
    return _causes(rows)


def open_incidents(session: Session) -> list[Cause]:
    """Open incidents, by error and element."""
    rows = session.execute(
        select(Incident.code, Incident.element_name, func.count(), func.max(Incident.opened_at))
        .where(Incident.state == "open")
        .group_by(Incident.code, Incident.element_name)
    )
    return _causes(rows)


def process_names(session: Session) -> dict[str, str]:
    """The name of each process, as its newest version has it."""
    rows = session.execute(
        select(ProcessDefinition.key, ProcessDefinition.name, ProcessDefinition.name_en).order_by(
            ProcessDefinition.version
        )
    )
    return {key: in_language(fa, en) for key, fa, en in rows}


def midnight(now: datetime, days_ago: int = 0) -> datetime:
    """The beginning of a day on the organisation's clock, in UTC."""
    day = now.astimezone(jalali.TEHRAN).date() - timedelta(days=days_ago)
    return datetime.combine(day, time(), jalali.TEHRAN).astimezone(UTC)


def week_start(now: datetime) -> datetime:
    """The beginning of the first of the last seven days, today included."""
    return midnight(now, 6)


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


def _overdue(now: datetime) -> Any:
    return func.sum(case((WorkItem.due_at < now, 1), else_=0))


def _completed_since(start: datetime) -> ColumnElement[bool]:
    return and_(WorkItem.status == "completed", WorkItem.closed_at >= start)


def _causes(rows: Any) -> list[Cause]:
    causes = [Cause(code, where, count, at) for code, where, count, at in rows]
    return sorted(causes, key=lambda cause: (-cause.count, cause.code))


def _hours(seconds: Any) -> float:
    return round(float(seconds or 0) / 3600, 2)
