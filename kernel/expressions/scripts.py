"""Scripts: lines `name = expression`, each seeing what the lines before it set.

A name that a line introduces with `let` is the script's own from there on.
"""

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.expressions import limits
from kernel.expressions.api import Expression, compile_part
from kernel.expressions.compiler import CallInfo
from kernel.expressions.errors import ExpressionError
from kernel.expressions.lexer import tokens
from kernel.expressions.run import TEHRAN, Functions, Run
from kernel.expressions.values import Value

_TARGET: Final = re.compile(r"\s*(let\s+)?([^\W\d][\w\u200c]*)\s*=(?!=)")
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_NO_FUNCTIONS: Final[Functions] = {}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line: the name it sets, and to what. `own`: it introduces a name of the script's own."""

    target: str
    expression: Expression
    position: int
    own: bool = False


class Assignments:
    """A compiled script. `targets`: what it sets; `own`: names that it keeps to itself; `names`:
    what it reads from outside."""

    def __init__(self, text: str) -> None:
        if len(text) > limits.SCRIPT:
            raise ExpressionError(0, "expression.too-long", text[:200], limit=limits.SCRIPT)
        self.text = text
        self.lines = tuple(_lines(text))
        self.own = frozenset(line.target for line in self.lines if line.own)
        self.targets = tuple(
            dict.fromkeys(line.target for line in self.lines if line.target not in self.own)
        )
        self.calls: tuple[CallInfo, ...] = tuple(
            call for line in self.lines for call in line.expression.calls
        )
        self.foreign = tuple(
            dict.fromkeys(name for line in self.lines for name in line.expression.foreign)
        )
        self.names = tuple(self._outer_names())

    def _outer_names(self) -> Iterator[str]:
        known: set[str] = set()
        for line in self.lines:
            for name in line.expression.names:
                if name not in known:
                    known.add(name)
                    yield name
            known.add(line.target)

    def evaluate(
        self,
        variables: Mapping[str, Any],
        *,
        functions: Functions = _NO_FUNCTIONS,
        zone: ZoneInfo = TEHRAN,
    ) -> dict[str, Value]:
        """What the script sets, as a new dictionary; `variables` stay as they are.

        All lines share one meter. Raises: ExpressionError, and nothing else.
        """
        results: dict[str, Value] = {}
        run = Run(ChainMap(results, variables), functions, zone)  # type: ignore[arg-type]
        for line in self.lines:
            results[line.target] = line.expression.run(run)
        return {name: results[name] for name in self.targets} if self.own else results


@lru_cache(maxsize=1024)
def compile_script(text: str) -> Assignments:
    """`Assignments(text)`, cached."""
    return Assignments(text)


def _lines(text: str) -> Iterator[Assignment]:
    """Blank lines and lines that begin with `#` or `//` say nothing."""
    for start, end in _statements(text):
        match = _TARGET.match(text, start, end)
        if match is None:
            raise ExpressionError(start, "expression.assignment-expected", text)
        stop = start + len(text[start:end].rstrip().removesuffix(";"))
        yield Assignment(match[2], compile_part(text, match.end(), stop), start, bool(match[1]))


def _statements(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each statement: a line, and the next ones while a bracket is open."""
    start = at = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        bare = text[start:at].strip()
        if not bare or bare.startswith(("#", "//")):
            start = at
        elif not _is_open(text, start, at):
            yield start, at
            start = at
    if text[start:].strip():
        yield start, len(text)


def _is_open(text: str, start: int, end: int) -> bool:
    level = 0
    try:
        for token in tokens(text, start, end):
            level += (token.value in _OPEN) - (token.value in _CLOSE)
    except ExpressionError as error:
        error.text = text
        raise
    return level > 0
