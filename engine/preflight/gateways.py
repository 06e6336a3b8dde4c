"""Rules about the choice between flows."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import EventKind, Flow, Node, NodeKind, ProcessModel
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem

_BEGINS = (EventKind.MESSAGE, EventKind.SIGNAL)  # behind a gateway that begins a case
_CHOOSING = (NodeKind.EXCLUSIVE, NodeKind.INCLUSIVE)


@rules.register("choice")
def every_choice_is_decided(upload: Upload) -> Iterator[Problem]:
    """Of a choosing gateway's several flows each has a condition, or is the default."""
    for model, node in upload.every():
        yield from _default(model, node)
        if node.kind not in _CHOOSING or len(node.outgoing) < 2:
            continue
        open_flows = _undecided(model, node)
        for flow in open_flows:
            target = model.nodes[flow.target]
            names = {"gateway": node.name or node.id, "target": target.name or target.id}
            yield about(model, flow, "flow.no-condition", **names)


def _undecided(model: ProcessModel, node: Node) -> list[Flow]:
    flows = model.outgoing(node.id)
    return [flow for flow in flows if not flow.condition and flow.id != node.default]


def _default(model: ProcessModel, node: Node) -> Iterator[Problem]:
    if node.default and node.default not in node.outgoing:
        yield about(model, node, "flow.default-unknown", flow=node.default)


@rules.register("activation")
def complex_gateways_say_when(upload: Upload) -> Iterator[Problem]:
    """A complex gateway to which several flows come says when it goes on."""
    for model, node in upload.every():
        if node.kind is NodeKind.COMPLEX and len(node.incoming) > 1 and not node.activation:
            yield about(model, node, "gateway.no-activation")


@rules.register("event-gateway")
def event_gateways_wait_for_events(upload: Upload) -> Iterator[Problem]:
    """Behind an event gateway stand catching events or receive tasks only."""
    waits = (EventKind.MESSAGE, EventKind.TIMER, EventKind.SIGNAL, EventKind.CONDITIONAL)
    for model, node in upload.every():
        if node.kind is not NodeKind.EVENT_GATEWAY:
            continue
        if not node.outgoing:
            yield about(model, node, "flow.stuck")
        for flow in model.outgoing(node.id):
            target = model.nodes[flow.target]
            fits = target.kind is NodeKind.RECEIVE_TASK or (
                target.kind is NodeKind.CATCH
                and target.event.kind in (_BEGINS if node.instantiate else waits)
            )
            name = target.name or target.id
            if not fits:
                yield about(model, node, "flow.event-gateway-target", target=name)
            elif target.repeat is not None or model.boundaries(target.id):
                yield about(model, node, "flow.event-gateway-receive", target=name)


@rules.register("dead-end")
def gateways_lead_on(upload: Upload) -> Iterator[Problem]:
    """A gateway, boundary event or start event without a way out goes nowhere."""
    kinds = (*_CHOOSING, NodeKind.PARALLEL, NodeKind.COMPLEX, NodeKind.START)
    for model, node in upload.every():
        silent = (
            node.kind is NodeKind.BOUNDARY
            and node.interrupting
            and not node.notifies
            and node.event.kind is not EventKind.COMPENSATION
        )
        if (node.kind in kinds or silent) and not node.outgoing:
            yield about(model, node, "flow.stuck")
