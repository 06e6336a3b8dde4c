"""Functions that compare points and ranges (DMN 1.3 §10.3.4.9). Null decides nothing: an error."""

from typing import Any

from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.table import function
from kernel.expressions.operators import equal, ordered
from kernel.expressions.run import Run
from kernel.expressions.values import Span


def _span(value: Any, at: int) -> Span:
    """A point is the range of itself. Open ends have no order here."""
    span = value if isinstance(value, Span) else Span(value, value)
    if span.low is None or span.high is None:
        raise ExpressionError(at, "expression.open-range")
    return span


def _less(run: Run, a: Any, b: Any, at: int) -> bool:
    return ordered(run, "<", a, b, at)


def _ends_before(run: Run, a: Span, b: Span, at: int) -> bool:
    """The whole of `a` lies before the whole of `b`."""
    if _less(run, a.high, b.low, at):
        return True
    return equal(run, a.high, b.low, at) and not (a.closed_high and b.closed_low)


def _starts_no_later(run: Run, a: Span, b: Span, at: int) -> bool:
    if _less(run, a.low, b.low, at):
        return True
    return equal(run, a.low, b.low, at) and (a.closed_low or not b.closed_low)


def _ends_no_earlier(run: Run, a: Span, b: Span, at: int) -> bool:
    if _less(run, b.high, a.high, at):
        return True
    return equal(run, a.high, b.high, at) and (a.closed_high or not b.closed_high)


def _same_start(run: Run, a: Span, b: Span, at: int) -> bool:
    return equal(run, a.low, b.low, at) and a.closed_low == b.closed_low


def _same_end(run: Run, a: Span, b: Span, at: int) -> bool:
    return equal(run, a.high, b.high, at) and a.closed_high == b.closed_high


@function(
    "before(first: any, second: any) -> boolean",
    "True when the first point or range lies wholly before the second.",
    ("before(1, [2..5])", "true"),
    ("before([1..5), 5)", "true"),
)
def before(run: Run, at: int, first: Any, second: Any) -> bool:
    return _ends_before(run, _span(first, at), _span(second, at), at)


@function(
    "after(first: any, second: any) -> boolean",
    "True when the first point or range lies wholly after the second.",
    ("after(6, [1..5])", "true"),
)
def after(run: Run, at: int, first: Any, second: Any) -> bool:
    return _ends_before(run, _span(second, at), _span(first, at), at)


@function(
    "meets(first: any, second: any) -> boolean",
    "True when the first range ends where the second starts, both ends included.",
    ("meets([1..5], [5..10])", "true"),
    ("meets([1..5), [5..10])", "false"),
)
def meets(run: Run, at: int, first: Any, second: Any) -> bool:
    a, b = _span(first, at), _span(second, at)
    return equal(run, a.high, b.low, at) and a.closed_high and b.closed_low


@function(
    "met by(first: any, second: any) -> boolean",
    "True when the second range ends where the first starts, both ends included.",
    ("met by([5..10], [1..5])", "true"),
)
def met_by(run: Run, at: int, first: Any, second: Any) -> bool:
    return meets(run, at, second, first)


@function(
    "overlaps(first: any, second: any) -> boolean",
    "True when both have a point in common.",
    ("overlaps([1..5], [3..8])", "true"),
    ("overlaps([1..5), [5..8])", "false"),
)
def overlaps(run: Run, at: int, first: Any, second: Any) -> bool:
    a, b = _span(first, at), _span(second, at)
    return not _ends_before(run, a, b, at) and not _ends_before(run, b, a, at)


@function(
    "overlaps before(first: any, second: any) -> boolean",
    "True when the first starts earlier and ends inside the second.",
    ("overlaps before([1..5], [3..8])", "true"),
)
def overlaps_before(run: Run, at: int, first: Any, second: Any) -> bool:
    a, b = _span(first, at), _span(second, at)
    return (
        overlaps(run, at, a, b)
        and not _starts_no_later(run, b, a, at)
        and _ends_no_earlier(run, b, a, at)
    )


@function(
    "overlaps after(first: any, second: any) -> boolean",
    "True when the first starts inside the second and ends later.",
    ("overlaps after([3..8], [1..5])", "true"),
)
def overlaps_after(run: Run, at: int, first: Any, second: Any) -> bool:
    a, b = _span(first, at), _span(second, at)
    return (
        overlaps(run, at, a, b)
        and _starts_no_later(run, b, a, at)
        and not _ends_no_earlier(run, b, a, at)
    )


@function(
    "includes(range: any, part: any) -> boolean",
    "True when the point or the range lies wholly in the range.",
    ("includes([1..5], 5)", "true"),
    ("includes([1..5), 5)", "false"),
)
def includes(run: Run, at: int, whole: Any, part: Any) -> bool:
    a, b = _span(whole, at), _span(part, at)
    return _starts_no_later(run, a, b, at) and _ends_no_earlier(run, a, b, at)


@function(
    "during(part: any, range: any) -> boolean",
    "True when the point or the first range lies wholly in the second.",
    ("during(5, [1..5])", "true"),
)
def during(run: Run, at: int, part: Any, whole: Any) -> bool:
    return includes(run, at, whole, part)


@function(
    "starts(first: any, second: any) -> boolean",
    "True when the first starts with the second and ends within it.",
    ("starts([1..3], [1..5])", "true"),
    ("starts(1, [1..5])", "true"),
)
def starts(run: Run, at: int, first: Any, second: Any) -> bool:
    a, b = _span(first, at), _span(second, at)
    return _same_start(run, a, b, at) and _ends_no_earlier(run, b, a, at)


@function(
    "started by(first: any, second: any) -> boolean",
    "True when the second starts with the first and ends within it.",
    ("started by([1..5], [1..3])", "true"),
)
def started_by(run: Run, at: int, first: Any, second: Any) -> bool:
    return starts(run, at, second, first)


@function(
    "finishes(first: any, second: any) -> boolean",
    "True when the first ends with the second and starts within it.",
    ("finishes([3..5], [1..5])", "true"),
)
def finishes(run: Run, at: int, first: Any, second: Any) -> bool:
    a, b = _span(first, at), _span(second, at)
    return _same_end(run, a, b, at) and _starts_no_later(run, b, a, at)


@function(
    "finished by(first: any, second: any) -> boolean",
    "True when the second ends with the first and starts within it.",
    ("finished by([1..5], 5)", "true"),
)
def finished_by(run: Run, at: int, first: Any, second: Any) -> bool:
    return finishes(run, at, second, first)


@function(
    "coincides(first: any, second: any) -> boolean",
    "True when both are the same point or range.",
    ("coincides([1..5], [1..5])", "true"),
)
def coincides(run: Run, at: int, first: Any, second: Any) -> bool:
    a, b = _span(first, at), _span(second, at)
    return _same_start(run, a, b, at) and _same_end(run, a, b, at)
