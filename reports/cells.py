"""One value of a sheet as people read it."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from kernel import jalali
from kernel.i18n import gettext as _
from kernel.text import persian_digits
from reports.sheet import FIGURES, Kind


def shown(value: Any, kind: Kind, locale: str) -> str:
    """The text of a cell in print; a value that does not fit its kind is shown as it is."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if kind in FIGURES:
        return figure(value, kind, locale)
    if kind == "date":
        day = as_date(value)
        return jalali.table_date(day, locale) if day else str(value)
    if kind == "instant":
        at = as_instant(value)
        return jalali.table_instant(at, locale) if at else str(value)
    if kind == "list" and isinstance(value, Iterable) and not isinstance(value, str | dict):
        return ("، " if locale == "fa" else ", ").join(shown(v, "text", locale) for v in value)
    text = str(value)
    return persian_digits(text) if locale == "fa" and kind == "code" and _is_number(text) else text


def _is_number(text: str) -> bool:
    """Numbers of cases are shown in the reader's digits; phones and keys stay Latin."""
    return "/" in text and text.replace("/", "").isdigit()


def figure(value: Any, kind: Kind, locale: str) -> str:
    """Thousands apart; hours with one decimal."""
    number = as_number(value)
    if number is None:
        return str(value)
    text = f"{number:,.1f}" if kind == "hours" else _grouped(number)
    if locale == "fa":
        return persian_digits(text.replace(",", "٬").replace(".", "٫"))
    return text


def _grouped(number: Decimal) -> str:
    whole = number == number.to_integral_value()
    return f"{int(number):,}" if whole else f"{number:,f}".rstrip("0")


def as_number(value: Any) -> Decimal | None:
    """The number, or None."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 30 else None


def as_date(value: Any) -> date | None:
    """The day of a date, an instant or ISO text, on the organisation's clock; or None."""
    if isinstance(value, datetime):
        return value.astimezone(jalali.TEHRAN).date()
    if isinstance(value, date):
        return value
    at = _parsed(value)
    if at is None:
        return None
    return at.date() if at.tzinfo is None else at.astimezone(jalali.TEHRAN).date()


def as_instant(value: Any) -> datetime | None:
    """The instant, or None."""
    at = value if isinstance(value, datetime) else _parsed(value)
    return at if at is not None and at.tzinfo is not None else None


def _parsed(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None
