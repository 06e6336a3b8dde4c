"""Filters of a report: a column, a sign, a value."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from kernel.errors import AppError
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext, locale
from kernel.jalali import parse_date
from kernel.text import latin_digits, search_key
from reports.cells import as_date, as_number, shown
from reports.errors import FilterInvalid
from reports.fields import Source

SIGNS: Final[dict[str, object]] = {
    "=": lazy_gettext("is"),
    "!=": lazy_gettext("is not"),
    "<": lazy_gettext("below"),
    "<=": lazy_gettext("at most"),
    ">": lazy_gettext("above"),
    ">=": lazy_gettext("at least"),
    "contains": lazy_gettext("contains"),
    "empty": lazy_gettext("is empty"),
    "filled": lazy_gettext("is filled"),
}
_ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


@dataclass(frozen=True)
class Condition:
    """`value` as a person typed it: Jalali dates, Persian digits, keys of options."""

    column: str
    sign: str
    value: Any = None

    def sentence(self, source: Source) -> str:
        """The filter in words, for the head of the sheet."""
        sign = str(SIGNS.get(self.sign, self.sign))
        said = "" if self.sign in ("empty", "filled") else _said(source, self.value)
        return _(
            "%(column)s %(sign)s %(value)s", column=source.label, sign=sign, value=said
        ).strip()


def _said(source: Source, value: Any) -> str:
    if source.kind == "date" or source.kind == "instant":
        return shown(_wanted(source, value), "date", locale())
    return shown(source.said(value), source.kind, locale())


def holds(source: Source, condition: Condition, value: Any) -> bool:
    """True when the instance's value fits.

    Raises: FilterInvalid when the sign is unknown, or the wanted value is not of the column's kind.
    """
    sign = condition.sign
    if sign not in SIGNS:
        raise FilterInvalid(column=source.label, sign=sign[:20])
    if sign in ("empty", "filled"):
        return (value in (None, "", [], {})) is (sign == "empty")
    if sign == "contains":
        return search_key(str(condition.value)) in search_key(_text(source, value))
    if isinstance(value, list) and sign in ("=", "!="):
        wanted = str(condition.value)
        return (wanted in [str(part) for part in value]) is (sign == "=")
    wanted, found = _wanted(source, condition.value), _found(source, value)
    if sign in ("=", "!="):
        return (found == wanted) is (sign == "=")
    if found is None or isinstance(found, bool):
        return False
    return _ORDERS[sign](found, wanted)


def _text(source: Source, value: Any) -> str:
    return shown(source.said(value), "list" if isinstance(value, list) else "text", locale())


def _wanted(source: Source, value: Any) -> Any:
    if source.is_figure:
        number = as_number(latin_digits(str(value)).replace("٬", "").replace(",", ""))
        if number is None:
            raise FilterInvalid(column=source.label, sign="")
        return number
    if source.kind in ("date", "instant"):
        try:
            return as_date(value) or parse_date(str(value))
        except AppError:
            raise FilterInvalid(column=source.label, sign="") from None
    if source.kind == "boolean":
        return str(value).lower() in ("true", "1", "yes", "on")
    return search_key(str(value))


def _found(source: Source, value: Any) -> Any:
    if value is None:
        return None
    if source.is_figure:
        number: Decimal | None = as_number(value)
        return number
    if source.kind in ("date", "instant"):
        return as_date(value)
    return value if isinstance(value, bool) else search_key(str(value))
