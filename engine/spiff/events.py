# mypy: allow-subclassing-any
"""Events: starts, ends, catches, throws and boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, Flow, Node
from engine.bpmn.walk import link_targets
from engine.spiff import compensation, throwing, transactions
from engine.spiff.elements import Element
from engine.spiff.faults import Fault

if TYPE_CHECKING:
    from engine.spiff.graph import ProcessGraph
    from engine.spiff.token import Token

WAITS_OUTSIDE = frozenset({EventKind.TIMER, EventKind.MESSAGE, EventKind.SIGNAL})
LEAVES = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})


def becomes_true(token: Token) -> bool:
    """Whether a conditional event's condition holds now and did not when last looked at."""
    expression = token.node.event.condition
    holds = bool(expression) and token.workflow.effects.condition(token, expression or "")
    before = token.internal_data.get("held", False)
    token.internal_data["held"] = holds
    return holds and not before


class Event(Element):
    """An event; only a condition is looked at again and again."""

    def __init__(self, graph: ProcessGraph, node: Node) -> None:
        super().__init__(graph, node)
        self.attentive = node.event.kind is EventKind.CONDITIONAL


class Start(Event):
    """Where a scope begins; that of an event subprocess listens first."""

    hands = True

    def begin(self, token: Token) -> bool | None:
        """Tell whoever the start event names; give a process its data objects."""
        if token.listener:
            fire_again(token)
            return None
        case, data = token.workflow, self.graph.model.data
        if data and token.scope is None and self.node.parent is None:
            wanted = tuple(one for one in data if one.target not in case.variables)
            case.effects.assign(case.effects.declared(token, wanted))
        case.effects.notify(token, self.node.notifies_on(None))
        return True

    def fire(self, token: Token) -> None:
        """Begin the event subprocess that this start belongs to."""
        case = token.workflow
        name_caught(token)
        case.effects.happened(token, "event", {})
        if self.node.interrupting:
            for other in case.belongings(token.owner):
                if other is not token and other.scope == token.scope:
                    other.cancel()  # all inside; boundary events of the host go on listening
            token._set_state(TaskState.COMPLETED)
            case.effects.stop(token)
        else:
            rearm(token)  # what may fail comes before the handler
        handler = case.beside(token, self.node.parent or "")
        handler.internal_data["entry"] = self.node.id
        handler.task_spec._update(handler)

    def reconsider(self, token: Token) -> bool:
        """A conditional event subprocess looks at the variables."""
        return token.listener is True and look_again(token)


class Catch(Event):
    """Waits in the flow for a timer, message, signal or condition."""

    hands = True

    def begin(self, token: Token) -> bool | None:
        """Listen; links and milestones pass."""
        event = self.node.event
        if token.internal_data.pop("received", False):
            return True
        if event.kind in WAITS_OUTSIDE:
            token.workflow.effects.listen(token, event)
            return None
        if event.kind is EventKind.CONDITIONAL and not becomes_true(token):
            return None
        token.workflow.win(token)
        return True

    def _on_complete_hook(self, token: Token) -> None:
        token.workflow.effects.notify(token, self.node.notifies_on(None))
        super()._on_complete_hook(token)

    def reconsider(self, token: Token) -> bool:
        """A conditional event looks at the variables."""
        return token._state == TaskState.STARTED and look_again(token)


