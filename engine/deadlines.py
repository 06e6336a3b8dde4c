"""Instants from designers' words: time limits, timers, reminders; in open time or by the wall."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.model import Clock, Reminder, TimerSpec
from engine.settings import settings
from engine.spiff.faults import Fault
from kernel import cron, jalali
from kernel.errors import AppError
from kernel.expressions import Months
from kernel.expressions.values import duration_text
from people.worktime import (
    WorkCalendar,
    add_worktime,
    after_days,
    after_duration,
    end_of_working_day,
    share_of_limit,
)

_CYCLE = re.compile(r"R(?P<times>\d{0,6})/(?:(?P<start>[^/]+)/)?(?P<every>[^/]+)")


@dataclass(frozen=True)
class Cycle:
    """A repeating timer: what is left after the next firing (None: no end), and how often."""

    left: int | None
    every: str


def limit_of(value: Any, clock: Clock, start: datetime, calendar: WorkCalendar) -> datetime:
    """When a task given this limit is due: a date means the end of that (working) day."""
    moment = _read(value)
    if isinstance(moment, datetime):
        return _aware(moment, calendar)
    if isinstance(moment, date):
        if clock == "working":
            return end_of_working_day(moment, calendar)
        return _midnight(moment + timedelta(days=1), calendar) - timedelta(seconds=1)
    return _after(start, moment, clock, calendar)


def due_of(spec: TimerSpec, value: Any, now: datetime, calendar: WorkCalendar) -> datetime:
    """When a timer fires first: a date means the beginning of that day, or its opening hour."""
    if spec.kind == "cycle":
        return _first_of_cycle(str(value), spec.clock, now, calendar)
    moment = _read(value)
    if isinstance(moment, datetime):
        return _aware(moment, calendar)
    if isinstance(moment, date):
        midnight = _midnight(moment, calendar)
        return add_worktime(midnight, 0, calendar) if spec.clock == "working" else midnight
    return _after(now, moment, spec.clock, calendar)


def cycle_of(value: Any) -> Cycle:
    """The repetition in `R3/PT24H` or in a cron text.

    Raises: Fault for anything else.
    """
    if cron.is_cron(str(value)):
        return Cycle(None, str(value).strip())
    found = _CYCLE.fullmatch(str(value).strip())
    every = found["every"] if found is not None else ""
    if found is None or every[:1] == "-" or not re.search("[1-9]", every):  # it must go forward
        raise _unreadable(value)
    times = int(found["times"]) if found["times"] else None
    return Cycle(None if times is None else max(times - 1, 0), every)


def one_later(due: datetime, every: str, clock: Clock, calendar: WorkCalendar) -> datetime:
    """The occurrence of an ISO cycle that follows the one planned for `due`.

    By the wall clock, days keep the time of day; hours, minutes and seconds are as long as ever.
    """
    return _after(due, _read(every), clock, calendar)


def next_of_cron(
    text: str, moment: datetime, clock: Clock, calendar: WorkCalendar
) -> datetime | None:
    """The first instant of a cron text after `moment`; None when it names no further day.

    On the working clock, an instant in closed hours moves to the next opening.
    """
    try:
        found = cron.next_after(text, moment, ZoneInfo(calendar.zone))
    except cron.CronInvalid:
        raise _unreadable(text) from None
    if found is None or clock != "working":
        return found
    return add_worktime(found, 0, calendar)


def reminder_at(
    reminder: Reminder, start: datetime, due: datetime, clock: Clock, calendar: WorkCalendar
) -> datetime:
    """When a reminder of the policy goes out; offsets run on the working clock."""
    if reminder.percent is not None:
        by = calendar if clock == "working" else None
        return share_of_limit(start, due, reminder.percent, by)
    return after_duration(due, reminder.offset or "PT0S", calendar)


def _first_of_cycle(text: str, clock: Clock, now: datetime, calendar: WorkCalendar) -> datetime:
    if cron.is_cron(text):
        first = next_of_cron(text, now, clock, calendar)
        if first is None:
            raise _unreadable(text)
        return first
    found = _CYCLE.fullmatch(text.strip())
    if found is None:
        raise _unreadable(text)
    if found["start"]:
        moment = _read(found["start"])
        if isinstance(moment, datetime):
            return _aware(moment, calendar)
        if isinstance(moment, date):
            midnight = _midnight(moment, calendar)
            return add_worktime(midnight, 0, calendar) if clock == "working" else midnight
    return _after(now, _read(found["every"]), clock, calendar)


def _read(value: Any) -> date | datetime | timedelta | Months | str:
    """An instant, a day, or a duration (as ISO text when it was written so)."""
    if isinstance(value, datetime | date | timedelta | Months):
        return value
    if not isinstance(value, str) or not value.strip():
        raise _unreadable(value)
    text = value.strip()
    if "P" in text.upper()[:2]:
        return text
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise _unreadable(value) from None


def _after(start: datetime, length: Any, clock: Clock, calendar: WorkCalendar) -> datetime:
    if isinstance(length, Months):
        return _add_months(start, length.count)
    text = duration_text(length) if isinstance(length, timedelta) else str(length)
    try:
        if clock == "working":
            return after_duration(start, text, calendar)
        return after_days(start, text, ZoneInfo(calendar.zone))
    except AppError as error:
        raise Fault("engine.timer", error.sentence(), expression=text) from error


def _add_months(start: datetime, count: int) -> datetime:
    """Months are the organisation's: Jalali ones."""
    local = start.astimezone(settings().zone)
    return datetime.combine(jalali.add_months(local.date(), count), local.timetz())


def _aware(moment: datetime, calendar: WorkCalendar) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=_zone(calendar))


def _midnight(day: date, calendar: WorkCalendar) -> datetime:
    return datetime.combine(day, time(), _zone(calendar))


def _zone(calendar: WorkCalendar) -> Any:
    return ZoneInfo(calendar.zone)


def _unreadable(value: Any) -> Fault:
    return Fault("engine.timer", f"not a time: {value!r}", expression=str(value)[:200])
