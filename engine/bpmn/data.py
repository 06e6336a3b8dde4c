"""Data objects, properties and data associations, read as variables and assignments.

An association without a source, a transformation or an assignment says nothing about values, and
one with a data store means something outside: both are drawing.
"""

from __future__ import annotations

from typing import Literal

from engine.bpmn.model import Assign
from engine.bpmn.source import Element, Source, attribute, child, children, text_of
from engine.bpmn.vocabulary import RAVAND
from kernel.expressions import is_expression

_TAGS = {"in": "dataInputAssociation", "out": "dataOutputAssociation"}
_PLACEHOLDER = "__targetRef_placeholder"  # what drawing tools write where nothing is meant


def read_data(source: Source, element: Element) -> tuple[Assign, ...]:
    """The variables that a process, subprocess or activity has to itself, with their first
    values: its data objects and properties."""
    found = []
    for tag in ("dataObject", "property"):
        for one in children(element, tag):
            value = attribute(one, f"{{{RAVAND}}}value")
            name = source.variable(attribute(one, "id"))
            if name and name != _PLACEHOLDER:
                found.append(Assign(target=name, expression=value or None))
    return tuple(found)


def read_associations(
    source: Source, element: Element, direction: Literal["in", "out"]
) -> tuple[Assign, ...]:
    """The values that data associations bring into an element or out of it."""
    found: list[Assign] = []
    for one in children(element, _TAGS[direction]):
        found += _transfer(source, one)
        for assignment in children(one, "assignment"):
            given = text_of(child(assignment, "from"))
            target = source.variable(text_of(child(assignment, "to")))
            if given and target:
                found.append(Assign(target=target, expression=_expression(given)))
    return tuple(found)


def _transfer(source: Source, association: Element) -> list[Assign]:
    given = [text_of(one) for one in children(association, "sourceRef")]
    wanted = text_of(child(association, "targetRef"))
    target = _variable(source, association, wanted)
    rule = text_of(child(association, "transformation"))
    if rule and target:
        return [Assign(target=target, expression=_expression(rule))]
    if len(given) != 1 or child(association, "assignment") is not None:
        return []
    name = _variable(source, association, given[0])
    return [Assign(target=target, source=name)] if name and target else []


def _variable(source: Source, association: Element, reference: str) -> str:
    """The variable behind a reference; nothing for a data store or a placeholder."""
    name = source.variable(reference)
    if reference and name == reference and not source.holds_data(reference):
        if not source.is_store(reference):
            source.report(
                "bpmn.dangling-reference", association, attribute="dataRef", reference=reference
            )
        return ""
    return "" if name == _PLACEHOLDER else name


def _expression(text: str) -> str:
    return text if is_expression(text) else f"= {text}"
