"""Values as people read and type them: digits, calendar and units of the current locale."""

import math
from datetime import date, datetime
from zoneinfo import ZoneInfo

from forms.model import Field
from kernel import i18n, jalali, money, phone
from kernel.i18n import gettext as _
from kernel.jalali import TEHRAN
from kernel.text import latin_digits, persian_digits
from kernel.types import JsonValue

WORDS_FROM = 10**9  # ten digits and more are also said in words


def digits(text: str) -> str:
    """The text with the locale's digits."""
    return persian_digits(text) if i18n.locale() == "fa" else text


def number(value: JsonValue) -> str:
    """A plain number; the decimal mark is the locale's."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        text = f"{value:.10f}".rstrip("0").rstrip(".")
    else:
        text = str(value)
    return digits(text).replace(".", "٫") if i18n.locale() == "fa" else text


def amount(rial: JsonValue, unit: str) -> str:
    """Rials in the unit, with separators of thousands."""
    if not isinstance(rial, int) or isinstance(rial, bool):
        return str(rial)
    whole, rest = (abs(rial), 0) if unit == "rial" else divmod(abs(rial), 10)
    text = ("-" if rial < 0 else "") + f"{whole:,}" + (f".{rest}" if rest else "")
    if i18n.locale() == "fa":
        return persian_digits(text.replace(",", "٬").replace(".", "٫"))
    return text


def money_unit(field: Field) -> str:
    """The word for the unit in which the field is typed."""
    return _("Toman") if field.money_unit == "toman" else _("Rial")


def typed(field: Field, value: JsonValue, zone: ZoneInfo = TEHRAN) -> str:
    """The value as it stands in an input; reading it back gives the value again."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str):
        return amount(value, field.money_unit) if field.kind == "money" else number(value)
    if field.kind == "date":
        day = _day(value)
        return digits(_jalali(day)) or value if day else value
    if field.kind == "date-time":
        return _moment(value, zone)
    if field.kind == "phone":
        return digits(phone.national(value))
    if field.kind in ("time", "melli-code", "legal-id", "postal-code"):
        return digits(value)
    return value


def read_only(field: Field, value: JsonValue, zone: ZoneInfo = TEHRAN) -> str:
    """The value as history shows it; English dates are Gregorian."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.kind == "date" and isinstance(value, str) and i18n.locale() == "en":
        return gregorian_words(value)
    if field.kind == "date-time" and isinstance(value, str) and i18n.locale() == "en":
        moment = _instant(value, zone)
        return f"{gregorian_words(moment.date().isoformat())} {moment:%H:%M}" if moment else value
    text = typed(field, value, zone)
    if field.kind == "money" and text:
        return f"{text} {money_unit(field)}"
    return f"{text} {field.unit}" if field.unit and text else text


def date_hint(value: JsonValue) -> str:
    """Under a date: its weekday and month in words; in English the Gregorian date."""
    day = _day(value)
    if day is None or not _jalali(day):
        return ""
    if i18n.locale() == "en":
        return f"{jalali.weekday(day, 'en')}, {gregorian_words(day.isoformat())}"
    return f"{jalali.weekday(day)} {jalali.long_date(day)}"


def money_hint(value: JsonValue) -> str:
    """Under a large amount: the amount in words."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) < WORDS_FROM:
        return ""
    # Large sums are spoken of in Toman, whatever is typed.
    unit = "rial" if value % money.TOMAN else "toman"
    return money.in_words(value, unit=unit, locale=i18n.locale())


def gregorian_words(iso: str) -> str:
    """`28 Nov 2026`."""
    day = _day(iso)
    return f"{day.day} {jalali.MONTHS_EN[day.month - 1]} {day.year}" if day else iso


def masked(text: str) -> str:
    """A sensitive value: only its last two characters are told."""
    return "••••" + (text[-2:] if len(text) > 6 else "")


def _day(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _instant(value: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(zone) if moment.tzinfo else None


def _jalali(day: date) -> str:
    """`1405/09/07` in Latin digits; nothing for a day before that calendar begins."""
    try:
        return latin_digits(jalali.table_date(day))
    except ValueError:
        return ""


def _moment(iso: str, zone: ZoneInfo) -> str:
    moment = _instant(iso, zone)
    if moment is None:
        return iso
    return digits(f"{_jalali(moment.date())} {moment:%H:%M}")
