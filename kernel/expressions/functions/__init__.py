"""The function table. Importing the package fills it; nothing is added later."""

from kernel.expressions.functions import (  # imported for what they register
    contexts,
    lists,
    numbers,
    ranges,
    statistics,
    strings,
    times,
)
from kernel.expressions.functions.table import BUILTINS, FAMILIES, Builtin, Parameter

# First word -> function names of several words, longest first (`date and time` before `date`).
PHRASES: dict[str, list[tuple[str, ...]]] = {}
for _name in sorted(BUILTINS, key=lambda name: -name.count(" ")):
    _words = tuple(_name.split())
    if len(_words) > 1:
        PHRASES.setdefault(_words[0], []).append(_words)

__all__ = [
    "BUILTINS",
    "FAMILIES",
    "PHRASES",
    "Builtin",
    "Parameter",
    "contexts",
    "lists",
    "numbers",
    "ranges",
    "statistics",
    "strings",
    "times",
]
