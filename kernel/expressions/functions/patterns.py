"""Regular expressions that cannot run away: RE2, short, with a memory bound."""

from functools import lru_cache
from typing import Any

import re2

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError


def pattern(source: str, at: int) -> Any:
    """The compiled pattern: `search`, `finditer`."""
    if len(source) > limits.PATTERN:
        raise ExpressionError(at, "expression.pattern-too-long", limit=limits.PATTERN)
    compiled = _compiled(source)
    if compiled is None:
        raise ExpressionError(at, "expression.bad-pattern")
    return compiled


@lru_cache(maxsize=512)
def _compiled(source: str) -> Any:
    options = re2.Options()
    options.max_mem = 1 << 20
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except (re2.error, UnicodeError):
        return None
