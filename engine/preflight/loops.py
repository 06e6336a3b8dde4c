"""Rules against work that never ends: repetition, and circles without a wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.bpmn.model import SCOPES, EventKind, Node, NodeKind, ProcessModel
from engine.bpmn.walk import link_targets
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem

MAX_REPEATS: Final = 10_000
_WAITING = frozenset(
    {NodeKind.USER_TASK, NodeKind.RECEIVE_TASK, NodeKind.CALL, NodeKind.EVENT_GATEWAY}
)


@rules.register("repeats")
def repeats_are_counted(upload: Upload) -> Iterator[Problem]:
    """A repeated activity says how often or over which list; a number is at most 10,000."""
    for model, node in upload.every():
        repeat = node.repeat
        if repeat is None:
            continue
        if repeat.kind == "loop":
            if not repeat.until and repeat.maximum is None:
                yield about(model, node, "repeat.missing")
            continue
        if not repeat.cardinality and not repeat.collection:
            yield about(model, node, "repeat.missing")
        count = (repeat.cardinality or "").lstrip("= ").strip()
        if count.isdigit() and (len(count) > 6 or int(count) > MAX_REPEATS):
            yield about(model, node, "repeat.too-many", count=count[:12], limit=MAX_REPEATS)


@rules.register("circles")
def circles_wait_somewhere(upload: Upload) -> Iterator[Problem]:
    """A circle of flows has a person, a timer or a message in it, or it would run for ever."""
    for model in upload.models:
        automatic = {n.id for n in model.nodes.values() if not waits(model, n)}
        for circle in _circles(model, automatic):
            names = ", ".join(model.nodes[one].name or one for one in circle[:6])
            first = model.nodes[circle[0]]
            yield about(model, first, "flow.automatic-cycle", elements=names)


def waits(model: ProcessModel, node: Node) -> bool:
    """Whether a token stops here until something from outside happens."""
    if node.kind in _WAITING:
        return True
    if node.kind is NodeKind.MANUAL_TASK:
        return node.performer is not None
    if node.kind is NodeKind.CATCH:
        return node.event.kind is not EventKind.LINK
    if node.kind is NodeKind.BOUNDARY:
        return node.event.kind not in (EventKind.ERROR, EventKind.ESCALATION)
    if node.kind in SCOPES:
        return any(waits(model, inside) for inside in model.children(node.id))
    return False


def _next(model: ProcessModel, node: Node) -> list[str]:
    following = [flow.target for flow in model.outgoing(node.id)]
    following += [boundary.id for boundary in model.boundaries(node.id)]
    if node.kind is NodeKind.THROW and node.event.kind is EventKind.LINK:
        following += [target.id for target in link_targets(model, node)]
    return following


def _circles(model: ProcessModel, automatic: set[str]) -> list[list[str]]:
    """Groups of automatic nodes that reach each other, in the order of the file: the strongly
    connected components (Tarjan's algorithm, without recursion) that have a way in a circle."""
    order = {one: place for place, one in enumerate(model.nodes)}
    after = {
        one: [n for n in _next(model, model.nodes[one]) if n in automatic] for one in automatic
    }
    found = [
        sorted(group, key=order.__getitem__)
        for group in _components(sorted(automatic, key=order.__getitem__), after)
        if len(group) > 1 or group[0] in after[group[0]]
    ]
    return sorted(found, key=lambda group: order[group[0]])


def _components(nodes: list[str], after: dict[str, list[str]]) -> Iterator[list[str]]:
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for first in nodes:
        if first in index:
            continue
        work = [(first, iter(after[first]))]
        while work:
            node, following = work[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            deeper = next((n for n in following if n not in index or n in on_stack), None)
            if deeper is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    yield _cut(stack, on_stack, node)
            elif deeper in index:
                low[node] = min(low[node], index[deeper])
            else:
                work.append((deeper, iter(after[deeper])))


def _cut(stack: list[str], on_stack: set[str], node: str) -> list[str]:
    """One finished component, taken off the stack."""
    group: list[str] = []
    while not group or group[-1] != node:
        group.append(stack.pop())
        on_stack.discard(group[-1])
    return group