class Throw(Element):
    """Sends, tells, escalates, compensates, or jumps to its link."""

    def begin(self, token: Token) -> bool | None:
        """Do what the event says."""
        effects, event = token.workflow.effects, self.node.event
        if "undo" not in token.internal_data:  # else an operator lets it try again
            effects.notify(token, self.node.notifies_on(None))
        if event.kind in LEAVES:
            token.internal_data["thrown"] = True  # whoever hears it may take this token away
            try:
                effects.throw(token, event)
            finally:
                del token.internal_data["thrown"]
        elif event.kind is EventKind.ESCALATION:
            throwing.throw_escalation(token, event.code)
        elif event.kind is EventKind.COMPENSATION:
            return compensation.throw(token) or None
        return True

    def undone(self, token: Token) -> None:
        """All handlers are done: go on, unless the token went on before."""
        if "silent" in token.internal_data:
            compensation.vanish(token)
        else:
            token.workflow.finish(token)

    def hopes(self, token: Token) -> bool:
        """One that compensates is moved by the handlers."""
        return bool(token._state == TaskState.ERROR)

    def choose(self, token: Token) -> list[Flow]:
        """A link goes on at the catching link of its name."""
        if self.node.event.kind is not EventKind.LINK:
            return super().choose(token)
        return [
            Flow(id=f"link:{self.node.id}", source=self.node.id, target=target.id)
            for target in link_targets(self.graph.model, self.node)[:1]
        ]


class End(Throw):
    """Takes a token away; some kinds take others along or raise an error."""

    def begin(self, token: Token) -> bool | None:
        """Do what the end event says."""
        case, event = token.workflow, self.node.event
        done = super().begin(token)
        if token.scope is None:
            case.end_event = self.node.id
        if event.kind is EventKind.TERMINATE:
            case.clear(token.scope, but=token)
        elif event.kind is EventKind.CANCEL:
            transactions.cancel(token)
        elif event.kind is EventKind.ERROR and not throwing.throw_error(
            token, event.code, self.node.name
        ):
            raise Fault("engine.error-uncaught", self.node.name, error=event.code)
        return done

    def choose(self, token: Token) -> list[Flow]:
        """Nothing follows an end."""
        return []

    def undone(self, token: Token) -> None:
        """All handlers are done, perhaps long after the end was reached."""
        if token.scope is None:
            token.workflow.end_event = self.node.id
        super().undone(token)


class Boundary(Event):
    """Listens beside its host; interrupting or not, again and again where BPMN says so."""

    def begin(self, token: Token) -> None:
        """An operator lets it try again."""
        fire_again(token)

    def fire(self, token: Token) -> None:
        """Leave by the boundary's flows; end the host if it interrupts."""
        case = token.workflow
        name_caught(token)
        flows = self.choose(token)
        case.effects.notify(token, self.node.notifies_on(None))  # what may fail comes first
        if self.node.interrupting and token.owner is not None:
            host = case.live.get(token.owner)
            token._set_state(TaskState.COMPLETED)
            case.effects.stop(token)
            if host is not None:
                host.cancel()
        else:
            rearm(token)
        case.effects.passed(token)
        for child in [case.follow(token, flow) for flow in flows]:
            child.task_spec._update(child)

    def reconsider(self, token: Token) -> bool:
        """A conditional boundary looks at the variables."""
        return look_again(token)


def name_caught(token: Token) -> None:
    """What was caught goes into the variables that the event names."""
    if token.node.outputs:
        token.workflow.effects.hand_out(token)


def fire_again(token: Token) -> None:
    """An operator lets a listener try again: what came has come, but a condition is asked anew."""
    if token.node.event.kind is EventKind.CONDITIONAL:
        token.internal_data["held"] = False
        token._set_state(TaskState.WAITING)
    else:
        token.task_spec.fire(token)
        if token.is_live:
            token._set_state(TaskState.WAITING)


def look_again(token: Token) -> bool:
    """Trigger a conditional event that became true."""
    if token.node.event.kind is not EventKind.CONDITIONAL or not becomes_true(token):
        return False
    token.workflow.count_step()
    token.workflow.trigger(token)
    return True


def rearm(token: Token) -> None:
    """A listener that does not interrupt hears again; a timer only while its cycle lasts."""
    if token.node.event.kind is not EventKind.TIMER or not token.is_live:
        return
    if token.workflow.effects.rearm(token) is None:
        token._set_state(TaskState.COMPLETED)
