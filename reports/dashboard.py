"""What managers look at first: how much is open, how much is late, where, and what failed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables import Incident, ProcessDefinition, ProcessInstance
from kernel import clock, jalali
from notifiers.tables import LOST, PARKED, UNCERTAIN, Delivery
from people import Actor, directory
from people.chart import in_language
from reports.work import Done, Waiting, days, open_work, week_start, work_done

PERMISSION = "report.view"


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
    """Everything on the page. Open work is read once, and so is what was done in seven days."""

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
    waiting = open_work(session, now)
    done = work_done(session, now)
    units = load_by_unit(session, waiting)
    incidents = open_incidents(session)
    deliveries = failing_deliveries(session, now)
    return Dashboard(
        totals=_totals(session, done, units, deliveries, incidents),
        units=units,
        processes=load_by_process(session, waiting),
        steps=load_by_step(session, waiting),
        days=completed_days(done, now),
        handling=handling_times(session, done),
        deliveries=deliveries,
        incidents=incidents,
    )


def _totals(
    session: Session,
    done: list[Done],
    units: list[Load],
    deliveries: list[Cause],
    incidents: list[Cause],
) -> Totals:
    running = select(func.count()).where(
        ProcessInstance.status == "running", ProcessInstance.parent_id.is_(None)
    )
    completed = sum(one.times for one in done)
    return Totals(
        open=sum(unit.open for unit in units),
        overdue=sum(unit.overdue for unit in units),
        running=session.scalar(running) or 0,
        completed=completed,
        mean_hours=_hours(sum(one.seconds for one in done) / completed) if completed else None,
        failing=sum(cause.count for cause in deliveries),
        incidents=sum(cause.count for cause in incidents),
    )


def load_by_unit(session: Session, waiting: list[Waiting]) -> list[Load]:
    """Open work per unit, the most loaded first."""
    units = directory.of(session).units.values()
    names = {unit.key: in_language(unit.name, unit.name_en) for unit in units}
    return _loads(names, ((one.unit, one) for one in waiting))


def load_by_process(session: Session, waiting: list[Waiting]) -> list[Load]:
    """Open work per process, the most loaded first."""
    return _loads(process_names(session), ((one.process, one) for one in waiting))


def _loads(names: Mapping[str, str], waiting: Iterable[tuple[str | None, Waiting]]) -> list[Load]:
    found: dict[str | None, Load] = {}
    for key, one in waiting:
        known = found.get(key) or Load(key, names.get(key or "", key or ""), 0, 0)
        found[key] = Load(key, known.name, known.open + one.open, known.overdue + one.overdue)
    return sorted(found.values(), key=lambda load: (-load.open, load.name))


def load_by_step(session: Session, waiting: list[Waiting], limit: int = 20) -> list[StepLoad]:
    """The steps with most open work."""
    steps: dict[tuple[str, str], list[Waiting]] = {}
    for one in waiting:
        steps.setdefault((one.process, one.element), []).append(one)
    names = process_names(session)
    loads = [
        StepLoad(
            process,
            names.get(process, process),
            element,
            in_language(max(one.name for one in parts), max(one.name_en for one in parts)),
            sum(one.open for one in parts),
            sum(one.overdue for one in parts),
            min(one.oldest for one in parts),
        )
        for (process, element), parts in steps.items()
    ]
    return sorted(loads, key=lambda load: (-load.open, load.process, load.element))[:limit]


def completed_days(done: list[Done], now: datetime) -> list[DayCount]:
    """Completed work per day, today last."""
    return [
        DayCount(start.astimezone(jalali.TEHRAN).date(), sum(one.by_day[at] for one in done))
        for at, start in enumerate(days(now))
    ]


def handling_times(session: Session, done: list[Done], limit: int = 20) -> list[Handling]:
    """Mean hours per step over the last seven days, the slowest first."""
    names = process_names(session)
    slowest = sorted(done, key=lambda one: (-one.seconds / one.times, one.process, one.element))
    return [
        Handling(
            one.process,
            names.get(one.process, one.process),
            one.element,
            in_language(one.name, one.name_en),
            one.times,
            _hours(one.seconds / one.times),
        )
        for one in slowest[:limit]
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


def _causes(rows: Any) -> list[Cause]:
    causes = [Cause(code, where, count, at) for code, where, count, at in rows]
    return sorted(causes, key=lambda cause: (-cause.count, cause.code))


def _hours(seconds: Any) -> float:
    return round(float(seconds or 0) / 3600, 2)
