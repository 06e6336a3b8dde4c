"""Walks over a process model: reachability and reading order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from engine.bpmn.model import (
    ACTIVITIES,
    SCOPES,
    EventKind,
    Node,
    NodeKind,
    ProcessModel,
    is_opening,
)


def in_reading_order(model: ProcessModel) -> Iterator[Node]:
    """Every node once, breadth first from the starts; unreachable ones last."""
    seen = dict.fromkeys(reachable(model))
    for node_id in seen:
        yield model.nodes[node_id]
    for node in model.nodes.values():
        if node.id not in seen:
            yield node


def reachable(model: ProcessModel) -> list[str]:
    """Ids of the nodes a token can reach, breadth first."""
    queue = deque(node.id for node in entries(model, None))
    seen = dict.fromkeys(queue)
    while queue:
        for following in successors(model, model.nodes[queue.popleft()]):
            if following not in seen:
                seen[following] = None
                queue.append(following)
    return list(seen)


def entries(model: ProcessModel, scope: str | None) -> list[Node]:
    """Where a scope begins: its starts and event subprocesses, else (in a subprocess)
    every node nothing flows into."""
    inside = list(model.children(scope))
    handlers = [node for node in inside if node.triggered_by_event]
    starts = [node for node in inside if node.kind is NodeKind.START]
    if starts or scope is None:
        return starts + [node for node in inside if is_opening(node)] + handlers
    return [n for n in inside if not n.incoming and not _is_woken(n)]


def _is_woken(node: Node) -> bool:
    """Whether something else than a flow brings the token."""
    link = node.kind is NodeKind.CATCH and node.event.kind is EventKind.LINK
    return link or node.kind is NodeKind.BOUNDARY or node.for_compensation


def startable(model: ProcessModel, adhoc_id: str) -> list[Node]:
    """What can begin in an ad-hoc subprocess: activities that nothing flows into."""
    return [
        node
        for node in model.children(adhoc_id)
        if node.kind in ACTIVITIES
        and not (node.incoming or node.triggered_by_event or node.for_compensation)
    ]


def successors(model: ProcessModel, node: Node) -> list[str]:
    """The nodes a token on `node` may go to next: flows, boundaries, insides, link targets,
    the handler of a compensation event."""
    following = [flow.target for flow in model.outgoing(node.id)]
    following += [boundary.id for boundary in model.boundaries(node.id)]
    if node.handler:
        following.append(node.handler)
    if node.kind in SCOPES:
        following += [entry.id for entry in entries(model, node.id)]
    if node.kind is NodeKind.THROW and node.event.kind is EventKind.LINK:
        following += [target.id for target in link_targets(model, node)]
    return [target for target in following if target in model.nodes]


def link_targets(model: ProcessModel, throw: Node) -> list[Node]:
    """The catching link events of the same name in the same scope."""
    return [
        node
        for node in model.children(throw.parent)
        if node.kind is NodeKind.CATCH
        and node.event.kind is EventKind.LINK
        and node.event.name == throw.event.name
    ]
