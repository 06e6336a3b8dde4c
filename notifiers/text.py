"""What a text costs and what may stand in it."""

import unicodedata
from dataclasses import dataclass

# GSM 03.38: one septet each; those of the extension table cost two.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")
# Marks that turn the direction of what follows: they can make a number read differently.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True)
class Length:
    """How long an SMS is, in its own units: septets for GSM, UTF-16 units for the rest."""

    units: int
    parts: int
    unicode: bool
    left: int


def measure(text: str) -> Length:
    """Count the parts a phone network charges for.

    160 GSM characters fit one part, 153 each when it is longer; one Persian letter makes the
    whole text Unicode: 70, then 67. Source: GSM 03.38 and 03.40.
    """
    if all(c in _GSM or c in _GSM_EXTENSION for c in text):
        units = sum(2 if c in _GSM_EXTENSION else 1 for c in text)
        return _length(units, 160, 153, unicode=False)
    return _length(len(text.encode("utf-16-le")) // 2, 70, 67, unicode=True)


def sms_parts(text: str) -> int:
    """How many parts an SMS has; an empty one has none."""
    return measure(text).parts


def _length(units: int, single: int, joined: int, *, unicode: bool) -> Length:
    if units <= single:
        return Length(units, 1 if units else 0, unicode, single - units)
    parts = -(-units // joined)
    return Length(units, parts, unicode, parts * joined - units)


def plain(text: str) -> str:
    """The text without direction marks and control characters; line breaks and ZWNJ stay."""
    kept = (c for c in text.replace("\r\n", "\n").replace("\r", "\n") if _stays(c))
    return "".join(kept).strip()


def one_line(text: str) -> str:
    """Fit for a header or a title: no breaks of any kind, spaces joined."""
    return " ".join(plain(text).replace("\u2028", " ").replace("\u2029", " ").split())


def _stays(char: str) -> bool:
    return char == "\n" or (char not in _BIDI and unicodedata.category(char) != "Cc")
