"""Open time: how long a limit lasts when nights, weekends and holidays do not count."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from math import ceil
from zoneinfo import ZoneInfo

from people.durations import IsoDuration
from people.errors import HoursInvalid, NoWorktime

HORIZON_DAYS = 3660
"""How far a calendar is searched. Ten years on, a limit is a mistake."""

DAY_MINUTES = 24 * 60

Span = tuple[int, int]
"""Opening and closing minute of a day, 0..1440."""


@dataclass(frozen=True)
class WorkCalendar:
    """Weekly opening hours and the days on which they do not hold.

    Attributes:
        key: `office`, `shift`, …
        zone: IANA name; opening hours are wall-clock time there.
        weekly: for each `date.weekday()` (0 = Monday) its spans, ascending.
        closed: days without any open time.
        day_minutes: what "one working day" means in a limit.
    """

    key: str
    zone: str
    weekly: Mapping[int, tuple[Span, ...]]
    closed: frozenset[date]
    day_minutes: int = 480

    def shifts(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans after an instant, ascending; the first may be cut by it."""
        day = after.astimezone(ZoneInfo(self.zone)).date()
        for _ in range(HORIZON_DAYS if self.opens_ever else 0):
            for opens, closes in self.day(day):
                if closes > after:
                    yield max(opens, after), closes
            day += timedelta(days=1)

    def shifts_before(self, before: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans before an instant, the latest first; the first may be cut by it."""
        day = before.astimezone(ZoneInfo(self.zone)).date()
        for _ in range(HORIZON_DAYS if self.opens_ever else 0):
            for opens, closes in reversed(self.day(day)):
                if opens < before:
                    yield opens, min(closes, before)
            day -= timedelta(days=1)

    def day(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open spans of one day, in UTC so that differences are real minutes."""
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = self._spans(day)
        return known

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.closed:
            return []
        midnight = datetime.combine(day, time(), ZoneInfo(self.zone))
        return [
            (_at(midnight, opens), _at(midnight, closes))
            for opens, closes in self.weekly.get(day.weekday(), ())
        ]

    @cached_property
    def _days(self) -> dict[date, list[tuple[datetime, datetime]]]:
        """Days that were asked for: every limit and reminder of a step asks for the next few."""
        return {}

    def is_open(self, day: date) -> bool:
        """Whether any work is done on this day."""
        return day not in self.closed and bool(self.weekly.get(day.weekday()))

    @cached_property
    def opens_ever(self) -> bool:
        """False for a calendar without opening hours, which would be searched in vain."""
        return any(self.weekly.values())

    @cached_property
    def days_a_week(self) -> int:
        """On how many weekdays work is done."""
        return sum(1 for spans in self.weekly.values() if spans)


def _at(midnight: datetime, minute: int) -> datetime:
    """A wall-clock minute of a local day as an instant (a day may have a missing hour)."""
    return (midnight + timedelta(minutes=minute)).astimezone(UTC)


def check_spans(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The spans in order.

    Raises: HoursInvalid when they overlap, run backwards or leave the day.
    """
    ordered = tuple(sorted(spans))
    last = 0
    for opens, closes in ordered:
        if not (last <= opens < closes <= DAY_MINUTES):
            raise HoursInvalid(opens=_clock(opens), closes=_clock(closes))
        last = closes
    return ordered


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def add_worktime(start: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """The instant at which `minutes` of open time after `start` have passed.

    Args:
        start: aware, any zone; may lie outside opening hours.
        minutes: open minutes, 0 or more (one 8-hour day is 480).
        calendar: its `shifts(after)` yields aware, ascending (opens, closes).

    Returns:
        Aware, in the calendar's zone; inside or at the end of a shift. Zero minutes
        from a closed moment end when the place opens next.

    Raises:
        NoWorktime: the calendar ends before the minutes are spent.

    Source: ISO 8601 durations, which BPMN timers use, know only wall-clock
    time; open time is this product's addition.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in calendar.shifts(after=start):
        if left <= closes - opens:
            return (opens + left).astimezone(ZoneInfo(calendar.zone))
        left -= closes - opens
    raise NoWorktime(calendar=calendar.key)


def subtract_worktime(end: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """The instant from which `minutes` of open time pass until `end`.

    Raises: NoWorktime, as `add_worktime`.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in calendar.shifts_before(before=end):
        if left <= closes - opens:
            return (closes - left).astimezone(ZoneInfo(calendar.zone))
        left -= closes - opens
    raise NoWorktime(calendar=calendar.key)


def shift_worktime(start: datetime, minutes: int, calendar: WorkCalendar) -> datetime:
    """`add_worktime` for positive minutes, `subtract_worktime` for negative ones."""
    if minutes < 0:
        return subtract_worktime(start, -minutes, calendar)
    return add_worktime(start, minutes, calendar)


def worktime_between(start: datetime, end: datetime, calendar: WorkCalendar) -> int:
    """Whole open minutes from `start` to `end`; 0 when `end` is not later."""
    spent = timedelta()
    for opens, closes in calendar.shifts(after=start):
        if opens >= end:
            break
        spent += min(closes, end) - opens
    return int(spent.total_seconds() // 60)


def share_of_limit(
    start: datetime, due: datetime, percent: int, calendar: WorkCalendar | None
) -> datetime:
    """The instant at which `percent` of the time from `start` to `due` has passed.

    Measured in open time, or in wall-clock time when `calendar` is None.
    """
    if calendar is None:
        return start + (due - start) * percent / 100
    minutes = -(-worktime_between(start, due, calendar) * percent // 100)  # rounded up
    return add_worktime(start, minutes, calendar)


def end_of_working_day(day: date, calendar: WorkCalendar) -> datetime:
    """When work ends on that day; of the next working day when that one is closed.

    Raises: NoWorktime when no day within the horizon is open.
    """
    if calendar.opens_ever:
        for ahead in range(HORIZON_DAYS):
            spans = calendar.day(day + timedelta(days=ahead))
            if spans:
                return spans[-1][1].astimezone(ZoneInfo(calendar.zone))
    raise NoWorktime(calendar=calendar.key)


def worktime_minutes(duration: str, calendar: WorkCalendar) -> int:
    """Open minutes in an ISO 8601 duration read by the working clock.

    `P1D` is one working day (`calendar.day_minutes`), `P1W` the working days of one
    week, `PT4H` four open hours; a minus sign makes it negative. Parts of a minute
    round up.

    Raises: DurationInvalid for anything else, years and months included.
    """
    return _minutes(duration, calendar.days_a_week, calendar.day_minutes)


@lru_cache(maxsize=2048)
def _minutes(duration: str, days_a_week: int, day_minutes: int) -> int:
    parsed = IsoDuration.parse(duration)
    days = parsed.days + parsed.weeks * days_a_week
    minutes = ceil(days * day_minutes + parsed.seconds / 60)
    return -minutes if parsed.negative else minutes


def after_days(start: datetime, duration: str, zone: ZoneInfo) -> datetime:
    """`start` moved by an ISO 8601 duration on the wall clock of `zone`.

    Days keep the time of day, though it may name a time that the clock jumps over; the rest is
    as long as ever.

    Raises: DurationInvalid
    """
    parsed = IsoDuration.parse(duration)
    days, part = divmod(parsed.days + parsed.weeks * 7, 1)
    rest = timedelta(seconds=float(parsed.seconds + part * 86400))
    sign = -1 if parsed.negative else 1
    # Arithmetic within one zone is the wall clock's; between two instants in UTC it is real time.
    moved = start.astimezone(zone) if start.tzinfo is not zone else start
    moved = (moved + sign * timedelta(days=int(days))) if days else moved
    return (moved.astimezone(UTC) + sign * rest).astimezone(zone) if rest else moved


def after_duration(start: datetime, duration: str, calendar: WorkCalendar) -> datetime:
    """`start` moved by an ISO 8601 duration in open time.

    Raises: DurationInvalid, NoWorktime
    """
    return shift_worktime(start, worktime_minutes(duration, calendar), calendar)
