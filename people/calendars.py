"""The organisation's calendars, ready for working-time arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from people import tables, versions
from people.worktime import WorkCalendar

DEFAULT_KEY = "office"

# Saturday to Wednesday 8–16, Thursday 8–13, Friday closed (0 = Monday).
DEFAULT_WEEKLY: Mapping[int, tuple[tuple[int, int], ...]] = {
    0: ((480, 960),),
    1: ((480, 960),),
    2: ((480, 960),),
    3: ((480, 780),),
    4: (),
    5: ((480, 960),),
    6: ((480, 960),),
}

_UNSET = WorkCalendar(DEFAULT_KEY, "Asia/Tehran", DEFAULT_WEEKLY, frozenset())


@dataclass(frozen=True)
class _Loaded:
    default: WorkCalendar
    by_key: Mapping[str, WorkCalendar]


def default(session: Session) -> WorkCalendar:
    """The calendar limits run on; the usual week without holidays before any is stored."""
    return _snapshots.of(session).default


def by_key(session: Session, key: str) -> WorkCalendar:
    """A calendar by its key; the default one when there is none of that name."""
    loaded = _snapshots.of(session)
    return loaded.by_key.get(key, loaded.default)


def _load(session: Session) -> _Loaded:
    closed: dict[str, set[date]] = {}
    for key, day in session.execute(select(tables.Holiday.calendar_key, tables.Holiday.day)):
        closed.setdefault(key, set()).add(day)
    rows = list(session.scalars(select(tables.WorkCalendarRow)))
    calendars = {row.key: _calendar(row, closed.get(row.key, set())) for row in rows}
    first = next((calendars[row.key] for row in rows if row.is_default), _UNSET)
    return _Loaded(default=first, by_key=calendars)


def _calendar(row: tables.WorkCalendarRow, closed: set[date]) -> WorkCalendar:
    weekly = {
        int(day): tuple((opens, closes) for opens, closes in spans)
        for day, spans in row.weekly.items()
    }
    return WorkCalendar(row.key, row.zone, weekly, frozenset(closed), row.day_minutes)


_snapshots = versions.Snapshots(_load)
