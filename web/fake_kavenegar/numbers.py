"""The number forms that the provider takes, and how long a text is in its eyes."""

from __future__ import annotations

import re

from web.fake_kavenegar.answers import Refusal

_MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9\d{9})")
_LATIN = re.compile(r"[\x20-\x7e\n\r]*")
LONGEST = 900


def receptor(text: str) -> str:
    """One Iranian mobile in the form 09…; 411 for anything else."""
    match = _MOBILE.fullmatch(text.strip())
    if match is None:
        raise Refusal(411)
    return "0" + match[1]


def parts(text: str) -> int:
    """How many parts the provider charges for."""
    single, joined = (160, 153) if _LATIN.fullmatch(text) else (70, 67)
    return 1 if len(text) <= single else -(-len(text) // joined)


def check_text(text: str) -> str:
    if not text.strip() or len(text) > LONGEST:
        raise Refusal(413)
    return text
