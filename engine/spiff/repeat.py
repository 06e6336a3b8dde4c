"""Multi-instance and loop activities: the host token waits while its bodies run."""

from __future__ import annotations

from typing import Any

from engine.bpmn.model import Repeat
from engine.spiff.faults import Fault
from engine.spiff.token import Token

MAX_BODIES = 2000


def begin(token: Token, repeat: Repeat) -> bool:
    """Start the body or bodies; False when there is nothing to run."""
    if repeat.kind == "loop":
        if repeat.test_before and not _again(token, repeat):
            return False
        token.internal_data["repeat"] = {"done": 0, "items": None}
        _body(token, 0, None)
        return True
    items = token.workflow.effects.items_of(token, repeat)
    if len(items) > MAX_BODIES:
        raise Fault("engine.item-limit", f"more than {MAX_BODIES} parallel runs", count=len(items))
    if not items:
        return False
    token.internal_data["repeat"] = {"done": 0, "items": items}
    for index in range(len(items) if repeat.kind == "parallel" else 1):
        _body(token, index, items[index])
    return True


def body_done(body: Token) -> None:
    """Count a finished body; end the activity or go on with the next."""
    case = body.workflow
    host = case.live.get(body.owner) if body.owner is not None else None
    if host is None or host.node.repeat is None:
        return
    repeat, state = host.node.repeat, host.internal_data["repeat"]
    state["done"] += 1
    if repeat.kind == "loop":
        if repeat.maximum is not None and state["done"] >= repeat.maximum:
            _close(host)
        elif _again(host, repeat):
            _body(host, state["done"], None)
        else:
            _close(host)
        return
    items = state["items"]
    if state["done"] >= len(items) or _until(host, repeat, state):
        _close(host)
    elif repeat.kind == "sequential":
        _body(host, state["done"], items[state["done"]])


def _body(host: Token, index: int, item: Any) -> None:
    repeat = host.node.repeat
    local: dict[str, Any] = {**(host.local or {}), "loopCounter": index}
    if repeat is not None and repeat.element:
        local[repeat.element] = item
    body = Token(host.workflow, host.task_spec, None, scope=host.scope, owner=host.id, local=local)
    body.internal_data["body"] = index
    body._ready()


def _again(host: Token, repeat: Repeat) -> bool:
    return not repeat.until or host.workflow.effects.condition(host, repeat.until)


def _until(host: Token, repeat: Repeat, state: dict[str, Any]) -> bool:
    if not repeat.until:
        return False
    total, done = len(state["items"]), state["done"]
    host.local = {
        **(host.local or {}),
        "nrOfInstances": total,
        "nrOfCompletedInstances": done,
        "nrOfActiveInstances": total - done,
    }
    return host.workflow.effects.condition(host, repeat.until)


def _close(host: Token) -> None:
    for body in host.workflow.belongings(host.id):
        if not body.listener:
            body.cancel()
    host.internal_data.pop("repeat", None)
    host.workflow.finish(host)
