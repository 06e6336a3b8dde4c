"""Compensation: what completed is remembered with its scope, and undone in reverse order.

An entry of the memory is a list `[number, activity, own, inside]`: the how-manieth completion
of the instance it was, the activity, its own variables as they were then, and for a subprocess
the entries of what completed inside it. Only what can be compensated is remembered; what is
compensated is taken out. A memory is kept by its scope's token (`done` in its data) and goes
away with it, that of the process itself by the case's facts.

Whoever compensates (a throwing event, a cancelled transaction, a completed subprocess that is
undone from within) drives: it keeps the list of what is left in `undo`, in the order of
completion, and owns the handler that runs; when that is done, the last of the list comes next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, Node, NodeKind
from engine.spiff.faults import Fault
from engine.spiff.token import Token
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.spiff.case import Case

Entry: TypeAlias = list[Any]


# -- remembering -----------------------------------------------------------------------------


def remember(token: Token) -> None:
    """Note that an activity completed, if it can be compensated."""
    case, node = token.workflow, token.node
    if node.id not in case.spec.compensable or is_undoing(token) or "kept" in token.internal_data:
        return
    token.internal_data["kept"] = True  # it may have to leave again, after an incident
    keeper = _keeper(case, token.owner if token.is_body else token.scope)
    inside = token.internal_data.pop("done", None)
    if node.repeat is not None and not token.is_body:
        if inside:
            keeper.setdefault("done", []).extend(inside)
        return
    number = case.facts.get("completions", 0) + 1
    case.facts["completions"] = number
    keeper.setdefault("done", []).append([number, node.id, token.own, inside])


def is_undoing(token: Token) -> bool:
    """Whether the token is part of a compensation: such work is not compensated itself."""
    node = token.node
    if node.for_compensation or "revived" in token.internal_data:
        return True
    entry = token.internal_data.get("entry")
    start = token.workflow.spec.model.nodes.get(entry) if entry else None
    return start is not None and start.event.kind is EventKind.COMPENSATION


def _keeper(case: Case, holder: UUID | None) -> JsonObject:
    """Where the memory of a scope is kept."""
    return case.facts if holder is None else case.live[holder].internal_data


# -- throwing --------------------------------------------------------------------------------


def throw(token: Token) -> bool:
    """Compensate what a throwing event names; whether the token may leave at once."""
    event, data = token.node.event, token.internal_data
    if "undo" not in data:
        undo = _visible(token, event.activity)
        if not undo:
            return True
        if not event.waits:
            _drive_beside(token, undo)
            return True
        data["undo"] = undo
    go_on(token)
    return False


def _visible(token: Token, activity: str | None) -> list[list[Any]]:
    """Take out what a throwing event may compensate: of its own scope, and of the scope around
    an event subprocess it stands in."""
    case, scope = token.workflow, token.scope
    found = _take(case, scope, activity)
    while scope is not None and (host := case.live[scope]).node.triggered_by_event:
        scope = host.scope
        found += _take(case, scope, activity)
    return _in_order(found)


def _take(case: Case, scope: UUID | None, activity: str | None) -> list[list[Any]]:
    """Take the entries (of one activity) out of a scope's memory, each with its scope."""
    keeper = _keeper(case, scope)
    entries: list[Entry] = keeper.pop("done", [])
    if kept := [one for one in entries if activity is not None and one[1] != activity]:
        keeper["done"] = kept
    where = scope.hex if scope is not None else None
    return [[where, one] for one in entries if activity is None or one[1] == activity]


def take_all(host: Token) -> list[list[Any]]:
    """Take out what completed in a scope and in the scopes still at work in it; their handlers
    are to run in the outer one."""
    found: list[list[Any]] = []
    holders: list[tuple[Token, JsonObject]] = [(host, {})]
    while holders:
        holder, around = holders.pop()
        for number, activity, own, inside in holder.internal_data.pop("done", []):
            entry = [number, activity, {**around, **(own or {})} or None, inside]
            found.append([host.id.hex, entry])
        for inner in holder.workflow.belongings(holder.id):
            holders.append((inner, {**around, **(inner.own or {})}))
    return _in_order(found)


def _in_order(undo: list[list[Any]]) -> list[list[Any]]:
    return sorted(undo, key=lambda one: int(one[1][0]))


def _drive_beside(token: Token, undo: list[list[Any]]) -> None:
    """Compensate while the throwing token goes on: a silent one of the same element drives."""
    case = token.workflow
    driver = Token(case, token.task_spec, None, scope=token.scope)
    driver.internal_data |= {"undo": undo, "silent": True}
    driver._ready()


# -- driving ---------------------------------------------------------------------------------


def go_on(driver: Token) -> None:
    """Start the next handler; when none is left, the driver is done."""
    undo = driver.internal_data["undo"]
    while undo:
        where, entry = undo[-1]
        begun = _undo_one(driver, UUID(where) if where else None, entry)
        undo.pop()
        if begun:
            return
    del driver.internal_data["undo"]
    try:
        driver.task_spec.undone(driver)
    except Fault:
        driver.internal_data["undo"] = []  # an operator lets it try this again
        raise


def _undo_one(driver: Token, scope: UUID | None, entry: Entry) -> bool:
    """Run one activity's handler, or undo a subprocess from within; False when it has neither."""
    case, (_, activity, own, _inside) = driver.workflow, entry
    boundary = case.spec.compensation_boundary(activity)
    if boundary is not None:
        event = Token(
            case, case.spec.element(boundary.id), None, scope=scope, owner=driver.id, local=own
        )
        case.effects.notify(event, boundary.notifies_on(None))
        event._set_state(TaskState.COMPLETED)
        case.tasks.pop(event.id, None)
        case.effects.passed(event)
        case.spawn(boundary.handler or "", scope=scope, owner=driver.id, local=own)
        return True
    if case.spec.model.nodes[activity].kind not in _WITH_INSIDES:
        return False
    _revive(driver, scope, entry, case.spec.compensation_start(activity))
    return True


_WITH_INSIDES = (NodeKind.SUBPROCESS, NodeKind.TRANSACTION, NodeKind.ADHOC)


def _revive(driver: Token, scope: UUID | None, entry: Entry, start: Node | None) -> None:
    """Stand a completed subprocess up again with its memory, for its compensation event
    subprocess to run in, or else the handlers of what completed inside."""
    case, (_, activity, own, inside) = driver.workflow, entry
    host = Token(case, case.spec.element(activity), None, scope=scope, owner=driver.id, local=own)
    host.internal_data["revived"] = True
    host._set_state(TaskState.STARTED)
    if start is None:
        where = host.id.hex
        host.internal_data["undo"] = _in_order([[where, one] for one in inside or []])
        go_on(host)
        return
    host.internal_data["done"] = inside or []
    handler = Token(case, case.spec.element(start.parent or ""), None, scope=host.id)
    handler.internal_data["entry"] = start.id
    handler._ready()


def vanish(token: Token) -> None:
    """End a token that only drove; nobody is told, for it did not go anywhere."""
    token._set_state(TaskState.COMPLETED)
    token.workflow.tasks.pop(token.id, None)
