"""Multi-instance and loop activities: the host token waits while its bodies run.

The host keeps counters, never a list of its bodies, so that one of thousands ends as quickly as
one of two. `loopCounter` is 1 in the first body, as BPMN says, unless the diagram counts from 0; a
loop's condition sees how many runs are over.
"""

from __future__ import annotations

from typing import Any

from engine.bpmn.model import Repeat
from engine.spiff.faults import Fault
from engine.spiff.token import Token
from kernel.types import JsonObject

MAX_BODIES = 10_000


def begin(token: Token, repeat: Repeat) -> bool:
    """Start the body or bodies; False when there is nothing to run."""
    state: JsonObject = {"done": 0, "begun": 0, "total": None}
    if repeat.kind == "loop":
        return _begin_loop(token, repeat, state)
    total, items = token.workflow.effects.items_of(token, repeat)
    if total > MAX_BODIES:
        raise Fault("engine.item-limit", f"more than {MAX_BODIES} runs", count=total)
    if not total:
        _give(token, repeat, {})
        return False
    token.internal_data["repeat"] = state | {"total": total}
    if repeat.kind == "parallel":
        token.workflow.grant(total)
        for index in range(total):
            _body(token, index, items[index] if items else None)
    else:
        token.internal_data["repeat"]["items"] = items
        _body(token, 0, items[0] if items else None)
    return True


def _begin_loop(token: Token, repeat: Repeat, state: JsonObject) -> bool:
    token.internal_data["repeat"] = state
    if repeat.maximum == 0 or (repeat.test_before and not _again(token, repeat)):
        token.internal_data.pop("repeat")
        return False
    _body(token, 0, None)
    return True


def body_done(body: Token) -> None:
    """Count a finished body; end the activity or go on with the next.

    Raises: Fault when the result or the completion condition cannot be computed; nothing was
        counted then.
    """
    host = body.workflow.live.get(body.owner) if body.owner is not None else None
    if host is None or host.node.repeat is None or "repeat" not in host.internal_data:
        return
    repeat, before = host.node.repeat, host.internal_data["repeat"]
    state = host.internal_data["repeat"] = {**before, "done": before["done"] + 1}
    try:
        _gather(body, repeat, state)
        over = _is_over(host, body, repeat, state)
    except Fault:
        host.internal_data["repeat"] = before
        raise
    if over:
        _close(host, repeat)
    elif repeat.kind != "parallel":
        items = state.get("items")
        _body(host, state["done"], items[state["done"]] if items else None)


def _is_over(host: Token, body: Token, repeat: Repeat, state: JsonObject) -> bool:
    if repeat.kind == "loop":
        spent = repeat.maximum is not None and state["done"] >= repeat.maximum
        return spent or not _again(host, repeat)
    if state["done"] >= state["total"]:
        return True
    return bool(repeat.until) and body.workflow.effects.condition(body, repeat.until or "")


def _again(host: Token, repeat: Repeat) -> bool:
    return not repeat.until or host.workflow.effects.condition(host, repeat.until)


def _body(host: Token, index: int, item: Any) -> None:
    repeat = host.node.repeat
    own: JsonObject = {"loopCounter": index + (repeat.first if repeat is not None else 1)}
    if repeat is not None and repeat.element:
        own[repeat.element] = item
    if repeat is not None and repeat.output_item:
        own.setdefault(repeat.output_item, None)
    body = Token(host.workflow, host.task_spec, None, scope=host.scope, owner=host.id, local=own)
    body.internal_data["body"] = index
    host.internal_data["repeat"]["begun"] += 1
    body._ready()


def _gather(body: Token, repeat: Repeat, state: JsonObject) -> None:
    """Keep what a finished body gives to the list of results."""
    if repeat.output and repeat.output_value:
        value = body.workflow.effects.value(body, repeat.output_value)
        results = state.setdefault("results", {})
        results[str(body.internal_data["body"])] = value


def _give(host: Token, repeat: Repeat, results: JsonObject) -> None:
    """Set the list of results: of the bodies that finished, in the order of their index."""
    if repeat.output:
        ordered = [results[index] for index in sorted(results, key=int)]
        host.workflow.effects.assign({repeat.output: ordered}, host)


def _close(host: Token, repeat: Repeat) -> None:
    for body in host.workflow.belongings(host.id):
        if not body.listener:
            body.cancel()
    state = host.internal_data.pop("repeat")
    _give(host, repeat, state.get("results", {}))
    host.workflow.finish(host)
