"""Telephone numbers: any way of writing in, E.164 in storage, the national form on screen."""

import phonenumbers

from kernel.errors import Invalid
from kernel.text import latin_digits

REGION = "IR"


class PhoneInvalid(Invalid):
    """Not a telephone number that can be called from Iran without guessing a city code."""

    code = "phone.invalid"


def normalise(text: str | int) -> str:
    """The number as E.164 (`+989121234567`).

    Accepts 0912…, +98…, 0098…, 98…, 9…, spaces, dashes, Persian and Arabic digits, and the
    integer that a spreadsheet makes of it.

    Raises: PhoneInvalid, also for lists of numbers and numbers with an extension.
    """
    written = latin_digits(str(text)).strip()
    if not written or any(mark in written for mark in ",;،؛/\n"):
        raise PhoneInvalid(text=written[:40])
    candidates = [written]
    if written.startswith("98") and not written.startswith("980"):
        candidates.insert(0, f"+{written}")
    for candidate in candidates:
        number = _parsed(candidate)
        if number is not None:
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise PhoneInvalid(text=written[:40])


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number) and not number.extension
    return number if valid else None


def is_mobile(e164: str) -> bool:
    """True when the number can receive an SMS."""
    number = _parsed(e164)
    return number is not None and phonenumbers.number_type(number) in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def national(e164: str) -> str:
    """How people in Iran write it: `0912 123 4567`; a foreign one stays international."""
    number = _parsed(e164)
    if number is None:
        return e164
    style = phonenumbers.PhoneNumberFormat
    home = number.country_code == 98
    return phonenumbers.format_number(number, style.NATIONAL if home else style.INTERNATIONAL)
