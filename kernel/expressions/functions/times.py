"""Functions over dates, times, instants and durations. The clock is never asked."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from kernel import jalali as jalali_days
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.table import function
from kernel.expressions.run import Run, unfit
from kernel.expressions.temporal import (
    add_months,
    local,
    read_any,
    read_date,
    read_instant,
    read_time,
)
from kernel.expressions.values import Months, parse_duration

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _day(run: Run, value: date | datetime) -> date:
    return local(value, run.zone).date() if isinstance(value, datetime) else value


def _not_temporal(at: int) -> ExpressionError:
    return ExpressionError(at, "expression.not-temporal")


@function(
    "date(value: any, month?: whole, day?: whole) -> date",
    "A date from ISO 8601 text, from an instant (its day on the organisation's clock), or from "
    "year, month and day.",
    ('date("2026-11-22")', "date(2026, 11, 22)"),
    ('date(date and time("2026-11-22T22:00:00Z"))', 'date("2026-11-23")'),
)
def make_date(
    run: Run, at: int, value: Any, month: int | None = None, day: int | None = None
) -> date | None:
    if month is not None and day is not None:
        return date(value if type(value) is int else unfit(at, "number", value), month, day)
    if value is None:
        return None
    if type(value) is str:
        try:
            return _day(run, read_any(value, run.zone))
        except (ValueError, OverflowError):
            raise _not_temporal(at) from None
    return _day(run, value) if type(value) in (date, datetime) else unfit(at, "text", value)


@function(
    "time(value: any, minute?: whole, second?: whole, offset?: days) -> time",
    "A time of day from text, from an instant, or from hour, minute and second, with an offset "
    "from UTC if one is given.",
    ('time("08:30")', "time(8, 30, 0)"),
    ('time(8, 30, 0, duration("PT3H30M"))', 'time("08:30:00+03:30")'),
)
def make_time(
    run: Run,
    at: int,
    value: Any,
    minute: int | None = None,
    second: int = 0,
    offset: timedelta | None = None,
) -> time | None:
    if minute is not None:
        zone = None if offset is None else timezone(offset)
        hour = value if type(value) is int else unfit(at, "number", value)
        return time(hour, minute, second, tzinfo=zone)
    if value is None:
        return None
    if type(value) is time:
        return value
    if type(value) is datetime:
        return local(value, run.zone).time()
    if type(value) is not str:
        unfit(at, "text", value)
    try:
        return read_time(value)
    except ValueError:
        raise _not_temporal(at) from None


@function(
    "date and time(value: any, time?: any) -> instant",
    "An instant from ISO 8601 text, or from a date and a time on the organisation's clock.",
    (
        'date and time(date("2026-11-22"), time("10:00"))',
        'date and time("2026-11-22T06:30:00Z")',
    ),
)
def date_and_time(run: Run, at: int, value: Any, clock: Any = None) -> datetime | None:
    if value is None:
        return None
    if clock is not None:
        day, hour = make_date(run, at, value), make_time(run, at, clock)
        if day is None or hour is None:
            return None
        return datetime.combine(day, hour, run.zone).astimezone(UTC)
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), run.zone).astimezone(UTC)
    if type(value) is not str:
        unfit(at, "text", value)
    try:
        found = read_date(value) if len(value) <= 10 else read_instant(value, run.zone)
    except (ValueError, OverflowError):
        raise _not_temporal(at) from None
    return date_and_time(run, at, found)


@function(
    "duration(text: any) -> duration",
    "An ISO 8601 duration: PT4H, P1D, P2W, or P1Y6M in calendar months.",
    ('date("2026-11-22") + duration("P1D")', 'date("2026-11-23")'),
    ('duration("PT90M") = duration("PT1H30M")', "true"),
)
def duration(run: Run, at: int, text: Any) -> timedelta | Months:
    if type(text) in (timedelta, Months):
        return text  # type: ignore[no-any-return]  # just checked
    if type(text) is not str:
        unfit(at, "text", text)
    try:
        return parse_duration(text[:60])
    except (ValueError, OverflowError):
        raise _not_temporal(at) from None


@function(
    "years and months duration(from: day, to: day) -> duration",
    "The whole calendar months between two dates.",
    (
        'years and months duration(date("2025-01-15"), date("2026-03-01"))',
        'duration("P1Y1M")',
    ),
)
def years_and_months(run: Run, at: int, start: date, end: date) -> Months:
    return Months(_months_between(_day(run, start), _day(run, end)))


def _months_between(start: date, end: date) -> int:
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return months


@function(
    "years between(from: day, to: day) -> number",
    "Whole years, as for an age.",
    ('years between("1980-06-01", "2026-05-31")', "45"),
)
def years_between(run: Run, at: int, start: date, end: date) -> int:
    months = _months_between(_day(run, start), _day(run, end))
    return months // 12 if months >= 0 else -(-months // 12)


@function(
    "days between(from: day, to: day) -> number",
    "Days from one date to the other; negative when the second is earlier.",
    ('days between("2026-11-22", "2026-12-01")', "9"),
)
def days_between(run: Run, at: int, start: date, end: date) -> int:
    return (_day(run, end) - _day(run, start)).days


@function(
    "hours between(from: day, to: day) -> number",
    "Whole hours from one instant to the other.",
    ('hours between("2026-11-22T08:00Z", "2026-11-22T10:59Z")', "2"),
)
def hours_between(run: Run, at: int, start: date, end: date) -> int:
    first, second = (date_and_time(run, at, value) for value in (start, end))
    if first is None or second is None:
        return 0
    return int((local(second, run.zone) - local(first, run.zone)) / timedelta(hours=1))


@function(
    "add months(day: day, months: whole) -> date",
    "The same day of a later Gregorian month, or the month's last day.",
    ('add months("2026-01-31", 1)', 'date("2026-02-28")'),
)
def add_gregorian_months(run: Run, at: int, day: date, months: int) -> date:
    return add_months(_day(run, day), Months(months))


@function(
    "day of week(day: day) -> text",
    "The English name of the weekday, as FEEL has it.",
    ('day of week("2026-11-22")', '"Sunday"'),
)
def day_of_week(run: Run, at: int, day: date) -> str:
    return _WEEKDAYS[_day(run, day).weekday()]


@function(
    "day of month(day: day) -> number",
    "The day of the Gregorian month.",
    ('day of month("2026-11-22")', "22"),
)
def day_of_month(run: Run, at: int, day: date) -> int:
    return _day(run, day).day


@function(
    "day of year(day: day) -> number",
    "The day of the Gregorian year.",
    ('day of year("2026-02-01")', "32"),
)
def day_of_year(run: Run, at: int, day: date) -> int:
    return _day(run, day).timetuple().tm_yday


@function(
    "week of year(day: day) -> number",
    "The week of the Gregorian year by ISO 8601.",
    ('week of year("2026-01-01")', "1"),
)
def week_of_year(run: Run, at: int, day: date) -> int:
    return _day(run, day).isocalendar().week


@function(
    "month of year(day: day) -> text",
    "The English name of the Gregorian month, as FEEL has it.",
    ('month of year("2026-11-22")', '"November"'),
)
def month_of_year(run: Run, at: int, day: date) -> str:
    return _MONTHS[_day(run, day).month - 1]


@function(
    "last day of month(day: day) -> date",
    "The last day of its Gregorian month.",
    ('last day of month("2026-02-10")', 'date("2026-02-28")'),
)
def last_day_of_month(run: Run, at: int, day: date) -> date:
    day = _day(run, day)
    return day.replace(day=monthrange(day.year, day.month)[1])


@function(
    "jalali(day: day) -> context",
    "Year, month, day and weekday (1 is Saturday) in the Jalali calendar.",
    ('jalali("2026-11-22")', "{year: 1405, month: 9, day: 1, weekday: 2}"),
)
def jalali(run: Run, at: int, day: date) -> dict[str, int]:
    return jalali_days.parts(_day(run, day))


@function(
    "jalali date(year: whole, month: whole, day: whole) -> date",
    "The date of a Jalali year, month and day.",
    ("jalali date(1405, 9, 1)", 'date("2026-11-22")'),
)
def jalali_date(run: Run, at: int, year: int, month: int, day: int) -> date:
    return jalali_days.to_date(year, month, day)


@function(
    "add jalali months(day: day, months: whole) -> date",
    "The same day of a later Jalali month, or the month's last day.",
    ("add jalali months(jalali date(1405, 6, 31), 1)", "jalali date(1405, 7, 30)"),
)
def add_jalali_months(run: Run, at: int, day: date, months: int) -> date:
    return jalali_days.add_months(_day(run, day), months)
