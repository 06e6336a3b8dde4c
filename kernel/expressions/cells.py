"""The closures of unary tests: a cell of a decision table and its subject.

A missing subject meets only `-`, `null` and a condition over `?` that says so: order and
ranges leave it undecided, and an undecided test does not hold, negated or not.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeAlias

from kernel.expressions import nodes
from kernel.expressions.closures import inside, known_truth
from kernel.expressions.operators import equal
from kernel.expressions.run import Run, Step, admit
from kernel.expressions.values import Span

_COMPUTED: Final = object()
UnaryTest: TypeAlias = Callable[[Run, Any, int], bool | None]


def tests_of(subject: int, tests: tuple[UnaryTest, ...], node: nodes.UnaryTests) -> Step:
    """One of the tests holds; the subject stands in its slot."""
    at, negated = node.at, node.negated

    def step(run: Run) -> bool:
        value = run.frame[subject]
        unknown = False
        for test in tests:
            found = test(run, value, at)
            if found:
                return not negated
            unknown = unknown or found is None
        return (negated and not unknown) or not tests

    return step


def unknown_of_null(test: Callable[[Run, Any, int], bool]) -> UnaryTest:
    """Order and ranges say nothing about null."""
    return lambda run, subject, at: None if subject is None else test(run, subject, at)


def asks(step: Step) -> UnaryTest:
    """A condition over `?`."""
    return lambda run, subject, at: known_truth(step(run), at)


def meets(step: Step, *, literal: bool) -> UnaryTest:
    """A value that the subject equals, a list or range it is in, or a condition of its own."""

    def test(run: Run, subject: Any, at: int) -> bool | None:
        found = step(run)
        kind = type(found)
        if kind is Span:
            return None if subject is None else inside(run, subject, found, at)
        if kind is list:
            return (type(subject) is list and equal(run, subject, found, at)) or _among(
                run, subject, found, at
            )
        if kind is bool and not literal and type(subject) is not bool:
            return bool(found)
        return equal(run, subject, found, at)

    return test


def _among(run: Run, subject: Any, items: list[Any], at: int) -> bool:
    run.charge(len(items) >> 1, at)
    for item in items:
        item = admit(item, at)
        if type(item) is Span:
            if subject is not None and inside(run, subject, item, at):
                return True
        elif equal(run, subject, item, at, strict=False):
            return True
    return False


def constants_of(tree: nodes.UnaryTests) -> tuple[Any, ...] | None:
    """What a cell accepts, if it is written out: values and ranges of values; empty means all."""
    if tree.negated:
        return None
    found = [_constant(test) for test in tree.tests]
    return None if any(one is _COMPUTED for one in found) else tuple(found)


def _constant(node: nodes.Node | None) -> Any:
    if node is None:
        return None
    if isinstance(node, nodes.Literal):
        return node.value
    if isinstance(node, nodes.Negate):
        value = _constant(node.of)
        return -value if type(value) in (int, Decimal) else _COMPUTED
    if isinstance(node, nodes.Range):
        low, high = _constant(node.low), _constant(node.high)
        if low is _COMPUTED or high is _COMPUTED:
            return _COMPUTED
        return Span(low, high, node.closed_low, node.closed_high)
    return _COMPUTED
