"""One spelling for each value: what is stored does not depend on who typed it, or how."""

import re
from collections.abc import Callable

from kernel import identity, phone, text
from kernel.errors import AppError
from kernel.types import JsonValue

_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_BETWEEN = re.compile("[\\s\\-\u200c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_CODES: dict[str, Callable[[str], str]] = {
    "phone": phone.normalise,
    "melli-code": identity.melli_code,
    "legal-id": identity.legal_id,
    "sheba": identity.sheba,
}


def normalise(kind: str, value: JsonValue) -> JsonValue:
    """The value as a field of this kind stores it; what has no such form stays for the check."""
    if isinstance(value, list):
        return [_storable(v) if isinstance(v, str) else v for v in value]
    if not isinstance(value, str):
        return value
    if kind == "text":
        return written(value)
    if kind in _CODES:
        return code(kind, value)
    if kind == "postal-code":
        return _BETWEEN.sub("", text.latin_digits(_storable(value)))
    if kind == "email":
        return text.latin_digits(written(value))
    return _storable(value)


def written(value: str) -> str:
    """Free text: one form of each letter, plain line ends, no space around."""
    return text.clean(_storable(value).replace("\r\n", "\n").replace("\r", "\n"))


def code(kind: str, value: str) -> str:
    """A phone as E.164, an identity code as its digits; what is none of them stays as it is."""
    try:
        return _CODES[kind](_storable(value))
    except AppError:
        return _storable(value)


def _storable(value: str) -> str:
    """Without the characters that no database and no JSON writer takes."""
    return _NOT_STORABLE.sub("", value)
