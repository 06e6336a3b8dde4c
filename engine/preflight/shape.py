"""Rules about the drawing as a graph: it begins, everything is reached, it ends."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import SCOPES, EventKind, Node, NodeKind, ProcessModel
from engine.bpmn.walk import entries, link_targets, reachable, startable, successors
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem


@rules.register("beginning")
def begins(upload: Upload) -> Iterator[Problem]:
    """A process has a start event; an embedded subprocess begins at one place."""
    for model in upload.models:
        if not model.starts:
            yield about(model, None, "flow.no-start")
        for node in model.nodes.values():
            if (node.kind is NodeKind.START or node.instantiate) and node.incoming:
                yield about(model, node, "flow.start-incoming")
            if node.kind in SCOPES:
                yield from _subprocess_begins(model, node)


def _subprocess_begins(model: ProcessModel, scope: Node) -> Iterator[Problem]:
    if scope.kind is NodeKind.ADHOC:
        marks = (NodeKind.START, NodeKind.END)
        events = [one for one in model.children(scope.id) if one.kind in marks]
        if events or not startable(model, scope.id):
            yield about(model, scope, "adhoc.content", count=len(events))
        return
    places = [one for one in entries(model, scope.id) if not one.triggered_by_event]
    starts = [one for one in places if one.kind is NodeKind.START]
    if not places or len(starts) > 1:
        yield about(model, scope, "flow.subprocess-starts", count=len(starts))


@rules.register("end")
def ends(upload: Upload) -> Iterator[Problem]:
    """Some end is reached from the start; no flow leaves an end event."""
    for model in upload.models:
        if not model.starts:
            continue
        last = [model.nodes[node_id] for node_id in reachable(model)]
        if not any(_is_last(model, node) for node in last if node.parent is None):
            yield about(model, None, "flow.no-end")
        for node in model.nodes.values():
            if node.kind is NodeKind.END and node.outgoing:
                yield about(model, node, "flow.end-outgoing")


def _is_last(model: ProcessModel, node: Node) -> bool:
    return node.kind is NodeKind.END or (not successors(model, node) and bool(node.incoming))


@rules.register("reach")
def everything_is_reached(upload: Upload) -> Iterator[Problem]:
    """A token can come to every element."""
    for model in upload.models:
        if not model.starts:
            continue
        found = set(reachable(model))
        for node in model.nodes.values():
            unreached = node.id not in found
            if unreached and (node.parent is None or node.parent in found):
                yield about(model, node, "flow.unreachable")


@rules.register("links")
def links_lead_somewhere(upload: Upload) -> Iterator[Problem]:
    """A throwing link has exactly one catching link of its name in the same scope."""
    for model, node in upload.every():
        if node.kind is NodeKind.THROW and node.event.kind is EventKind.LINK:
            count = len(link_targets(model, node))
            if count != 1:
                yield about(
                    model, node, "flow.link-target", link=node.event.name or "?", count=count
                )


@rules.register("drawing")
def is_drawn(upload: Upload) -> Iterator[Problem]:
    """Without shapes nobody can see the case on its diagram."""
    for model in upload.models:
        if not model.has_diagram:
            yield about(model, None, "diagram.missing")
