"""Pools of one drawing talk by messages: a message flow names what both of its ends leave unsaid.

Each participant's process is a definition of its own. An end of a message flow that is no
message event or task, a whole pool or a black box only shows who the partner is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from engine.bpmn.correlations import Correlations
from engine.bpmn.details import Correlation
from engine.bpmn.kinds import EventKind, NodeKind
from engine.bpmn.model import Node, ProcessModel
from engine.bpmn.source import Element, Source, attribute, children, reference
from engine.bpmn.telling import about

# What a case is called in the letters it exchanges: its business key, else its own number.
BUSINESS_KEY: Final = (
    "= if instance.business_key = null then instance.number else instance.business_key"
)
_EVENTS = (NodeKind.START, NodeKind.CATCH, NodeKind.BOUNDARY, NodeKind.THROW, NodeKind.END)
_TASKS = (NodeKind.SEND_TASK, NodeKind.RECEIVE_TASK)


@dataclass(frozen=True)
class MessageFlow:
    """One dashed line between pools; `message` is the declared message's name, if any."""

    id: str
    name: str
    source: str
    target: str
    message: str | None


def connect(source: Source, models: Iterable[ProcessModel]) -> tuple[ProcessModel, ...]:
    """The same processes, with the names and keys that the collaboration around them gives."""
    models = tuple(_named(source, model) for model in models)
    nodes = {node.id: node for model in models for node in model.nodes.values()}
    flows = list(_flows(source, nodes))
    on_flow = {end for flow in flows for end in (flow.source, flow.target)}
    names = _names(nodes, flows)
    correlations = Correlations(source)
    return tuple(_spelled(source, model, names, on_flow, correlations) for model in models)


def _named(source: Source, model: ProcessModel) -> ProcessModel:
    """A process without a name has its pool's."""
    if model.name:
        return model
    for pool in _parts(source, "participant"):
        if reference(pool, "processRef") == model.key:
            return replace(model, name=attribute(pool, "name"))
    return model


def _parts(source: Source, tag: str) -> Iterable[Element]:
    for collaboration in children(source.root, "collaboration"):
        yield from children(collaboration, tag)


def _flows(source: Source, nodes: dict[str, Node]) -> Iterable[MessageFlow]:
    """All of them; those that touch what knows no messages are told."""
    for flow in _parts(source, "messageFlow"):
        for end in (reference(flow, "sourceRef"), reference(flow, "targetRef")):
            if end in nodes and not _speaks(nodes[end]):
                name = nodes[end].name or end
                source.report("read.message-flow-drawn", flow, end=name)
        yield MessageFlow(
            id=attribute(flow, "id"),
            name=attribute(flow, "name"),
            source=reference(flow, "sourceRef"),
            target=reference(flow, "targetRef"),
            message=source.messages.get(reference(flow, "messageRef")) or None,
        )


def _names(nodes: dict[str, Node], flows: list[MessageFlow]) -> dict[str, str]:
    """The message of every end of a message flow: its own, else that of the other end, of the
    declared message, of the flow."""
    found = {id: node.event.name for id, node in nodes.items() if node.event.name}
    said: dict[str, str] = {id: name for id, name in found.items() if name}
    for only_said in (True, False):
        for flow in flows:
            ends = [end for end in (flow.source, flow.target) if _speaks(nodes.get(end))]
            name = next((said[end] for end in ends if end in said), None) or flow.message
            if name is None and not only_said:
                name = flow.name or flow.id
            if name is not None:
                for end in ends:
                    said.setdefault(end, name)
    return said


def _speaks(node: Node | None) -> bool:
    """Whether the node is drawn as one that sends or awaits a message."""
    if node is None:
        return False
    if node.kind in _TASKS:
        return node.connector is None and not node.notifies
    return node.kind in _EVENTS and node.event.kind is EventKind.MESSAGE


def _spelled(
    source: Source,
    model: ProcessModel,
    names: dict[str, str],
    on_flow: set[str],
    correlations: Correlations,
) -> ProcessModel:
    nodes = dict(model.nodes)
    for node in model.nodes.values():
        if not _speaks(node) or node.id not in names:
            continue
        event = replace(node.event, kind=EventKind.MESSAGE, name=names[node.id])
        if event.correlation is None:
            event = replace(event, correlation=correlations.of(model.key, node, names[node.id]))
        if event.correlation is None and node.id in on_flow:
            event = replace(event, correlation=Correlation(BUSINESS_KEY))
            note = about(model, node, "read.message-flow", message=names[node.id])
            source.problems.append(note)
        nodes[node.id] = replace(node, event=event)
    return replace(model, nodes=nodes)
