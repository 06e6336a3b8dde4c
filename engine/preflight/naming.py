"""Keys and ids made from what people wrote on a drawing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import Final

_ANSWERS: Final = {
    key: frozenset(words.split("|"))
    for key, words in {
        "yes": "بله|بلی|آری|دارد|هست|yes|y|true|ja|oui|sí",
        "no": "خیر|نه|ندارد|نیست|no|n|false|nein|non",
        "approve": "تایید|تأیید|تایید شد|تأیید شد|موافقت|موافق|قبول|پذیرش|پذیرفته|approve|approved|"
        "accept|accepted|ok|agree|genehmigt",
        "reject": "رد|رد شد|عدم تایید|عدم تأیید|مخالفت|مخالف|reject|rejected|refuse|refused|"
        "decline|declined|deny|denied|abgelehnt",
    }.items()
}
_DANGER: Final = frozenset({"no", "reject"})


def answer_key(label: str) -> str | None:
    """`yes`, `no`, `approve` or `reject`, when the label is such an answer."""
    plain = " ".join(label.replace("ي", "ی").replace("ك", "ک").strip(" ؟?!.،:").lower().split())
    return next((key for key, words in _ANSWERS.items() if plain in words), None)


def style_of(key: str) -> str:
    """How the button of an answer looks."""
    return "danger" if key in _DANGER else "primary" if key in _ANSWERS else "secondary"


def slug(label: str) -> str:
    """Latin letters and digits of a text with `_` between, "" when it has none."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]
    return f"n{found}" if found[:1].isdigit() else found


def free(wanted: str, taken: Container[str]) -> str:
    """The name, with a number behind it when it is taken."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name
