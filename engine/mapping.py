"""`ravand:in` and `ravand:out`: which values go across a border, under which names."""

from __future__ import annotations

from engine.bpmn.model import Assign
from engine.evaluate import Evaluator
from kernel.expressions import to_json
from kernel.types import JsonObject


def assigned(
    assigns: tuple[Assign, ...], evaluator: Evaluator, variables: JsonObject
) -> JsonObject:
    """The values that the assignments give, in their order.

    Raises: Fault when an expression fails.
    """
    values: JsonObject = {}
    for one in assigns:
        if one.everything:
            values.update(variables)
        elif one.target and one.expression is not None:
            values[one.target] = evaluator.plain(one.expression)
        elif one.target and one.source is not None:
            values[one.target] = _source(one.source, evaluator)
    return values


def _source(source: str, evaluator: Evaluator) -> object:
    """A variable by name; a dotted name reads inside of it."""
    if "." in source or source[:1] in "=$#":
        return evaluator.plain(source if source[:1] in "=$#" else f"= {source}")
    return to_json(evaluator.scope.get(source))
