"""Whether a text typed as an answer can be accepted; each gives the code of what is wrong."""

from __future__ import annotations

import re
from typing import Final

from engine.bpmn.reminders import is_duration
from kernel.expressions import ExpressionError, compile, compile_condition, is_expression

MAX_TEXT: Final = 2_000
_IDENTIFIER: Final = re.compile(r"[^\W\d][\w.-]{0,119}")


def condition(text: str) -> str | None:
    """An expression that is true or false."""
    try:
        compile_condition(text.strip())
    except ExpressionError:
        return "fix.text-expression"
    return None


def expression(text: str) -> str | None:
    """An expression that begins with `=`."""
    if not is_expression(text.strip()):
        return "fix.text-expression"
    try:
        compile(text.strip())
    except ExpressionError:
        return "fix.text-expression"
    return None


def duration(text: str) -> str | None:
    """An ISO 8601 duration, or an expression."""
    if is_expression(text.strip()):
        return expression(text)
    return None if is_duration(text.strip()) else "fix.text-duration"


def name(text: str) -> str | None:
    """Anything short on one line."""
    plain = text.strip()
    return None if plain.isprintable() and len(plain) <= 200 else "fix.text-name"


def key(text: str) -> str | None:
    """A code or topic: letters, digits, `_`, `-` and `.`."""
    return None if _IDENTIFIER.fullmatch(text.strip()) else "fix.text-key"


def count(text: str) -> str | None:
    """A number from 1 to 1,000."""
    plain = text.strip()
    sound = plain.isascii() and plain.isdigit() and len(plain) <= 4 and 1 <= int(plain) <= 1000
    return None if sound else "fix.text-count"
