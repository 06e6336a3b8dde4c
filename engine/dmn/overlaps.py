"""Rules of a UNIQUE table that can hold together, as far as their cells are written out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from engine.dmn.tables import CompiledTable, Line
from kernel.expressions import Span

MOST_RULES: Final = 200  # every pair is compared
MOST_FOUND: Final = 10


def overlaps(table: CompiledTable) -> Iterator[tuple[int, int]]:
    """Pairs of rule numbers, at most ten. A cell that is computed overlaps nothing here."""
    found = 0
    lines = table.lines if len(table.lines) <= MOST_RULES else ()
    accepted = [_accepted(line, len(table.inputs)) for line in lines]
    for place, first in enumerate(accepted):
        for other in range(place + 1, len(accepted)):
            second = accepted[other]
            if first is None or second is None or not _meet(first, second):
                continue
            yield lines[place].number, lines[other].number
            found += 1
            if found == MOST_FOUND:
                return


def _accepted(line: Line, columns: int) -> list[tuple[Any, ...]] | None:
    """What each column accepts; empty is everything, None when a cell is computed."""
    found: list[tuple[Any, ...]] = [()] * columns
    for place, test in line.tests:
        if test.constants is None:
            return None
        found[place] = test.constants
    return found


def _meet(first: list[tuple[Any, ...]], second: list[tuple[Any, ...]]) -> bool:
    return all(
        not a or not b or any(_touch(x, y) for x in a for y in b)
        for a, b in zip(first, second, strict=True)
    )


def _touch(a: Any, b: Any) -> bool:
    """Whether two values or ranges have something in common."""
    a = a if isinstance(a, Span) else Span(a, a)
    b = b if isinstance(b, Span) else Span(b, b)
    if a == b:
        return True
    try:
        return not _before(a, b) and not _before(b, a)
    except TypeError:  # null, or different kinds
        return False


def _before(a: Span, b: Span) -> bool:
    """The whole of `a` lies before `b`; an open end lies before nothing."""
    if a.high is None or b.low is None:
        if (a.low is None and a.high is None) or (b.low is None and b.high is None):
            raise TypeError
        return False
    if a.high == b.low:
        return not (a.closed_high and b.closed_low)
    return bool(a.high < b.low)
