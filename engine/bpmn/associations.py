"""Associations that mean something: from a compensation boundary event to its handler."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.model import ACTIVITIES, EventKind, Node, NodeKind
from engine.bpmn.source import Element, Source, children, reference
from engine.bpmn.vocabulary import BPMN


def join_handlers(source: Source, process: Element, nodes: dict[str, Node]) -> None:
    """Give every compensation boundary event the activity that an association joins to it.

    Drawing tools write the association in either direction, and now and then beside the pools.
    """
    for line in _associations(source, process):
        ends = nodes.get(reference(line, "sourceRef")), nodes.get(reference(line, "targetRef"))
        for event, handler in (ends, ends[::-1]):
            if event is not None and handler is not None and _compensates(event, handler):
                nodes[event.id] = replace(event, handler=handler.id)


def _associations(source: Source, process: Element) -> Iterator[Element]:
    yield from process.iter(f"{{{BPMN}}}association")
    for collaboration in children(source.root, "collaboration"):
        yield from children(collaboration, "association")


def _compensates(event: Node, handler: Node) -> bool:
    return (
        event.kind is NodeKind.BOUNDARY
        and event.event.kind is EventKind.COMPENSATION
        and event.handler is None
        and handler.kind in ACTIVITIES
    )
