# mypy: allow-subclassing-any
"""One instance at run time: its live tokens, its ready queue, its loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import EventKind, Flow, NodeKind
from engine.spiff import throwing
from engine.spiff.effects import Effects
from engine.spiff.faults import BpmnError, Fault, fault_from
from engine.spiff.graph import ProcessGraph
from engine.spiff.population import Population
from engine.spiff.token import Token
from kernel.errors import AppError
from kernel.types import JsonObject

_HEARS = frozenset({NodeKind.START, NodeKind.CATCH, NodeKind.BOUNDARY})
MAX_STEPS = 10_000  # in one run; a sound process takes a few dozen
MOST_STEPS = 100_000  # also when many parallel runs of an activity begin in it
STEPS_PER_BODY = 10
MAX_TOKENS = 25_000  # live at once in one instance


class NoPython:
    """Stands where SpiffWorkflow keeps its script engine: nothing from a diagram is Python.

    Every expression goes through `Effects` to `kernel.expressions`.
    """

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise Fault("engine.expression", "SpiffWorkflow asked for its own script engine")

    evaluate = execute = call_service = _refuse


NO_PYTHON = NoPython()


class Case(Population, BpmnWorkflow):
    """The tokens of one instance and the loop that moves them to the next wait state.

    `facts` is a small dictionary kept with the tokens (who completed which task, how often).
    """

    spec: ProcessGraph

    def __init__(
        self, graph: ProcessGraph, effects: Effects, variables: JsonObject, now: datetime
    ) -> None:
        self.now = now
        self.variables = variables
        self.effects = effects
        self.ready: deque[Token] = deque()
        self.facts: JsonObject = {}
        self.end_event: str | None = None
        self.has_ended = False
        self.allowance = MAX_STEPS
        self.steps = self.heard = 0
        Population.__init__(self)
        BpmnWorkflow.__init__(self, graph, script_engine=NO_PYTHON, deserializing=True)

    def _task_completed_notify(self, task: Token) -> None:
        """The library's hook after a token completed and its children were told."""
        self.tasks.pop(task.id, None)

    # -- making and ending tokens --------------------------------------------------------

    def spawn(self, element_id: str, **where: Any) -> Token:
        """Put a token on an element and let it become ready.

        It is nobody's child in the library's sense: children are those that a token left by.
        """
        token = Token(self, self.spec.element(element_id), None, **where)
        token.task_spec._update(token)
        return token

    def begin(self, start_event: str) -> None:
        """Put the first token on a start event."""
        node = self.spec.model.nodes[start_event]
        gateway = self.spec.model.instantiating_gateway(node)
        token = self.spawn(gateway.id if gateway else start_event, scope=None)
        if gateway is not None:
            token.internal_data["chosen"] = start_event
        elif node.kind is not NodeKind.START:
            token.internal_data["received"] = True
        self.attempt(token, self._open)

    def _open(self, token: Token) -> bool:
        """Let the process's own event subprocesses listen; where one cannot, the first token is
        the incident, and opens when it tries again."""
        token.internal_data["opens"] = True
        try:
            self.listen_for_handlers(None, None)
        except (Fault, AppError):
            for listener in self.listeners(None):
                listener.cancel()
            raise
        del token.internal_data["opens"]
        return True

    def follow(self, token: Token, flow: Flow) -> Token:
        """Make the token on the other end of a flow; the library updates it next."""
        child = self.beside(token, flow.target)
        child.internal_data["via"] = flow.id
        return child

    def beside(self, token: Token, element_id: str) -> Token:
        """Make a token on another element of the same scope, not yet ready."""
        return Token(self, self.spec.element(element_id), token, scope=token.scope)

    def watch(self, element_id: str, host: Token | None, scope: UUID | None) -> None:
        """Let a boundary event or event subprocess listen beside its host."""
        owner = host.id if host is not None else None
        element = self.spec.element(element_id)
        token = Token(self, element, None, scope=scope, owner=owner, listener=True)
        token._set_state(TaskState.WAITING)
        self.effects.listen(token, element.node.event)

    def arm(self, host: Token) -> None:
        """Let the host's boundary events listen."""
        for node in self.spec.model.boundaries(host.node.id):
            if node.event.kind is EventKind.COMPENSATION:
                continue  # that one hears only after its host is done
            self.watch(node.id, host, host.scope)

    def listen_for_handlers(self, host: Token | None, scope: UUID | None) -> None:
        """Let the event subprocesses of a scope listen."""
        for start in self.spec.handlers(host.node.id if host is not None else None):
            self.watch(start.id, host, scope)

    def note_adhoc(self, token: Token) -> None:
        """Keep where the ad-hoc subprocesses stand, so that people can act in them."""
        noted: list[str] = self.facts.setdefault("adhoc", [])
        if token.is_live:
            noted.append(str(token.id))
        elif str(token.id) in noted:
            noted.remove(str(token.id))

    def adhoc(self, element_id: str) -> list[Token]:
        """The tokens on an ad-hoc subprocess, the earliest first."""
        noted = [self.live.get(UUID(one)) for one in self.facts.get("adhoc", [])]
        return [token for token in noted if token is not None and token.node.id == element_id]

    def clear(self, owner: UUID | None, *, but: Token | None = None) -> None:
        """Cancel everything that an owner owns."""
        for token in self.belongings(owner):
            if token is not but:
                token.cancel()

    def finish(self, token: Token) -> None:
        """Complete a token from outside: a person, a machine, a called process is done."""
        self.attempt(token, Token.complete)

    def fail(self, token: Token, fault: Fault, mark: int) -> None:
        """Stop a token where it stands and tell the operator."""
        self.effects.rewind(mark)
        if token._state == TaskState.COMPLETED:
            token.internal_data["leaving"] = True
        if "undo" not in token.internal_data:  # it is armed anew when it tries again
            for listener in self.listeners(token.id):
                listener.cancel()
        token._set_state(TaskState.ERROR)
        token.internal_data["incident"] = True
        self.effects.incident(token, fault)

    def retry(self, token: Token) -> None:
        """Let a stopped token try again."""
        token.internal_data.pop("incident", None)
        token.internal_data.pop("stalled", None)
        if token.internal_data.pop("leaving", False):
            self.finish(token)
        elif "opens" not in token.internal_data or self.attempt(token, self._open) is not None:
            token.task_spec.again(token)

    # -- events ----------------------------------------------------------------------------

    def trigger(self, token: Token, payload: JsonObject | None = None) -> None:
        """What a token waits for has come from outside; one that cannot go on is an incident."""
        self.attempt(token, lambda one: self.release(one, payload))

    def release(self, token: Token, payload: JsonObject | None = None) -> None:
        """What a token waits for has happened.

        Raises: Fault when a listener cannot go on; whoever threw the event stays where it is.
        """
        if payload:
            into = token.node.event.variable
            self.effects.assign({into: payload} if into else payload, token)
        if token.listener:
            token.task_spec.fire(token)
        else:
            self.win(token)
            self.finish(token)

    def hear(self, name: str, payload: JsonObject) -> None:
        """A signal was thrown in this very instance: all who wait for it now, at once.

        Raises: Fault when signals were heard too often in this run: one that throws itself again
            beside its own listeners would breed without end.
        """
        if any(n.parent and n.event.name == name for n in self.spec.model.nodes.values()):
            self.wake_everybody()  # who sleeps may wait for it
        fitting = [
            token
            for token in self.live.values()
            if token.node.event.kind is EventKind.SIGNAL
            and token.node.event.name == name
            and (token.listener or token._state == TaskState.STARTED)
            and token.node.kind in _HEARS
        ]
        self.heard += len(fitting)
        if self.heard > MAX_TOKENS:
            message = f"signals were heard more than {MAX_TOKENS} times in one run"
            raise Fault("engine.step-limit", message, signal=name)
        for token in fitting:
            if token.is_live:
                self.effects.happened(token, "event", {"name": name})
                self.trigger(token, dict(payload))

    def win(self, token: Token) -> None:
        """The first event after an event gateway ends the others' wait."""
        race = token.internal_data.get("race")
        if race is not None:
            for other in self.belongings(token.owner):
                if other is not token and other.internal_data.get("race") == race:
                    other.cancel()

    # -- the loop --------------------------------------------------------------------------

    def grant(self, bodies: int) -> None:
        """Allow this run the steps that so many runs of an activity need."""
        self.allowance = min(self.allowance + bodies * STEPS_PER_BODY, MOST_STEPS)

    def run(self) -> None:
        """Move every ready token on until all of them wait, or the instance has ended."""
        self.steps = self.heard = 0
        while not self.has_ended:
            while self.ready and not self.has_ended:
                token = self.ready.popleft()
                if token._state == TaskState.READY:
                    self._step(token)
            if not self._settle():
                break
        if not self.has_ended:
            self._notice_stall()

    def _step(self, token: Token) -> None:
        try:
            self.attempt(token, self._run_one)
        except BpmnError as error:
            throwing.raise_in(token, error)
        self._close_empty_scopes()

    def _run_one(self, token: Token) -> None:
        self.count_step()
        token.run()

    def count_step(self) -> None:
        """One more move of this run.

        Raises: Fault when it is one too many, or the instance is too crowded
        """
        self.steps += 1
        if self.steps > self.allowance:
            raise Fault("engine.step-limit", f"more than {self.allowance} steps in one run")
        if self.busy + len(self.joining) > MAX_TOKENS:
            message = f"more than {MAX_TOKENS} places at once"
            raise Fault("engine.token-limit", message, limit=MAX_TOKENS)

    def _close_empty_scopes(self) -> None:
        while self.emptied and not self.has_ended:
            owner = self.emptied.pop()
            if self.population.get(owner):
                continue
            if owner is None:
                self._end()
            elif host := self.live.get(owner):
                self.attempt(host, host.task_spec.emptied)

    def _end(self) -> None:
        self.has_ended = True
        self.clear(None)

    def _settle(self) -> bool:
        """Nothing is ready: look at what depends on everything else; whether something moved."""
        self._close_empty_scopes()
        for token in list(self.attentive.values()):
            if token.is_live and self._reconsider(token):
                return True
        return bool(self.ready) and not self.has_ended

    def _reconsider(self, token: Token) -> bool:
        return bool(self.attempt(token, token.task_spec.reconsider))

    def attempt(self, token: Token, act: Callable[[Token], bool | None]) -> bool | None:
        """Let a token act; where it cannot, it stops there as an incident."""
        mark = self.effects.mark()
        try:
            return act(token)
        except Fault as fault:
            self.fail(token, fault, mark)
        except AppError as error:
            self.fail(token, fault_from(error), mark)
        return None

    def _notice_stall(self) -> None:
        """Nothing moves: unless somebody outside can move a token, an operator must."""
        if stuck := self.stuck():
            fault = Fault("engine.stalled", "what this waits for cannot come any more")
            stuck.internal_data["stalled"] = True
            self.fail(stuck, fault, self.effects.mark())
