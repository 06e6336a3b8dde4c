"""Plain conditions without a run: `amount > 1000 and status = "ok"` in well under a microsecond.

A quick form answers True or False, or None when the values are not of the expected kinds; then
the full closures decide, with their meter and their errors. It has no loops and makes nothing.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from kernel.expressions import nodes
from kernel.expressions.operators import ORDERS

Quick: TypeAlias = Callable[[Callable[[str], Any]], bool | None]


def quick_of(node: nodes.Node) -> Quick | None:
    """The quick form of a condition over plain names; None when it has none."""
    if isinstance(node, nodes.Compare):
        return _compare(node)
    if isinstance(node, nodes.Logic):
        parts = [quick_of(operand) for operand in node.operands]
        sound = [part for part in parts if part is not None]
        return _logic(sound, node.operator == "or") if len(sound) == len(parts) else None
    return None


def _compare(node: nodes.Compare) -> Quick | None:
    left, right = node.left, node.right
    if not isinstance(left, nodes.Name) or not isinstance(right, nodes.Literal):
        return None
    name, constant = left.name, right.value
    if node.operator in ("=", "!="):
        return _equals(name, constant, node.operator == "=")
    return _orders(name, constant, node.operator) if type(constant) is int else None


def _equals(name: str, constant: Any, wanted: bool) -> Quick | None:
    kind = type(constant)
    if kind not in (int, str, bool):
        return None

    def quick(get: Callable[[str], Any]) -> bool | None:
        value = get(name)
        return (value == constant) is wanted if type(value) is kind else None

    return quick


def _orders(name: str, constant: int, sign: str) -> Quick:
    compare = ORDERS[sign]

    def quick(get: Callable[[str], Any]) -> bool | None:
        value = get(name)
        return compare(value, constant) if type(value) is int else None

    return quick


def _logic(parts: list[Quick], decisive: bool) -> Quick:
    if len(parts) == 2:
        first, second = parts

        def both(get: Callable[[str], Any]) -> bool | None:
            value = first(get)
            return value if value is decisive or value is None else second(get)

        return both

    def several(get: Callable[[str], Any]) -> bool | None:
        for part in parts:
            value = part(get)
            if value is decisive or value is None:
                return value
        return not decisive

    return several
