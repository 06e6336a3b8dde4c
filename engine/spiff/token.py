# mypy: allow-subclassing-any
"""A token: SpiffWorkflow's task, sharing its instance's variables and indexed by its case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Node
from kernel.ids import new_id
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.elements import Element


def counters(repeat: JsonObject) -> JsonObject:
    """BPMN's counters of a repeated activity, under the standard's names and Camunda 7's."""
    total, done = repeat["total"], repeat["done"]
    if total is None:
        return {"loopCounter": done}
    gone = repeat.get("gone", 0)
    active = repeat["begun"] - done - gone
    return {
        "numberOfInstances": total,
        "numberOfActiveInstances": active,
        "numberOfCompletedInstances": done,
        "numberOfTerminatedInstances": gone,
        "nrOfInstances": total,
        "nrOfActiveInstances": active,
        "nrOfCompletedInstances": done,
    }


LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED | TaskState.ERROR


class Token(Task):
    """One place where an instance stands.

    Attributes:
        scope: the token of the subprocess it is in; None in the process itself.
        owner: whose end takes this token along: the host of a boundary event, the
            multi-instance activity of a body, else the scope.
        listener: a boundary event or event subprocess that waits; it keeps nothing open.
        own: variables of this token, seen here and by the tokens inside of it: the item of a
            multi-instance body, the values handed into a subprocess. None when it has none.
        since: when it came to life.

    `internal_data` is what the state keeps besides: `via` (the flow it came by), `race` (the
    event gateway), `body` (index in a multi-instance),
    `said` (the answers given in a body), `leaving` (done, but a flow's condition
    failed) and what an element notes for itself.
    """

    workflow: Case
    task_spec: Element
    internal_data: JsonObject
    id: UUID
    _state: int

    def __init__(
        self,
        case: Case,
        spec: Element,
        parent: Token | None,
        *,
        scope: UUID | None,
        owner: UUID | None = None,
        local: JsonObject | None = None,
        listener: bool = False,
    ) -> None:
        self.scope = scope
        self.owner = owner or scope
        self.listener = listener
        self.own = local
        self.since: datetime = case.now
        super().__init__(case, spec, parent, TaskState.FUTURE, new_id())
        self.data = case.variables

    @property
    def node(self) -> Node:
        """The element it stands on."""
        return self.task_spec.node

    @property
    def is_live(self) -> bool:
        """Neither still to come nor gone."""
        return bool(self._state & LIVE)

    @property
    def is_body(self) -> bool:
        """One of the runs of a multi-instance activity."""
        return "body" in self.internal_data

    def chain(self) -> Iterator[Token]:
        """This token and those around it, outwards: its repeated activity, its subprocess."""
        current: Token | None = self
        while current is not None:
            yield current
            around = current.owner if current.is_body else current.scope
            current = self.workflow.live.get(around) if around is not None else None

    @property
    def local(self) -> JsonObject | None:
        """What is seen here besides the instance's variables, the innermost first."""
        if self.scope is None and not self.is_body and "repeat" not in self.internal_data:
            return self.own
        seen: JsonObject = {}
        for token in reversed(list(self.chain())):
            if repeat := token.internal_data.get("repeat"):
                seen |= counters(repeat)
            seen |= {**(token.own or {}), **token.internal_data.get("said", {})}
        return seen

    def assign(self, values: JsonObject) -> JsonObject:
        """Set those that a token around this one has as its own; the others, for the instance."""
        if self.scope is None and not self.is_body and not self.own:
            return values
        left = dict(values)
        for token in self.chain():
            for name in list(left):
                if name in token.internal_data.get("said", {}):
                    token.internal_data["said"][name] = left[name]
                if token.own and name in token.own:
                    token.own = {**token.own, name: left.pop(name)}
        return left

    def run(self) -> Any:
        """As the library's, but a run that ended its own token is left at that."""
        result = self.task_spec._run(self)
        if self._state & TaskState.FINISHED_MASK:
            return result
        if result is not None:
            self.complete()
        elif self._state != TaskState.WAITING:  # a join may have told it to wait for others
            self._set_state(TaskState.STARTED)
        return result

    def cancel(self) -> None:
        """Take the token away, and everything it owns with it."""
        if self.is_live:
            self._set_state(TaskState.CANCELLED)
            self.task_spec._on_cancel(self)

    def _set_state(self, value: int) -> None:
        was, self._state = self._state & LIVE, value
        case = self.workflow
        if value & LIVE:
            if not was:
                case.entered(self)
            if value == TaskState.READY:
                case.ready.append(self)
        elif was:
            case.left(self)

    def _inherit_data(self) -> None:
        """Nothing to inherit: every token of an instance reads and writes the same variables."""
