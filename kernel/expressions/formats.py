"""How values look in texts for people: digits, calendar, money and words of a locale."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel import jalali, money
from kernel.expressions.errors import ExpressionError
from kernel.expressions.temporal import local, read_any, read_time
from kernel.expressions.values import Months, number_text
from kernel.text import persian_digits

# In a template these names show a value; elsewhere `date` and `time` make one.
FORMATS: Final = frozenset({"date", "time", "date and time", "money", "words", "digits"})


def formats(locale: str, zone: ZoneInfo) -> dict[str, Callable[..., Any]]:
    """The functions of templates, bound to a locale."""
    return {
        "date": lambda value: _date(value, locale, zone),
        "time": lambda value: _time(value, locale, zone),
        "date and time": lambda value: _instant(value, locale, zone),
        "money": lambda value, unit="rial": _money(value, unit, locale),
        "words": lambda value: _words(value, locale),
        "digits": lambda value: _digits(value, locale),
    }


def shown(value: Any, locale: str, zone: ZoneInfo) -> str:
    """A bare gap's value as people read it; a context is refused."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _boolean(value, locale)
    if isinstance(value, int | Decimal):
        return _digits(value, locale)
    if isinstance(value, datetime):
        return _instant(value, locale, zone) or ""
    if isinstance(value, date):
        return _date(value, locale, zone) or ""
    if isinstance(value, time):
        return _time(value, locale, zone) or ""
    if isinstance(value, timedelta):
        return jalali.duration_words(value, locale)
    if isinstance(value, Months):
        return jalali.months_words(value.count, locale)
    if isinstance(value, list):
        return ("، " if locale == "fa" else ", ").join(shown(v, locale, zone) for v in value)
    raise ExpressionError(0, "expression.cannot-show")


def _boolean(value: bool, locale: str) -> str:
    if locale == "fa":
        return "بله" if value else "خیر"
    return "yes" if value else "no"


def _date(value: Any, locale: str, zone: ZoneInfo) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = read_any(value, zone)
    if not isinstance(value, date):
        raise TypeError
    day = local(value, zone).date() if isinstance(value, datetime) else value
    return jalali.long_date(day, locale)


def _time(value: Any, locale: str, zone: ZoneInfo) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = read_any(value, zone) if "-" in value else read_time(value)
    if isinstance(value, datetime):
        value = local(value, zone).time()
    if not isinstance(value, time):
        raise TypeError
    return _digits(f"{value:%H:%M}", locale)


def _instant(value: Any, locale: str, zone: ZoneInfo) -> str | None:
    if value is None:
        return None
    day, clock = _date(value, locale, zone), _time(value, locale, zone)
    return f"{day}، ساعت {clock}" if locale == "fa" else f"{day}, {clock}"


def _money(value: Any, unit: str, locale: str) -> str | None:
    if value is None:
        return None
    return money.show(_whole(value), unit=unit, locale=locale)


def _words(value: Any, locale: str) -> str | None:
    return None if value is None else money.words(_whole(value), locale)


def _whole(value: Any) -> int:
    number = Decimal(value.replace(",", "").replace("٬", "")) if isinstance(value, str) else value
    if isinstance(number, bool) or number != int(number):
        raise ValueError
    return int(number)


def _digits(value: Any, locale: str) -> str:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = number_text(value)
        return persian_digits(text).replace(".", "٫") if locale == "fa" else text
    return persian_digits(str(value)) if locale == "fa" else str(value)
