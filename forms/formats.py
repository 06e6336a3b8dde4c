"""What each `format` of the subset accepts; the stored spelling only."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from uuid import UUID

from kernel import identity, phone
from kernel.errors import AppError

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{2}:\d{2}(?::\d{2})?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+"
)
_LARGEST_AMOUNT = 10**15


def _parsed(pattern: re.Pattern[str], parse: Callable[[str], object]) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        if not isinstance(value, str):
            return True  # `type` speaks of that
        if not pattern.fullmatch(value):
            return False
        try:
            parse(value)
        except ValueError:
            return False
        return True

    return fits


def _text(fits: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or fits(value)


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False


def _is_amount(value: object) -> bool:
    return not isinstance(value, int) or abs(value) <= _LARGEST_AMOUNT


def _spelled(normalise: Callable[[str], str]) -> Callable[[str], bool]:
    """Accepts what `normalise` takes and leaves as it is."""

    def fits(value: str) -> bool:
        try:
            return normalise(value) == value
        except AppError:
            return False

    return fits


def _is_email(value: str) -> bool:
    return _EMAIL.fullmatch(value) is not None and ".." not in value


CHECKS: dict[str, Callable[[object], bool]] = {
    "date": _parsed(_DATE, date.fromisoformat),
    "time": _parsed(_TIME, time.fromisoformat),
    "date-time": _parsed(_MOMENT, datetime.fromisoformat),
    "email": _text(_is_email),
    "phone": _text(_spelled(phone.normalise)),
    "melli-code": _text(_spelled(identity.melli_code)),
    "legal-id": _text(_spelled(identity.legal_id)),
    "sheba": _text(_spelled(identity.sheba)),
    "postal-code": _text(lambda value: re.fullmatch("[1-9][0-9]{9}", value) is not None),
    "file": _text(_is_uuid),
    "money": _is_amount,
}
