"""Rules about messages, signals, errors and escalations."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import EventKind, Node, NodeKind
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem

_THROWN = (NodeKind.END, NodeKind.THROW)


@rules.register("messages")
def messages_find_their_case(upload: Upload) -> Iterator[Problem]:
    """A message has a name; unless it starts a case, a correlation key says whose it is."""
    for model, node in upload.every():
        if node.event.kind in (EventKind.MESSAGE, EventKind.SIGNAL) and not node.event.name:
            yield about(model, node, "message.no-name")
        if node.kind is NodeKind.RECEIVE_TASK and node.event.kind is EventKind.NONE:
            yield about(model, node, "message.no-name")
        if _needs_key(node) and node.event.correlation is None:
            yield about(model, node, "message.no-correlation", message=node.event.name or "?")


def _needs_key(node: Node) -> bool:
    starts_a_case = node.kind is NodeKind.START and node.parent is None
    return node.event.kind is EventKind.MESSAGE and not starts_a_case


@rules.register("codes")
def thrown_codes_are_given(upload: Upload) -> Iterator[Problem]:
    """An error or escalation that is thrown has a code, so that somebody can catch it."""
    for model, node in upload.every():
        coded = node.event.kind in (EventKind.ERROR, EventKind.ESCALATION)
        if node.kind in _THROWN and coded and not node.event.code:
            yield about(model, node, "error.no-code", event=node.event.kind.value)
