"""`ravand:in` and `ravand:out`."""

from __future__ import annotations

from engine.bpmn.model import Assign
from engine.bpmn.source import Element, attribute, extensions, local


def read_assigns(element: Element, direction: str) -> tuple[Assign, ...]:
    """The values handed in ("in") or back ("out"): on the element or in its connector."""
    found = list(extensions(element, direction))
    for connector in extensions(element, "connector"):
        found += [one for one in connector if local(one) == direction]
    return tuple(
        Assign(
            target=attribute(one, "target") or None,
            source=attribute(one, "source") or None,
            expression=attribute(one, "expression") or None,
        )
        for one in found
    )
