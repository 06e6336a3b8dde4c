# mypy: allow-subclassing-any
"""What every element does with a token, and the activities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, Flow, Node, NodeKind
from engine.bpmn.walk import entries
from engine.spiff import compensation
from engine.spiff.faults import Fault

if TYPE_CHECKING:
    from engine.spiff.graph import ProcessGraph
    from engine.spiff.token import Token


class Element(BpmnSpecMixin):
    """A flow node: SpiffWorkflow's specification of it, with our node behind it.

    A token that arrives becomes ready, is run by the loop, and either leaves at once (`begin`
    says True) or waits (None) until somebody completes it.

    Attributes:
        attentive: its tokens must be looked at again whenever nothing else moves.
    """

    is_join = False
    waits = False  # of an activity: its boundary events listen while it is active
    hands = False  # its mappings are values of its own: handed in as it begins, out as it ends

    def __init__(self, graph: ProcessGraph, node: Node) -> None:
        super().__init__(graph, node.id, bpmn_name=node.name, lane=node.lane)
        self.node = node
        self.graph = graph
        self.attentive = type(self).reconsider is not Element.reconsider

    def test(self) -> None:
        """Whether it is wired soundly was checked when it was deployed."""

    def _predict(self, *_: object, **__: object) -> None:
        """No token stands for what might come."""

    def _update_hook(self, token: Token) -> bool:
        return True

    def _on_ready_hook(self, token: Token) -> None:
        pass

    def _run_hook(self, token: Token) -> bool | None:
        return self.begin(token)

    def begin(self, token: Token) -> bool | None:
        """Do what the element is for: True when done, None to wait."""
        return True

    def choose(self, token: Token) -> list[Flow]:
        """The flows that the token leaves by.

        Raises: Fault when a condition cannot be decided, or none holds and none is the default.
        """
        flows = self.graph.model.outgoing(self.node.id)
        if not any(flow.condition for flow in flows):
            return list(flows)
        default = self.node.default
        taken = [
            flow
            for flow in flows
            if flow.id != default
            and (not flow.condition or token.workflow.effects.condition(token, flow.condition))
        ]
        return taken or self.otherwise(flows)

    def otherwise(self, flows: tuple[Flow, ...]) -> list[Flow]:
        """The default flow, when no condition held."""
        default = [flow for flow in flows if flow.id == self.node.default]
        if not default:
            raise Fault("engine.no-way", "no condition held and no flow is the default")
        return default

    def _on_complete_hook(self, token: Token) -> None:
        case = token.workflow
        if self.hands and self.node.outputs and (token.is_body or self.node.repeat is None):
            case.effects.hand_out(token)
        leaves = not token.is_body and token.owner == token.scope
        flows = self.choose(token) if leaves else []
        for listener in case.listeners(token.id):
            listener.cancel()
        self.keep(token)
        case.effects.passed(token)
        if token.is_body:
            self.body_done(token)
        elif leaves and token.scope is not None and self.tell_scope(token):
            return
        for flow in flows:
            case.follow(token, flow)

    def keep(self, token: Token) -> None:
        """Remember what may have to be compensated."""

    def tell_scope(self, token: Token) -> bool:
        """Tell the subprocess around that an activity is done; whether nothing follows."""
        return False

    def activity_done(self, token: Token, done: Token) -> bool:
        """An activity inside of this scope is done; whether nothing follows it."""
        return False

    def body_done(self, token: Token) -> None:
        """One run of a multi-instance activity is over."""

    def emptied(self, token: Token) -> None:
        """The last of what the token owned is gone (listeners do not count)."""
        if "undo" in token.internal_data:
            compensation.go_on(token)

    def undone(self, token: Token) -> None:
        """What the token had to compensate is compensated."""

    def hopes(self, token: Token) -> bool:
        """Whether somebody outside can still move a token that waits here."""
        return token._state in (TaskState.STARTED, TaskState.ERROR)

    def _on_cancel(self, token: Token) -> None:
        case = token.workflow
        case.effects.stop(token)
        case.clear(token.id)
        if not token.listener and "silent" not in token.internal_data:
            case.effects.passed(token, cancelled="thrown" not in token.internal_data)

    def again(self, token: Token) -> None:
        """An operator lets a stopped token try once more."""
        token._set_state(TaskState.READY)

    def fire(self, token: Token) -> None:
        """The event that a listening token waits for has come."""
        raise NotImplementedError(self.node.kind)

    def reconsider(self, token: Token) -> bool:
        """Look again, now that nothing else moves; whether the token moved."""
        return False


class Activity(Element):
    """A task or subprocess: it may carry boundary events and repeat."""

    waits = True  # one that never waits needs no boundary events armed
    hands = True

    def _run_hook(self, token: Token) -> bool | None:
        from engine.spiff import repeat

        if "undo" in token.internal_data:  # an operator lets it try again
            compensation.go_on(token)
            return None
        if self.node.repeat is not None and not token.is_body:
            token.workflow.arm(token)
            return True if not repeat.begin(token, self.node.repeat) else None
        if self.waits and not token.is_body:
            token.workflow.arm(token)
        effects = token.workflow.effects
        if self.node.data:
            token.own = {**(token.own or {}), **effects.declared(token, self.node.data)}
        if self.hands and self.node.inputs:
            token.own = {**(token.own or {}), **effects.hand_in(token)}
        return self.begin(token)

    def keep(self, token: Token) -> None:
        """What completed can be compensated."""
        compensation.remember(token)

    def hopes(self, token: Token) -> bool:
        """Several runs are moved by what moves each of them."""
        return super().hopes(token) and "repeat" not in token.internal_data

    def tell_scope(self, token: Token) -> bool:
        """Only an ad-hoc subprocess listens."""
        host = token.workflow.live.get(token.scope) if token.scope is not None else None
        if host is None or host.node.adhoc is None:
            return False
        return bool(host.task_spec.activity_done(host, token))

    def body_done(self, token: Token) -> None:
        """Count it at the multi-instance activity."""
        from engine.spiff import repeat

        repeat.body_done(token)


class PassThrough(Activity):
    """A plain task is a remark on the diagram."""

    waits = False


class UserTask(Activity):
    """Waits for people."""

    def begin(self, token: Token) -> None:
        """Offer it."""
        token.workflow.effects.open_work(token)


class ManualTask(Activity):
    """Work that Ravand does not see, unless the designer named a performer."""

    def begin(self, token: Token) -> bool | None:
        """Offer it if it says to whom."""
        if self.node.performer is None:
            return True
        token.workflow.effects.open_work(token)
        return None


class MachineTask(Activity):
    """A service or send task: a connector runs it in a job; a send task may throw a message."""

    hands = False

    def begin(self, token: Token) -> bool | None:
        """Hand it over."""
        effects = token.workflow.effects
        if self.node.connector is not None:
            effects.start_activity(token)
            return None
        if self.node.event.kind is EventKind.MESSAGE:
            effects.throw(token, self.node.event)
        effects.notify(token, self.node.notifies_on(None))
        return True


class ReceiveTask(Activity):
    """Waits for a message, unless the message began the case."""

    def begin(self, token: Token) -> bool | None:
        """Subscribe."""
        if token.internal_data.pop("received", False):
            return True
        token.workflow.effects.listen(token, self.node.event)
        return None


class ScriptTask(Activity):
    """Assignments in our expression language."""

    waits = False

    def begin(self, token: Token) -> bool:
        """Run them."""
        token.workflow.effects.script(token, self.node)
        return True


class CallActivity(Activity):
    """Another process, as an instance of its own under the same root."""

    hands = False

    def begin(self, token: Token) -> None:
        """Start it."""
        token.workflow.effects.call(token)


class SubProcess(Activity):
    """An embedded subprocess: a scope inside of the same instance, with the same variables."""

    def begin(self, token: Token) -> bool | None:
        """Put tokens on its start events (or on the one event that woke an event subprocess)."""
        case = token.workflow
        woken_by = token.internal_data.get("entry")
        inside = [n for n in entries(self.graph.model, self.node.id) if not n.triggered_by_event]
        if woken_by:
            inside = [self.graph.model.nodes[woken_by]]
        elif not self.node.triggered_by_event:
            inside = [
                n for n in inside if n.kind is not NodeKind.START or n.event.kind is EventKind.NONE
            ]
        if not inside:
            return True
        case.listen_for_handlers(token, token.id)
        for node in inside:
            case.spawn(node.id, scope=token.id)
        return None

    def emptied(self, token: Token) -> None:
        """Everything inside came to its end: so does the subprocess."""
        if "undo" in token.internal_data:
            compensation.go_on(token)
        elif "revived" in token.internal_data:
            compensation.vanish(token)
        elif "repeat" not in token.internal_data:
            token.workflow.finish(token)

    def undone(self, token: Token) -> None:
        """A completed subprocess was undone from within."""
        compensation.vanish(token)

    def hopes(self, token: Token) -> bool:
        """It is moved by what moves inside."""
        return bool(token._state == TaskState.ERROR)
