"""Rules about undoing: compensation handlers, what may be compensated, cancelled transactions."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import SCOPES, EventKind, Node, NodeKind, ProcessModel
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem


@rules.register("compensation-handlers")
def handlers_stand_aside(upload: Upload) -> Iterator[Problem]:
    """A compensation boundary event leads by an association to an activity marked for
    compensation in the same scope; no flow leads to that, from it, or from the event."""
    for model, node in upload.every():
        if _is(node, NodeKind.BOUNDARY):
            handler = model.nodes.get(node.handler or "")
            if handler is None:
                yield about(model, node, "compensation.no-handler")
            elif not handler.for_compensation or handler.parent != node.parent or node.outgoing:
                name = handler.name or handler.id
                yield about(model, node, "compensation.handler", handler=name)
        if node.for_compensation and (node.incoming or node.outgoing):
            yield about(model, node, "compensation.handler", handler=node.name or node.id)


@rules.register("compensation-throws")
def what_is_compensated_can_be(upload: Upload) -> Iterator[Problem]:
    """A throwing event that names an activity names one of its own scope, or of the scope
    around its event subprocess, that has a handler or such activities inside."""
    for model, node in upload.every():
        wanted = node.event.activity
        if node.kind not in (NodeKind.THROW, NodeKind.END) or wanted is None:
            continue
        named = model.nodes.get(wanted)
        seen = named is not None and named.parent in _scopes(model, node)
        if named is None or not seen or not _can_be_compensated(model, named):
            name = (named and named.name) or wanted
            yield about(model, node, "compensation.activity", activity=name)


def _scopes(model: ProcessModel, node: Node) -> Iterator[str | None]:
    scope = node.parent
    yield scope
    while scope is not None and model.nodes[scope].triggered_by_event:
        scope = model.nodes[scope].parent
        yield scope


def _can_be_compensated(model: ProcessModel, node: Node) -> bool:
    if any(boundary.handler for boundary in model.boundaries(node.id)):
        return True
    if node.kind not in SCOPES:
        return False
    return any(
        _can_be_compensated(model, inside) or _wakes(model, inside)
        for inside in model.children(node.id)
    )


def _wakes(model: ProcessModel, holder: Node) -> bool:
    starts = model.children(holder.id)
    return holder.triggered_by_event and any(_is(one, NodeKind.START) for one in starts)


@rules.register("compensation-at-the-top")
def only_what_completed_is_compensated(upload: Upload) -> Iterator[Problem]:
    """A compensation event subprocess belongs to a subprocess: a process that has ended is
    not compensated."""
    for model, node in upload.every():
        holder = model.nodes.get(node.parent or "")
        woken = holder is not None and holder.triggered_by_event and holder.parent is None
        if woken and _is(node, NodeKind.START):
            yield about(model, node, "compensation.top-level")


@rules.register("transactions")
def transactions_are_cancelled_from_inside(upload: Upload) -> Iterator[Problem]:
    """A cancel end event stands in a transaction, which has a cancel boundary event; that one
    is attached to nothing else."""
    for model, node in upload.every():
        if node.event.kind is not EventKind.CANCEL:
            continue
        if node.kind is NodeKind.BOUNDARY:
            host = model.nodes.get(node.attached_to or "")
            if host is not None and host.kind is not NodeKind.TRANSACTION:
                yield about(model, node, "transaction.none")
        elif node.kind is NodeKind.END:
            around = _transaction(model, node)
            if around is None:
                yield about(model, node, "transaction.none")
            elif not any(b.event.kind is EventKind.CANCEL for b in model.boundaries(around.id)):
                name = around.name or around.id
                yield about(model, node, "transaction.no-boundary", transaction=name)


def _transaction(model: ProcessModel, node: Node) -> Node | None:
    around = model.nodes.get(node.parent or "")
    while around is not None and around.kind is not NodeKind.TRANSACTION:
        around = model.nodes.get(around.parent or "")
    return around


def _is(node: Node, kind: NodeKind) -> bool:
    return node.kind is kind and node.event.kind is EventKind.COMPENSATION
