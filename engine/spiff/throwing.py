"""Errors and escalations: who catches what a token throws, from the inside out."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, NodeKind
from engine.spiff.faults import BpmnError, Fault
from engine.spiff.token import Token
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.spiff.case import Case


def catcher(token: Token, kind: EventKind, code: str | None) -> Token | None:
    """The nearest listener for an error, escalation or cancel.

    The way out of a repeated activity's run and of a compensation handler leads by its owner;
    an event subprocess does not hear what happens in itself.
    """
    case = token.workflow
    current: Token | None = token
    inside: set[str] = set()
    while current is not None:
        if found := _listening(case, current.id, kind, code, inside):
            return found
        inside.add(current.node.id)
        current = case.live.get(current.owner) if current.owner is not None else None
    return _listening(case, None, kind, code, inside)


def _listening(
    case: Case, owner: UUID | None, kind: EventKind, code: str | None, inside: set[str]
) -> Token | None:
    fitting = [
        one
        for one in case.listeners(owner)
        if one.node.event.kind is kind
        and not (one.node.kind is NodeKind.START and one.node.parent in inside)
    ]
    # an event subprocess is nearer than the border; there, the very code comes before any code
    fits = [one for one in fitting if one.node.event.code in (code, None)]
    fits.sort(key=lambda one: (one.node.kind is not NodeKind.START, one.node.event.code is None))
    return next(iter(fits), None)


def throw_error(token: Token, code: str | None, message: str = "") -> bool:
    """Let the nearest error event take over, here or in a caller; False when there is none."""
    found = catcher(token, EventKind.ERROR, code)
    if found is None:
        return _throw_to_caller(token, code, message)
    _hand_over(token, found, {"error": {"code": code, "message": message}})
    return True


def _throw_to_caller(token: Token, code: str | None, message: str) -> bool:
    effects = token.workflow.effects
    mark = effects.mark()
    if token.node.kind is NodeKind.END:
        effects.passed(token)
    if not effects.uncaught_error(token, code, message):
        effects.rewind(mark)
        return False
    token._set_state(TaskState.COMPLETED)
    return True


def throw_escalation(token: Token, code: str | None) -> None:
    """Tell the nearest escalation event; without one, nothing happens, as BPMN says."""
    found = catcher(token, EventKind.ESCALATION, code)
    if found is None:
        token.workflow.effects.uncaught_escalation(token, code)
    else:
        _hand_over(token, found, {"escalation": {"code": code}})


def _hand_over(thrower: Token, found: Token, payload: JsonObject) -> None:
    """Let a listener take what a token throws. An event that throws is reached, not cancelled,
    when its catcher interrupts; a task that fails is cancelled."""
    if found.node.interrupting and thrower.node.kind in (NodeKind.END, NodeKind.THROW):
        thrower.internal_data["thrown"] = True
    thrower.workflow.release(found, payload)


def raise_in(token: Token, error: BpmnError) -> None:
    """A business error happened at a token: to its boundary event, else an incident."""
    case = token.workflow
    if error.variables:
        case.effects.assign(error.variables, token)
    case.attempt(token, lambda one: _throw_or_fail(one, error))


def _throw_or_fail(token: Token, error: BpmnError) -> None:
    if not throw_error(token, error.code, error.message):
        raise Fault("engine.error-uncaught", error.message, error=error.code)
