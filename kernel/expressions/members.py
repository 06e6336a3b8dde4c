"""Parts of dates and durations (`due.year`). A table, never an attribute of the object."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.expressions.errors import ExpressionError
from kernel.expressions.run import Run, unfit
from kernel.expressions.temporal import local
from kernel.expressions.values import Months, Span

_DATE: Final[dict[str, Callable[[Any], int]]] = {
    "year": lambda d: int(d.year),
    "month": lambda d: int(d.month),
    "day": lambda d: int(d.day),
    "weekday": lambda d: int(d.isoweekday()),
}
_TIME: Final[dict[str, Callable[[Any], int]]] = {
    "hour": lambda t: int(t.hour),
    "minute": lambda t: int(t.minute),
    "second": lambda t: int(t.second),
}
_DURATION: Final[dict[str, Callable[[timedelta], int]]] = {
    "days": lambda d: abs(d).days * (1 if d >= timedelta() else -1),
    "hours": lambda d: abs(d).seconds // 3600,
    "minutes": lambda d: abs(d).seconds // 60 % 60,
    "seconds": lambda d: abs(d).seconds % 60,
}
_MONTHS: Final[dict[str, Callable[[Months], int]]] = {
    "years": lambda m: abs(m.count) // 12 * (1 if m.count >= 0 else -1),
    "months": lambda m: abs(m.count) % 12,
}
_ZONED: Final[dict[str, Callable[[Any], Any]]] = {
    "time offset": lambda t: t.utcoffset(),
    "timezone": lambda t: str(t.tzinfo) if isinstance(t.tzinfo, ZoneInfo) else None,
}
_SPAN: Final[dict[str, Callable[[Span], Any]]] = {
    "start": lambda s: s.low,
    "end": lambda s: s.high,
    "start included": lambda s: s.closed_low,
    "end included": lambda s: s.closed_high,
}
MEMBERS: Final[dict[type, Mapping[str, Callable[[Any], Any]]]] = {
    date: _DATE,
    datetime: {**_DATE, **_TIME, **_ZONED},
    time: {**_TIME, **_ZONED},
    timedelta: _DURATION,
    Months: _MONTHS,
    Span: _SPAN,
}


def member_of(run: Run, value: Any, name: str, at: int) -> Any:
    """A part of a date, instant, time or duration; instants speak the organisation's clock.

    Over a list: the member of each item, as FEEL has it.
    """
    if type(value) is list:
        run.charge(len(value), at)
        return run.new_list([_item_member(run, item, name, at) for item in value], at)
    parts = MEMBERS.get(type(value))
    if parts is None:
        unfit(at, "context", value)
    if name not in parts:
        raise ExpressionError(at, "expression.no-member", name=name[:40])
    return parts[name](local(value, run.zone) if type(value) is datetime else value)


def _item_member(run: Run, item: Any, name: str, at: int) -> Any:
    if type(item) is dict:
        return item.get(name)
    return None if item is None else member_of(run, item, name, at)
