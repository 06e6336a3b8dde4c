"""Iranian identifiers with check digits: melli code, legal id, Sheba.

Sources: the civil registration's and the companies' register's published check sums;
ISO 13616 for the Sheba (IBAN).
"""

from typing import Final

from kernel.errors import Invalid
from kernel.text import latin_digits

_LEGAL_WEIGHTS: Final = (29, 27, 23, 19, 17, 29, 27, 23, 19, 17)


class MelliCodeInvalid(Invalid):
    """The ten digits do not end in their check digit."""

    code = "identity.melli-code"


class LegalIdInvalid(Invalid):
    """The eleven digits do not end in their check digit."""

    code = "identity.legal-id"


class ShebaInvalid(Invalid):
    """Not IR and 24 digits with a right check sum."""

    code = "identity.sheba"


def melli_code(text: str | int) -> str:
    """The ten digits of a person's melli code, leading zeros restored.

    Raises: MelliCodeInvalid.
    """
    digits = _digits(text)
    if not 8 <= len(digits) <= 10:
        raise MelliCodeInvalid()
    digits = digits.zfill(10)
    if not digits.isdecimal() or len(set(digits)) == 1:
        raise MelliCodeInvalid()
    rest = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    if int(digits[9]) != (rest if rest < 2 else 11 - rest):
        raise MelliCodeInvalid()
    return digits


def legal_id(text: str | int) -> str:
    """The eleven digits of a company's id (شناسهٔ ملی). Raises: LegalIdInvalid."""
    digits = _digits(text)
    if len(digits) != 11 or not digits.isdecimal() or digits[3:9] == "000000":
        raise LegalIdInvalid()
    step = int(digits[9]) + 2
    total = sum((int(d) + step) * w for d, w in zip(digits, _LEGAL_WEIGHTS, strict=False))
    if int(digits[10]) != total % 11 % 10:
        raise LegalIdInvalid()
    return digits


def sheba(text: str) -> str:
    """`IR` and 24 digits, without spaces; the prefix may be left out. Raises: ShebaInvalid."""
    written = _digits(text).upper()
    digits = written.removeprefix("IR")
    if len(digits) != 24 or not digits.isdecimal():
        raise ShebaInvalid()
    if int(f"{digits[2:]}1827{digits[:2]}") % 97 != 1:
        raise ShebaInvalid()
    return f"IR{digits}"


def _digits(text: str | int) -> str:
    return "".join(c for c in latin_digits(str(text)) if c not in " -\u200c\u200e\u200f")
