"""Every place of a model where a designer may write an expression."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.bpmn.model import AdHoc, Assign, Flow, Node, ProcessModel
from kernel.expressions import is_expression


@dataclass(frozen=True)
class Slot:
    """One text and where it stands.

    `use`: "value" is a literal unless it begins with `=`; "expression" and "condition"
    are always expressions; "script" is lines of `name = expression`.
    """

    owner: Node | Flow
    place: str
    text: str
    use: Literal["value", "expression", "condition", "script"]


def slots(model: ProcessModel) -> Iterator[Slot]:
    """All of them, in the order of the file."""
    for node in model.nodes.values():
        yield from _work_slots(node)
        yield from _event_slots(node)
        yield from _repeat_slots(node)
        yield from _assign_slots(node, node.inputs, "ravand:in")
        yield from _assign_slots(node, node.outputs, "ravand:out")
        if node.activation:
            yield Slot(node, "activationCondition", node.activation, "condition")
        yield from _assign_slots(node, node.data, "ravand:value")
        if node.adhoc:
            yield from _adhoc_slots(node, node.adhoc)
        if node.called:
            yield Slot(node, "calledElement", node.called, "value")
        if node.script:
            yield Slot(node, "script", node.script.text, "script")
    for flow in model.flows.values():
        if flow.condition:
            yield Slot(flow, "conditionExpression", flow.condition, "condition")


def _work_slots(node: Node) -> Iterator[Slot]:
    if node.performer and node.performer.kind in ("expression", "managerOf"):
        place = f"ravand:performer {node.performer.kind}"
        use: Literal["value", "expression"] = (
            "expression" if node.performer.kind == "expression" else "value"
        )
        yield Slot(node, place, node.performer.value, use)
    if node.deadline and node.deadline.duration:
        yield Slot(node, "ravand:deadline duration", node.deadline.duration, "value")
    if node.deadline and node.deadline.follow_up:
        yield Slot(node, "ravand:deadline followUp", node.deadline.follow_up, "value")
    if node.deadline and is_expression(node.deadline.priority):
        yield Slot(node, "ravand:deadline priority", node.deadline.priority, "value")
    if node.connector and node.connector.topic:
        yield Slot(node, "ravand:connector topic", node.connector.topic, "value")
    if node.connector and node.connector.retries:
        yield Slot(node, "ravand:connector retries", node.connector.retries, "value")
    for notify in node.notifies:
        yield Slot(node, "ravand:notify to", notify.to, "value")


def _event_slots(node: Node) -> Iterator[Slot]:
    event = node.event
    if event.timer:
        yield Slot(node, event.timer.kind, event.timer.text, "value")
    if event.condition:
        yield Slot(node, "condition", event.condition, "condition")
    if event.correlation:
        yield Slot(node, "ravand:correlation key", event.correlation.key, "value")
        if event.correlation.match:
            yield Slot(node, "ravand:correlation match", event.correlation.match, "value")
        if event.correlation.ttl:
            yield Slot(node, "ravand:correlation ttl", event.correlation.ttl, "value")


def _adhoc_slots(node: Node, adhoc: AdHoc) -> Iterator[Slot]:
    if adhoc.until:
        yield Slot(node, "completionCondition", adhoc.until, "condition")
    if adhoc.start not in ("all", "none"):
        yield Slot(node, "ravand:adhoc start", adhoc.start, "expression")


def _repeat_slots(node: Node) -> Iterator[Slot]:
    if node.repeat is None:
        return
    if node.repeat.cardinality:
        yield Slot(node, "loopCardinality", node.repeat.cardinality, "expression")
    if node.repeat.collection:
        yield Slot(node, "ravand:collection", node.repeat.collection, "expression")
    if node.repeat.until:
        yield Slot(node, "completionCondition", node.repeat.until, "condition")
    if node.repeat.output_value:
        yield Slot(node, "ravand:outputElement", node.repeat.output_value, "expression")


def _assign_slots(node: Node, assigns: tuple[Assign, ...], word: str) -> Iterator[Slot]:
    for assign in assigns:
        if assign.expression is not None:
            yield Slot(node, f"{word} expression", assign.expression, "value")
