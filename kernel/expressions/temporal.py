"""Dates, times, instants and durations from ISO 8601 text and from each other."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kernel.expressions.errors import ExpressionError
from kernel.expressions.values import Months, Value, parse_duration

_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
_PLACE: Final = re.compile(r"[A-Za-z]{1,20}(/[A-Za-z_+-]{1,30}){0,2}", re.ASCII)
_TIME: Final = re.compile(
    r"(?P<clock>\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?)(?P<offset>Z|[+-]\d{2}:?\d{2})?", re.ASCII
)


def latin(text: str) -> str:
    """The text with Latin digits, trimmed."""
    return text.translate(_DIGITS).strip()


def read_date(text: str) -> date:
    """Raises: ValueError."""
    text = latin(text)
    if not _DATE.fullmatch(text):
        raise ValueError
    return date.fromisoformat(text)


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """An aware instant in UTC; without an offset the text speaks of `zone`. Raises: ValueError."""
    text, _, place = latin(text).partition("@")
    if not _INSTANT.fullmatch(text):
        raise ValueError
    instant = datetime.fromisoformat(text)
    if place:
        if instant.tzinfo is not None:
            raise ValueError
        zone = zone_named(place)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=zone)
    return instant.astimezone(UTC)


def zone_named(name: str) -> ZoneInfo:
    """The zone of `…@Europe/Paris`. Raises: ValueError."""
    if not _PLACE.fullmatch(name):
        raise ValueError
    try:
        return ZoneInfo(name)
    except (LookupError, OSError):
        raise ValueError from None


def read_time(text: str) -> time:
    """Raises: ValueError."""
    match = _TIME.fullmatch(latin(text))
    if match is None:
        raise ValueError
    clock = match["clock"]
    clock = clock.zfill(5) if clock.count(":") == 1 else clock
    return time.fromisoformat(("0" if clock[1] == ":" else "") + clock + (match["offset"] or ""))


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """The instant on the organisation's clock; a naive one is taken as already there."""
    if instant.tzinfo is None:
        return instant.replace(tzinfo=zone)
    return instant.astimezone(zone)


def read_any(text: str, zone: ZoneInfo) -> date | datetime:
    """A date or an instant. Raises: ValueError."""
    return read_date(text) if len(text.strip()) <= 10 else read_instant(text, zone)


def temporal_literal(text: str, at: int) -> Value:
    """What `@"…"` says: a date, an instant with an offset, a time or a duration."""
    for read in (read_date, _offset_instant, read_time, parse_duration):
        try:
            return read(text)
        except (ValueError, OverflowError):
            continue
    raise ExpressionError(at, "expression.not-temporal")


def _offset_instant(text: str) -> datetime:
    if not re.search(r"(Z|[+-]\d{2}:?\d{2}|@.+)$", text):
        raise ValueError
    return read_instant(text, ZoneInfo("UTC"))


def add_months(day: date, months: Months) -> date:
    """The same day so many Gregorian months later, clamped to the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months.count, 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    last = (_first_of_next(year, month) - timedelta(days=1)).day
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def _first_of_next(year: int, month: int) -> date:
    if year == 9999 and month == 11:
        raise OverflowError
    return date(year + 1, 1, 1) if month == 11 else date(year, month + 2, 1)
