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
    starts_a_case = node.parent is None and (node.kind is NodeKind.START or node.instantiate)
    return node.event.kind is EventKind.MESSAGE and not starts_a_case


@rules.register("message-starts")
def message_starts_differ(upload: Upload) -> Iterator[Problem]:
    """Two starts of one process that wait for the same message: nobody could say which begins."""
    for model in upload.models:
        first: dict[str, Node] = {}
        for node in model.starts:
            if node.event.kind is not EventKind.MESSAGE or not node.event.name:
                continue
            other = first.setdefault(node.event.name, node)
            if other is not node:
                facts = {"message": node.event.name, "other": other.name or other.id}
                yield about(model, node, "message.start-twice", **facts)


@rules.register("codes")
def thrown_codes_are_given(upload: Upload) -> Iterator[Problem]:
    """An error or escalation that is thrown has a code, so that somebody can catch it."""
    for model, node in upload.every():
        coded = node.event.kind in (EventKind.ERROR, EventKind.ESCALATION)
        if node.kind in _THROWN and coded and not node.event.code:
            yield about(model, node, "error.no-code", event=node.event.kind.value)
