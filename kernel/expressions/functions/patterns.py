"""Regular expressions that cannot run away: RE2, short, with a memory bound."""

import re
from functools import lru_cache
from typing import Any, Final

import re2

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError

_GROUP: Final = re.compile(r"\\\\|\\\$|\$(\d)", re.ASCII)
_FLAGS: Final = frozenset("ims")


def pattern(source: str, at: int, flags: str = "") -> Any:
    """The compiled pattern: `search`, `finditer`."""
    if len(source) > limits.PATTERN:
        raise ExpressionError(at, "expression.pattern-too-long", limit=limits.PATTERN)
    if not _FLAGS.issuperset(flags) or len(flags) > len(_FLAGS):
        raise ExpressionError(at, "expression.bad-flags")
    compiled = _compiled(f"(?{flags}){source}" if flags else source)
    if compiled is None:
        raise ExpressionError(at, "expression.bad-pattern")
    return compiled


def replacement(text: str, groups: int) -> list[str | int]:
    """The text cut at its `$n`; a number without such a group, and `\\$`, are plain text."""
    pieces: list[str | int] = []
    done = 0
    for match in _GROUP.finditer(text):
        number = match.group(1)
        if number is not None and int(number) > groups:
            continue
        pieces += (text[done : match.start()], match.group()[1:] if number is None else int(number))
        done = match.end()
    return [piece for piece in [*pieces, text[done:]] if piece != ""]


@lru_cache(maxsize=512)
def _compiled(source: str) -> Any:
    options = re2.Options()
    options.max_mem = 1 << 20
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except (re2.error, UnicodeError):
        return None
