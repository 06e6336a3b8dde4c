"""Rules that refuse what the run-time would not carry out: never silently something else."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn import support
from engine.bpmn.model import ACTIVITIES, EVENTS, EventKind, Node, NodeKind, ProcessModel
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem


@rules.register("elements")
def elements_are_carried_out(upload: Upload) -> Iterator[Problem]:
    """Every element is one that Ravand runs."""
    for model, node in upload.every():
        if node.kind not in support.NODES:
            yield about(model, node, "support.element", kind=node.kind.value)


@rules.register("events")
def events_are_carried_out(upload: Upload) -> Iterator[Problem]:
    """Every event is of a kind that Ravand runs at that place."""
    for model, node in upload.every():
        if node.kind not in EVENTS:
            continue
        allowed = _allowed(model, node)
        if node.event.kind not in allowed:
            yield about(
                model, node, "support.event", kind=node.kind.value, event=node.event.kind.value
            )


def _allowed(model: ProcessModel, node: Node) -> frozenset[EventKind]:
    if node.kind is NodeKind.START and node.parent is not None:
        holder = model.nodes[node.parent]
        if holder.triggered_by_event:
            return support.HANDLER_STARTS
        return frozenset({EventKind.NONE})
    return support.EVENTS[node.kind]


@rules.register("boundaries")
def boundaries_have_a_host(upload: Upload) -> Iterator[Problem]:
    """A boundary event is attached to an activity of its own scope."""
    for model, node in upload.every():
        if node.kind is not NodeKind.BOUNDARY:
            continue
        host = model.nodes.get(node.attached_to or "")
        if host is None or host.parent != node.parent:
            yield about(model, node, "bpmn.boundary-host", host=node.attached_to or "?")
        elif host.kind not in ACTIVITIES or host.triggered_by_event:
            kind = host.kind.value
            yield about(model, node, "support.boundary-on", host=host.name or host.id, kind=kind)


@rules.register("interrupting")
def errors_interrupt(upload: Upload) -> Iterator[Problem]:
    """An error or a cancel ends what it is caught for; BPMN has no other way."""
    for model, node in upload.every():
        catches = node.kind in (NodeKind.BOUNDARY, NodeKind.START)
        if catches and node.event.kind in support.ALWAYS_INTERRUPT and not node.interrupting:
            yield about(model, node, "event.always-interrupts", event=node.event.kind.value)


@rules.register("languages")
def languages_are_ours(upload: Upload) -> Iterator[Problem]:
    """Scripts and conditions are written in Ravand's expressions; no other code is run."""
    for model in upload.models:
        for node in model.nodes.values():
            if node.script and node.script.format not in support.SCRIPT_FORMATS:
                language = node.script.format or "?"
                yield about(model, node, "support.script-language", language=language)
        for flow in model.flows.values():
            language = (flow.condition_language or "").lower()
            if language and not language.rstrip("/").endswith(support.EXPRESSION_LANGUAGES):
                yield about(model, flow, "support.expression-language", language=language)


@rules.register("handlers")
def event_subprocesses_are_woken(upload: Upload) -> Iterator[Problem]:
    """No flow leads to an event subprocess: its start event wakes it."""
    for model, node in upload.every():
        if node.triggered_by_event and (node.incoming or node.outgoing):
            yield about(model, node, "support.marker", marker="triggeredByEvent")
