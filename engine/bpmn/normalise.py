"""A drawing that leaves to the reader what BPMN lets it leave becomes one that says it.

Runs after reading and before anything else looks at the model, so that preflight, the pages
and the run-time see the same. Whatever is decided here is told as a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from engine.bpmn.model import (
    ACTIVITIES,
    SCOPES,
    EventKind,
    Flow,
    Node,
    NodeKind,
    ProcessModel,
    is_opening,
)
from engine.bpmn.telling import about
from engine.problems import Problem

START_ID: Final = "implicit_start"
_CHOOSING = (NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE)
_BRANCHING = ACTIVITIES | {NodeKind.START, NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY}


def normalise(model: ProcessModel) -> tuple[ProcessModel, list[Problem]]:
    """The same process, said in full, with a note for everything that was decided."""
    model, notes = _with_defaults(model)
    model, start = _with_start(model)
    notes += start
    for tell in _TOLD:
        notes += tell(model)
    return model, notes


def _with_defaults(model: ProcessModel) -> tuple[ProcessModel, list[Problem]]:
    """The one flow of a choosing gateway that has no condition is its default."""
    nodes, notes = dict(model.nodes), []
    for node in model.nodes.values():
        if node.kind not in _CHOOSING or node.default or len(node.outgoing) < 2:
            continue
        bare = [flow for flow in model.outgoing(node.id) if not flow.condition]
        if len(bare) == 1:
            nodes[node.id] = replace(node, default=bare[0].id)
            target = model.nodes[bare[0].target]
            notes.append(about(model, node, "read.default-flow", target=target.name or target.id))
    return replace(model, nodes=nodes), notes


def _with_start(model: ProcessModel) -> tuple[ProcessModel, list[Problem]]:
    """A process without a start event begins at everything that nothing flows into."""
    first = loose_ends(model, None)
    if not first or any(n.kind is NodeKind.START or is_opening(n) for n in first):
        return model, []
    own = START_ID
    while own in model.nodes or own in model.flows:
        own += "_"
    flows = {
        f"{own}__{node.id}": Flow(f"{own}__{node.id}", own, node.id, line=node.line)
        for node in first
    }
    start = Node(
        own, NodeKind.START, name="آغاز", name_en="Start", outgoing=tuple(flows), line=first[0].line
    )
    nodes = {own: start, **model.nodes}
    for flow in flows.values():
        nodes[flow.target] = replace(nodes[flow.target], incoming=(flow.id,))
    said = ", ".join(node.name or node.id for node in first[:6])
    note = about(model, None, "read.implicit-start", elements=said)
    return replace(model, nodes=nodes, flows={**flows, **model.flows}), [note]


def loose_ends(model: ProcessModel, scope: str | None) -> list[Node]:
    """What a token may be put on when a scope begins: nothing flows into it, nothing else
    wakes it."""
    return [node for node in model.children(scope) if not node.incoming and not _is_woken(node)]


def _is_woken(node: Node) -> bool:
    return (
        node.kind is NodeKind.BOUNDARY
        or node.triggered_by_event
        or node.for_compensation
        or (node.kind is NodeKind.CATCH and node.event.kind is EventKind.LINK)
    )


def _told_subprocess_starts(model: ProcessModel) -> Iterator[Problem]:
    for scope in model.nodes.values():
        if scope.kind not in (NodeKind.SUBPROCESS, NodeKind.TRANSACTION):
            continue
        if scope.triggered_by_event:
            continue
        first = loose_ends(model, scope.id)
        if first and not any(node.kind is NodeKind.START for node in first):
            said = ", ".join(node.name or node.id for node in first[:6])
            yield about(model, scope, "read.implicit-start", elements=said)


def _told_forks(model: ProcessModel) -> Iterator[Problem]:
    for node in model.nodes.values():
        flows = model.outgoing(node.id)
        if node.kind not in _BRANCHING or node.id.startswith(START_ID):
            continue
        if any(flow.condition for flow in flows):
            yield about(model, node, "read.conditional-flows", count=len(flows))
        elif len(flows) > 1:
            yield about(model, node, "read.fork", count=len(flows))


def _told_ends(model: ProcessModel) -> Iterator[Problem]:
    """Scopes without any end event; the last elements of each end it."""
    scopes = [None, *(n for n in model.nodes.values() if n.kind in SCOPES)]
    with_end = {n.parent for n in model.nodes.values() if n.kind is NodeKind.END}
    last: dict[str | None, list[Node]] = {}
    for node in model.nodes.values():
        if not node.outgoing and not _is_woken(node) and node.kind in _BRANCHING:
            last.setdefault(node.parent, []).append(node)
    for scope in scopes:
        own = scope.id if scope else None
        if own in with_end or own not in last or (scope and scope.kind is NodeKind.ADHOC):
            continue
        said = ", ".join(node.name or node.id for node in last[own][:6])
        yield about(model, scope, "read.implicit-end", elements=said)


_TOLD: tuple[Callable[[ProcessModel], Iterator[Problem]], ...] = (
    _told_subprocess_starts,
    _told_forks,
    _told_ends,
)
