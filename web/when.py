"""Instants in the reader's words: smart dates, due badges, ages, in either calendar.

Within today the time; yesterday and tomorrow with the time; within six days the weekday; this
year day and month; else the whole date. Persian reads Jalali dates, English Gregorian ones.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from markupsafe import Markup

from kernel import clock
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.jalali import parts as jalali_parts

PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# Monday first, as date.weekday() counts.
WEEKDAYS = {
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "fa": (
        "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور",
        "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
    ),
    "en": (
        "Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec",
    ),
}  # fmt: skip
_NEAR = {0: "Today %(time)s", -1: "Yesterday %(time)s", 1: "Tomorrow %(time)s"}
_ZONES = [ZoneInfo("Asia/Tehran")]


def use_zone(name: str) -> None:
    """The organisation's wall clock, set once when the application is made."""
    _ZONES[0] = ZoneInfo(name)


def digits(value: object) -> str:
    """`value` as text with the reader's digits."""
    text = "" if value is None else str(value)
    return text.translate(PERSIAN_DIGITS) if locale() == "fa" else text


def local(at: datetime) -> datetime:
    """On the organisation's wall clock; a naive instant is UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=ZoneInfo("UTC"))
    return aware.astimezone(_ZONES[0])


def local_day(at: date) -> date:
    """The day on the wall; an instant is moved to the organisation's zone first."""
    return local(at).date() if isinstance(at, datetime) else at


def today() -> date:
    """Today on the organisation's wall."""
    return local(clock.now()).date()


@lru_cache(maxsize=4096)
def parts(day: date, speaks: str) -> tuple[int, int, int]:
    """Year, month and day in the calendar of `speaks`."""
    if speaks != "fa":
        return day.year, day.month, day.day
    jalali = jalali_parts(day)
    return jalali["year"], jalali["month"], jalali["day"]


def jdate(value: date | None, form: str = "smart") -> str:
    """A day: `smart`, `table` (1405/09/01), `day` (weekday and date), `full` (with the year)."""
    if value is None:
        return ""
    day, speaks = local_day(value), locale()
    year, month, number = parts(day, speaks)
    if form == "table":
        mark = "/" if speaks == "fa" else "-"
        return digits(f"{year:04d}{mark}{month:02d}{mark}{number:02d}")
    named = f"{number} {MONTHS[speaks][month - 1]}"
    if form == "full" or (form == "smart" and year != parts(today(), speaks)[0]):
        named = f"{named} {year}"
    if form == "day":
        named = f"{WEEKDAYS[speaks][day.weekday()]} {named}"
    return digits(named)


def jtime(at: datetime | None) -> str:
    """Hours and minutes on the wall clock."""
    if at is None:
        return ""
    wall = local(at)
    return digits(f"{wall.hour}:{wall.minute:02d}")


def jdatetime(at: datetime | None) -> str:
    """Whole: the date of tables and the time."""
    return f"{jdate(at, 'table')} {jtime(at)}" if at else ""


def smart(at: datetime | None, *, inside: bool = False) -> str:
    """As people say it: a time today, a weekday this week, else a date.

    `inside` a sentence the first word is small.
    """
    if at is None:
        return ""
    away = (local_day(at) - today()).days
    if away in _NEAR:
        return _(_NEAR[away].lower() if inside else _NEAR[away], time=jtime(at))
    if abs(away) <= 6:
        return f"{WEEKDAYS[locale()][local_day(at).weekday()]} {jtime(at)}"
    return f"{jdate(at)} {jtime(at)}"


def other_calendar(at: date | None) -> str:
    """For titles: the same instant in the calendar the page does not show."""
    if at is None:
        return ""
    year, month, day = parts(local_day(at), "en" if locale() == "fa" else "fa")
    mark = "-" if locale() == "fa" else "/"
    written = f"{year:04d}{mark}{month:02d}{mark}{day:02d}"
    if not isinstance(at, datetime):
        return written
    wall = local(at)
    return f"{written} {wall.hour}:{wall.minute:02d}"


def iso(at: date | None) -> str:
    """For `datetime=`."""
    return at.isoformat() if at else ""


def when(at: datetime | None, form: str = "smart") -> Markup:
    """A whole `<time>`: the reader's calendar shown, the other in the title."""
    if at is None:
        return Markup("")
    shown = {"smart": smart, "table": jdatetime}.get(form)
    text = shown(at) if shown else jdate(at, form)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        iso(at), other_calendar(at), text
    )


def duration(length: timedelta | float | None) -> str:
    """Two units at most: "2 h 36 min", "3 days". A plain number counts seconds."""
    if length is None:
        return ""
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length)
    minutes = int(abs(seconds) // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days > 1:
        return _("%(count)s days", count=days)
    hours += days * 24
    if hours and minutes and hours < 10:
        return _("%(hours)s h and %(minutes)s min", hours=hours, minutes=minutes)
    if hours:
        return _("%(count)s hours", count=hours)
    return _("%(count)s minutes", count=minutes) if minutes else _("less than a minute")


def since(at: datetime | None) -> str:
    """How long ago; past seven days a date."""
    if at is None:
        return ""
    age = clock.now() - at
    return jdate(at) if age.days > 7 else _("%(age)s ago", age=duration(age))


def due(at: datetime | None) -> str:
    """The short due badge: how late, or until when."""
    if at is None:
        return ""
    left = at - clock.now()
    if left >= timedelta(0):
        return smart(at) if (local_day(at) - today()).days < 7 else jdate(at)
    return jdate(at) if -left > timedelta(days=7) else _("%(age)s late", age=duration(left))


def due_long(at: datetime | None) -> str:
    """Due line of an item: until when, and how much is left of it."""
    if at is None:
        return ""
    left = at - clock.now()
    if left < timedelta(0):
        return _("Was due %(at)s, %(age)s late", at=smart(at, inside=True), age=duration(left))
    if left.days >= 7:
        return _("Due %(at)s", at=smart(at, inside=True))
    return _("Due %(at)s, %(age)s left", at=smart(at, inside=True), age=duration(left))


def due_state(at: datetime | None, opened: datetime | None = None) -> str:
    """Red from 100 % of the limit, saffron from 75 % (or in its last two hours)."""
    if at is None:
        return ""
    now = clock.now()
    if now >= at:
        return "is-late"
    warned = opened + (at - opened) * 0.75 if opened else at - timedelta(hours=2)
    return "is-risk" if now >= warned else ""
