# mypy: allow-subclassing-any
"""Transactions: a subprocess that can be cancelled, and then undoes what was done in it."""

from __future__ import annotations

from engine.bpmn.model import EventKind, NodeKind
from engine.spiff import compensation, throwing
from engine.spiff.elements import SubProcess
from engine.spiff.faults import Fault
from engine.spiff.token import Token

# What a cancelled transaction still listens to: the end of its undoing, and trouble in it.
_STILL_HEARD = (EventKind.CANCEL, EventKind.ERROR, EventKind.ESCALATION)


class Transaction(SubProcess):
    """Completes like a subprocess; when cancelled it undoes its work and leaves by its cancel
    boundary event. An error that leaves it (a hazard) undoes nothing, as BPMN says."""

    def undone(self, token: Token) -> None:
        """Everything is compensated: leave by the cancel boundary event."""
        if "cancelled" not in token.internal_data:
            super().undone(token)
            return
        case = token.workflow
        boundary = throwing.catcher(token, EventKind.CANCEL, None)
        if boundary is None:
            raise Fault("engine.cancel-uncaught", "the transaction has no cancel boundary event")
        case.release(boundary)


def cancel(thrower: Token) -> None:
    """A cancel end event: take away what is under way in its transaction, then undo the rest."""
    case = thrower.workflow
    host = _transaction(thrower)
    if host.is_body and host.owner is not None:
        host = case.live[host.owner]  # one run that cancels cancels the transaction, all its runs
    host.internal_data |= {"undo": compensation.take_all(host), "cancelled": True}
    thrower.internal_data["thrown"] = True
    for inner in case.belongings(host.id):
        if inner.scope == host.id or inner.node.event.kind not in _STILL_HEARD:
            inner.cancel()  # the last one gone, the case lets the host go on (`emptied`)


def _transaction(token: Token) -> Token:
    """The innermost transaction around a token."""
    case, scope = token.workflow, token.scope
    while scope is not None:
        host = case.live[scope]
        if host.node.kind is NodeKind.TRANSACTION and "cancelled" not in host.internal_data:
            return host
        scope = host.scope
    raise Fault("engine.cancel-uncaught", "no transaction is around the cancel end event")
