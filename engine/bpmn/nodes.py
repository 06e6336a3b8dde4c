"""One flow node of the XML becomes one `Node`."""

from __future__ import annotations

from typing import Any

from engine.bpmn.assigns import read_assigns
from engine.bpmn.calls import read_call
from engine.bpmn.data import read_associations, read_data
from engine.bpmn.decisions import read_decision
from engine.bpmn.events import read_event, read_message_task
from engine.bpmn.model import EVENTS, SCOPES, AdHoc, Bounds, Node, NodeKind, Script
from engine.bpmn.repeats import read_repeat
from engine.bpmn.source import (
    Element,
    Source,
    attribute,
    child,
    english,
    extensions,
    flag,
    line_of,
    local,
    reference,
    text_of,
)
from engine.bpmn.work import read_work

KINDS = {kind.value: kind for kind in NodeKind}


def read_node(source: Source, element: Element, parent: str | None) -> Node:
    """The node, without its flows and its lane, which stand elsewhere in the file."""
    kind = KINDS[local(element)]
    return Node(
        id=attribute(element, "id"),
        kind=kind,
        name=" ".join(attribute(element, "name").split()),
        name_en=english(element),
        documentation=text_of(child(element, "documentation")),
        parent=parent,
        default=reference(element, "default") or None,
        inputs=read_assigns(element, "in") + read_associations(source, element, "in"),
        outputs=read_assigns(element, "out") + read_associations(source, element, "out"),
        data=read_data(source, element),
        for_compensation=flag(element, "isForCompensation", False),
        line=line_of(element),
        bounds=read_bounds(source, attribute(element, "id")),
        **read_work(source, element),
        **_of_kind(source, element, kind),
    )


def read_bounds(source: Source, element_id: str) -> Bounds | None:
    """Where the element is drawn; None when it is not, or the numbers are none."""
    found = source.bounds(element_id)
    if found is None:
        return None
    try:
        x, y, width, height = (float(attribute(found, n)) for n in ("x", "y", "width", "height"))
    except ValueError:
        return None
    return Bounds(x, y, width, height)


def _of_kind(source: Source, element: Element, kind: NodeKind) -> dict[str, Any]:
    if kind in EVENTS:
        return _event_fields(source, element, kind)
    fields: dict[str, Any] = {"repeat": read_repeat(source, element)}
    if kind is NodeKind.COMPLEX:
        fields["activation"] = text_of(child(element, "activationCondition")) or None
    if kind in (NodeKind.SEND_TASK, NodeKind.RECEIVE_TASK):
        fields["event"] = read_message_task(source, element)
        fields["instantiate"] = flag(element, "instantiate", False)
    elif kind is NodeKind.EVENT_GATEWAY:
        fields["instantiate"] = flag(element, "instantiate", False)
        if attribute(element, "eventGatewayType", "Exclusive") != "Exclusive":
            source.report("support.marker", element, marker="eventGatewayType")
    elif kind is NodeKind.CALL:
        fields |= read_call(source, element)
    elif kind is NodeKind.RULE_TASK:
        fields["decision"] = read_decision(source, element)
    elif kind is NodeKind.SCRIPT_TASK:
        text = text_of(child(element, "script"))
        fields["script"] = Script(attribute(element, "scriptFormat"), text)
    elif kind in SCOPES:
        if kind is NodeKind.ADHOC:
            fields["adhoc"] = _adhoc(element)
        fields["triggered_by_event"] = flag(element, "triggeredByEvent", False)
    return fields


def _adhoc(element: Element) -> AdHoc:
    own = next(extensions(element, "adhoc"), None)
    return AdHoc(
        sequential=attribute(element, "ordering", "Parallel") == "Sequential",
        until=text_of(child(element, "completionCondition")) or None,
        cancel_rest=flag(element, "cancelRemainingInstances", True),
        start="all" if own is None else attribute(own, "start", "all"),
    )


def _event_fields(source: Source, element: Element, kind: NodeKind) -> dict[str, Any]:
    fields: dict[str, Any] = {"event": read_event(source, element)}
    if kind is NodeKind.BOUNDARY:
        fields["attached_to"] = reference(element, "attachedToRef") or None
        fields["interrupting"] = flag(element, "cancelActivity", True)
    elif kind is NodeKind.START:
        fields["interrupting"] = flag(element, "isInterrupting", True)
    return fields
