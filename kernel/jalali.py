"""Dates for people: Jalali in Persian, Gregorian in English; how near ones are said.

Gregorian dates and UTC instants are stored; this module is the edge where they are shown and
read. The conversion is persiantools' (checked against an independent one for 1300 to 1500).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from persiantools import jdatetime

from kernel.errors import Invalid
from kernel.text import latin_digits, persian_digits

TEHRAN: Final = ZoneInfo("Asia/Tehran")
JalaliDate: Final[Any] = jdatetime.JalaliDate  # untyped


def _table(words: str) -> tuple[str, ...]:
    return tuple(words.split(" "))


MONTHS: Final = _table("فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند")
MONTHS_EN: Final = _table("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
LONG_MONTHS_EN: Final = _table(
    "January February March April May June July August September October November December"
)
# Python's order: Monday first.
WEEKDAYS: Final = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
WEEKDAYS_EN: Final = _table("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_WRITTEN: Final = re.compile(r"(\d{2,4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})", re.ASCII)


class DateInvalid(Invalid):
    """Not a date of the Jalali or the Gregorian calendar."""

    code = "date.invalid"


# Between the calendars


def parts(day: date) -> dict[str, int]:
    """Jalali year, month, day, and the weekday counted from Saturday = 1. Raises: ValueError."""
    jalali = JalaliDate(day)
    weekday = int(jalali.weekday()) + 1
    return {"year": jalali.year, "month": jalali.month, "day": jalali.day, "weekday": weekday}


def to_date(year: int, month: int, day: int) -> date:
    """The Gregorian date of a Jalali one. Raises: ValueError."""
    return JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-any-return]


def add_months(day: date, months: int) -> date:
    """The same Jalali day so many months later, clamped to the month's end. Raises: ValueError."""
    jalali = JalaliDate(day)
    year, month = divmod(jalali.year * 12 + jalali.month - 1 + months, 12)
    last = JalaliDate.days_in_month(month + 1, year)
    return to_date(year, month + 1, min(jalali.day, last))


def month_range(year: int, month: int) -> tuple[date, date]:
    """First and last day of a Jalali month. Raises: ValueError."""
    first = to_date(year, month, 1)
    return first, add_months(first, 1) - timedelta(days=1)


def year_range(year: int) -> tuple[date, date]:
    """First and last day of a Jalali year. Raises: ValueError."""
    return to_date(year, 1, 1), to_date(year + 1, 1, 1) - timedelta(days=1)


# Reading


def parse_date(text: str) -> date:
    """A date as people type it: `1405/9/1`, `۱۴۰۵-۰۹-۰۱`, `05/9/1`, or Gregorian `2026-11-22`.

    Years from 1700 on are Gregorian; two digits are a Jalali year of this century.
    Raises: DateInvalid.
    """
    match = _WRITTEN.fullmatch(latin_digits(text).strip().replace("\u200f", ""))
    if match is None or len(match[1]) == 3:
        raise DateInvalid(text=text[:40])
    year, month, day = (int(part) for part in match.groups())
    if len(match[1]) == 2:
        year += 1400 if year < 80 else 1300
    try:
        return date(year, month, day) if year >= 1700 else to_date(year, month, day)
    except ValueError:
        raise DateInvalid(text=text[:40]) from None


def parse_instant(text: str, zone: ZoneInfo = TEHRAN) -> datetime:
    """`1405/09/01 10:30` on the zone's clock, as a UTC instant. Raises: DateInvalid."""
    day, _, clock = latin_digits(text).strip().replace("T", " ").partition(" ")
    match = _CLOCK.fullmatch(clock.strip() or "00:00")
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        raise DateInvalid(text=text[:40])
    moment = time(int(match[1]), int(match[2]))
    return datetime.combine(parse_date(day), moment, zone).astimezone(UTC)


# Showing


def table_date(day: date, locale: str = "fa") -> str:
    """For tables and fields, sorts as text: «۱۴۰۵/۰۹/۰۵», `2026-11-26`."""
    if not _is_jalali(day, locale):
        return day.isoformat()
    j = JalaliDate(day)
    return persian_digits(f"{j.year:04}/{j.month:02}/{j.day:02}")


def table_instant(instant: datetime, locale: str = "fa", zone: ZoneInfo = TEHRAN) -> str:
    """For tables: the day, then the time."""
    here = instant.astimezone(zone)
    return f"{table_date(here.date(), locale)} {clock(here.time(), locale)}"


