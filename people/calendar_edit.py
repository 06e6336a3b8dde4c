"""Change when the place is open: weekly hours and holidays."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select

from kernel import text
from kernel.audit import acts
from kernel.uow import UnitOfWork
from people import tables, versions
from people.actor import Actor
from people.calendars import DEFAULT_KEY, DEFAULT_WEEKLY
from people.errors import HolidayUnknown, NameMissing, NoWorktime
from people.worktime import Span, check_spans

EDIT = "calendar.edit"


def add_calendar(
    uow: UnitOfWork,
    key: str,
    name: str,
    *,
    name_en: str = "",
    zone: str = "Asia/Tehran",
    weekly: Mapping[int, Iterable[Span]] = DEFAULT_WEEKLY,
    day_minutes: int = 480,
    is_default: bool = False,
    by: Actor,
) -> tables.WorkCalendarRow:
    """Add a calendar, or take the existing one of this key. Hours as in `set_hours`."""
    by.require(EDIT)
    row = uow.session.get(tables.WorkCalendarRow, key)
    if row is None:
        row = tables.WorkCalendarRow(
            key=key,
            name=name,
            name_en=name_en,
            zone=zone,
            weekly=_stored(weekly),
            day_minutes=day_minutes,
            is_default=is_default,
        )
        uow.session.add(row)
        versions.renew(uow)
        uow.audit.record(acts.CALENDAR_ADDED, by, key)
    return row


def set_hours(
    uow: UnitOfWork,
    weekly: Mapping[int, Iterable[Span]],
    *,
    day_minutes: int | None = None,
    calendar: str = DEFAULT_KEY,
    by: Actor,
) -> tables.WorkCalendarRow:
    """Set the opening hours of every weekday (0 = Monday), as minutes of the day.

    Args:
        day_minutes: what "one working day" means in a limit; unchanged when None.

    Raises:
        HoursInvalid: spans that overlap or leave the day.
        NoWorktime: a week without any open time, in which no limit could ever end.
    """
    by.require(EDIT)
    row = uow.session.get_one(tables.WorkCalendarRow, calendar)
    stored = _stored(weekly)
    if not any(stored.values()) or (day_minutes is not None and day_minutes <= 0):
        raise NoWorktime(calendar=calendar)
    row.weekly = stored
    row.day_minutes = day_minutes or row.day_minutes
    versions.renew(uow)
    uow.audit.record(acts.CALENDAR_HOURS, by, calendar)
    return row


def add_holiday(
    uow: UnitOfWork,
    day: date,
    name: str,
    *,
    name_en: str = "",
    estimated: bool = False,
    calendar: str = DEFAULT_KEY,
    by: Actor,
) -> tables.Holiday:
    """Close a day; on a day that is closed already the name and the mark are replaced.

    Raises: NameMissing
    """
    by.require(EDIT)
    if not name.strip():
        raise NameMissing()
    row = _holiday(uow, day, calendar)
    if row is None:
        row = tables.Holiday(calendar_key=calendar, day=day, name="", seeded=False)
        uow.session.add(row)
    row.name, row.name_en, row.estimated = text.clean(name), name_en.strip(), estimated
    versions.renew(uow)
    uow.audit.record(acts.CALENDAR_CLOSED, by, calendar, day=day)
    return row


def remove_holiday(uow: UnitOfWork, day: date, *, calendar: str = DEFAULT_KEY, by: Actor) -> None:
    """Open a day again.

    Raises: HolidayUnknown
    """
    by.require(EDIT)
    row = _holiday(uow, day, calendar)
    if row is None:
        raise HolidayUnknown(day=day.isoformat())
    uow.session.delete(row)
    versions.renew(uow)
    uow.audit.record(acts.CALENDAR_OPENED, by, calendar, day=day)


def _holiday(uow: UnitOfWork, day: date, calendar: str) -> tables.Holiday | None:
    return uow.session.scalar(
        select(tables.Holiday).where(
            tables.Holiday.calendar_key == calendar, tables.Holiday.day == day
        )
    )


def _stored(weekly: Mapping[int, Iterable[Span]]) -> dict[str, list[list[int]]]:
    return {
        str(day): [list(span) for span in check_spans(tuple(weekly.get(day, ())))]
        for day in range(7)
    }
