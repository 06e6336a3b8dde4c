"""What a browser sends, text by text, to what is stored. What cannot be read stays as typed."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from forms.model import Field
from forms.normalising import normalise
from kernel import jalali
from kernel.errors import AppError
from kernel.jalali import TEHRAN
from kernel.text import latin_digits
from kernel.types import JsonValue

_LONGEST_NUMBER = 40
_GROUPING = re.compile("[\\s٬,،'\u200c\u200e\u200f]")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_MONEY = re.compile(r"(.*?)(تومان|تومن|toman|ریال|rial|rials|irr|irt)?", re.DOTALL)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)
_TOMAN = frozenset({"تومان", "تومن", "toman", "irt"})


def from_text(field: Field, typed: str, zone: ZoneInfo = TEHRAN) -> JsonValue:
    """The value that was meant, or the text itself when it cannot be read as one."""
    value = _READERS[field.kind](field, typed, zone) if field.kind in _READERS else None
    return normalise(field.kind, typed) if value is None else value


def number(typed: str) -> Decimal | None:
    """A number in any digits, with or without separators of thousands."""
    if len(typed) > _LONGEST_NUMBER:
        return None
    plain = _GROUPING.sub("", latin_digits(typed)).replace("٫", ".").replace("−", "-")
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def day(typed: str) -> date | None:
    """A Jalali date, or a Gregorian one by its year; `/`, `-` and `.` between the parts."""
    try:
        return jalali.parse_date(_bare(typed))
    except AppError:
        return None


def time_of_day(typed: str) -> time | None:
    """Hours and minutes."""
    match = _TIME.fullmatch(_bare(typed))
    if match is None:
        return None
    hour, minute = int(match.group(1)), int(match.group(2))
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _bare(typed: str) -> str:
    return re.sub("[\u200c\u200e\u200f\u2066-\u2069]", "", latin_digits(typed)).strip()


def _integer(_field: Field, typed: str, _zone: ZoneInfo) -> int | None:
    value = number(typed)
    return int(value) if value is not None and value == value.to_integral_value() else None


def _number(_field: Field, typed: str, _zone: ZoneInfo) -> int | float | None:
    value = number(typed)
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _money(field: Field, typed: str, _zone: ZoneInfo) -> int | None:
    """Rial; a unit that was typed beats the field's own."""
    match = _MONEY.fullmatch(typed.strip().lower())
    value = number(match.group(1)) if match else None
    if match is None or value is None:
        return None
    unit = match.group(2)
    if unit in _TOMAN or (unit is None and field.money_unit == "toman"):
        value *= 10
    return int(value) if value == value.to_integral_value() else None


def _date(_field: Field, typed: str, _zone: ZoneInfo) -> str | None:
    value = day(typed)
    return value.isoformat() if value else None


def _time(_field: Field, typed: str, _zone: ZoneInfo) -> str | None:
    value = time_of_day(typed)
    return value.strftime("%H:%M") if value else None


def _moment(_field: Field, typed: str, zone: ZoneInfo) -> str | None:
    """A local date and time, in either order, to UTC."""
    parts = _bare(typed).replace("T", " ").split()
    if len(parts) != 2:
        return None
    first, second = parts if ":" in parts[1] else reversed(parts)
    on, at = day(first), time_of_day(second)
    if on is None or at is None:
        return None
    moment = datetime.combine(on, at, zone).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _boolean(_field: Field, typed: str, _zone: ZoneInfo) -> bool | None:
    return {"true": True, "on": True, "1": True, "false": False, "0": False}.get(typed.lower())


def _choice(field: Field, typed: str, _zone: ZoneInfo) -> JsonValue:
    # Numbers among the options come back as text; anything else is left for the check.
    return next((o.value for o in field.options if str(o.value) == typed), None)


_READERS: dict[str, Callable[[Field, str, ZoneInfo], JsonValue]] = {
    "integer": _integer,
    "number": _number,
    "money": _money,
    "date": _date,
    "time": _time,
    "date-time": _moment,
    "boolean": _boolean,
    "choice": _choice,
}