def long_date(day: date, locale: str = "fa") -> str:
    """For letters and texts: «۵ آذر ۱۴۰۵», `26 November 2026`."""
    if not _is_jalali(day, locale):
        return f"{day.day} {LONG_MONTHS_EN[day.month - 1]} {day.year}"
    j = JalaliDate(day)
    return persian_digits(f"{j.day} {MONTHS[j.month - 1]} {j.year}")


def _is_jalali(day: date, locale: str) -> bool:
    """Persian readers see Jalali dates, but for those before the calendar begins."""
    return locale == "fa" and day.year > 622


def clock(moment: time, locale: str = "fa") -> str:
    """«۱۰:۰۵»."""
    text = f"{moment:%H:%M}"
    return persian_digits(text) if locale == "fa" else text


def weekday(day: date, locale: str = "fa") -> str:
    """The weekday's name."""
    return (WEEKDAYS if locale == "fa" else WEEKDAYS_EN)[day.weekday()]


def near_date(day: date, today: date, locale: str = "fa") -> str:
    """As a colleague says it: today, tomorrow, a weekday, «۵ آذر», «۵ آذر ۱۴۰۴»."""
    away = (day - today).days
    words = _NEAR[locale == "fa"]
    if away in words:
        return words[away]
    if abs(away) <= 6:
        return weekday(day, locale)
    if not _is_jalali(day, locale):
        text = f"{day.day} {MONTHS_EN[day.month - 1]}"
        return text if day.year == today.year else f"{text} {day.year}"
    j, now = JalaliDate(day), JalaliDate(today)
    text = f"{j.day} {MONTHS[j.month - 1]}"
    return persian_digits(text if j.year == now.year else f"{text} {j.year}")


_NEAR: Final = {
    True: {-1: "دیروز", 0: "امروز", 1: "فردا"},
    False: {-1: "yesterday", 0: "today", 1: "tomorrow"},
}


def near(instant: datetime, now: datetime, locale: str = "fa", zone: ZoneInfo = TEHRAN) -> str:
    """An instant as a colleague says it: the time today, day and time next to it, else the day."""
    here, today = instant.astimezone(zone), now.astimezone(zone).date()
    moment = clock(here.time(), locale)
    away = (here.date() - today).days
    if away == 0:
        return moment
    day = near_date(here.date(), today, locale)
    if away in (-1, 1):
        return f"{day} {moment}"
    return day


# Lengths of time


_SPANS: Final = ((86_400, "روز", "day"), (3_600, "ساعت", "hour"), (60, "دقیقه", "minute"))


def duration_words(length: timedelta, locale: str = "fa") -> str:
    """At most two units: «۲ ساعت و ۳۶ دقیقه», `2 hours 36 minutes`."""
    left = int(abs(length).total_seconds())
    if left < 60:
        return "کمتر از یک دقیقه" if locale == "fa" else "less than a minute"
    found: list[str] = []
    for size, fa, en in _SPANS:
        count, left = divmod(left, size)
        if count:
            found.append(_counted(count, fa, en, locale))
        if len(found) == 2 or (found and not count):
            break
    return (" و " if locale == "fa" else " ").join(found)


def months_words(months: int, locale: str = "fa") -> str:
    """Calendar months: «۱ سال و ۲ ماه»."""
    years, rest = divmod(abs(months), 12)
    found = [_counted(years, "سال", "year", locale)] if years else []
    if rest or not found:
        found.append(_counted(rest, "ماه", "month", locale))
    return (" و " if locale == "fa" else " ").join(found)


def _counted(count: int, fa: str, en: str, locale: str) -> str:
    if locale == "fa":
        return f"{persian_digits(str(count))} {fa}"
    return f"{count} {en}" if count == 1 else f"{count} {en}s"


def due(instant: datetime, now: datetime, locale: str = "fa", zone: ZoneInfo = TEHRAN) -> str:
    """How long until, or since, a limit: «۲ ساعت دیر», «۳ ساعت مانده»; past seven days a date."""
    gap = instant - now
    if abs(gap) > timedelta(days=7):
        return near(instant, now, locale, zone)
    length = duration_words(gap, locale)
    if locale == "fa":
        return f"{length} مانده" if gap > timedelta() else f"{length} دیر"
    return f"{length} left" if gap > timedelta() else f"{length} late"


def since(instant: datetime, now: datetime, locale: str = "fa", zone: ZoneInfo = TEHRAN) -> str:
    """An age: «۲ ساعت پیش»; past seven days a date."""
    gap = now - instant
    if gap > timedelta(days=7):
        return near(instant, now, locale, zone)
    if gap < timedelta(minutes=1):
        return "همین حالا" if locale == "fa" else "just now"
    length = duration_words(gap, locale)
    return f"{length} پیش" if locale == "fa" else f"{length} ago"
