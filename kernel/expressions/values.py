"""What an expression can hold: JSON plus decimals, dates and durations. Nothing has methods."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

# `Any` inside the containers on purpose: a recursive alias makes every caller cast.
Value: TypeAlias = (
    "bool | int | Decimal | str | date | datetime | time | timedelta | Months | Span | "
    "list[Any] | dict[str, Any] | None"
)


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A duration in calendar months (`P1Y2M` is 14), which has no fixed number of days."""

    count: int

    def iso(self) -> str:
        """ISO 8601."""
        years, months = divmod(abs(self.count), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.count < 0 else "") + "P" + (text or "0M")


@dataclass(frozen=True, slots=True)
class Span:
    """A range `[low..high]`; a bound of None is open to infinity."""

    low: Any
    high: Any
    closed_low: bool = True
    closed_high: bool = True


# The word for people; an error says "text" and never "str".
KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    Decimal: "number",
    str: "text",
    date: "date",
    datetime: "datetime",
    time: "time",
    timedelta: "duration",
    Months: "duration",
    Span: "range",
    list: "list",
    dict: "context",
}

_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?"
    r"(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?",
    re.ASCII,
)


def kind_of(value: object) -> str:
    """The kind's key: `number`, `text`, `list` …; `other` for what the language does not hold."""
    return KINDS.get(type(value), "other")


def parse_duration(text: str) -> timedelta | Months:
    """An ISO 8601 duration: months only gives `Months`, everything else a `timedelta`.

    Raises: ValueError, also for a mixture of months and days, which has no fixed length.
    """
    match = _DURATION.fullmatch(text)
    if match is None or text[-1] in "PT":
        raise ValueError(text)
    part = {name: value for name, value in match.groupdict().items() if value}
    sign = -1 if part.pop("sign", None) else 1
    months = 12 * int(part.pop("years", 0)) + int(part.pop("months", 0))
    if months and part:
        raise ValueError(text)
    if months or not part:
        return Months(sign * months)
    return sign * timedelta(**{name: float(value) for name, value in part.items()})


def duration_text(value: timedelta | Months) -> str:
    """The ISO 8601 text of a duration; `parse_duration` reads it back."""
    if isinstance(value, Months):
        return value.iso()
    micros = abs(value) // timedelta(microseconds=1)
    seconds, micros = divmod(micros, 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    tail = (f".{micros:06}".rstrip("0")) if micros else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{seconds}{tail}S" if seconds or micros else ""
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if value < timedelta() else "") + "P" + (text or "T0S")


def number_text(value: int | Decimal) -> str:
    """Plain decimal notation, without an exponent and without trailing zeros."""
    if isinstance(value, int):
        return str(value)
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def instant_text(value: datetime) -> str:
    """ISO 8601 in UTC with `Z`; a naive one stays naive."""
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def span_text(value: Span) -> str:
    """The range as FEEL writes it."""
    bounds = [
        json.dumps(str(to_json(bound)), ensure_ascii=False)
        if isinstance(bound, str | date | time | timedelta | Months)
        else ""
        if bound is None
        else str(to_json(bound))
        for bound in (value.low, value.high)
    ]
    opening, closing = "[" if value.closed_low else "(", "]" if value.closed_high else ")"
    return f"{opening}{bounds[0]}..{bounds[1]}{closing}"


def to_json(value: Value) -> Any:
    """The value as JSON holds it: dates and durations as ISO 8601 text, decimals as numbers.

    A decimal that a binary float cannot hold exactly becomes text.
    Raises: TypeError for what the language does not hold.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return _decimal_to_json(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta | Months):
        return duration_text(value)
    if isinstance(value, Span):
        return span_text(value)
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, float):
        return value
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def _decimal_to_json(value: Decimal) -> int | float | str:
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else number_text(value)


def from_json(value: Any) -> Value:
    """What JSON holds, as a value: floats become decimals. Dates stay text, which compares."""
    if isinstance(value, float):
        return decimal_of(value)
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): from_json(item) for key, item in value.items()}
    return value  # type: ignore[no-any-return]  # JSON's scalars are values


def decimal_of(value: float) -> int | Decimal:
    """The decimal that people see when the float is printed.

    Raises: ValueError for infinity and not-a-number.
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("not a finite number")
    exact = Decimal(repr(value))
    return int(exact) if exact == exact.to_integral_value() and abs(exact) < 10**15 else exact
