# mypy: allow-subclassing-any
"""The complex gateway (BPMN 13.4.5): goes on when its condition holds, then absorbs the rest.

It reads `activationCount` (how many tokens have arrived), `arrived` (how many by each incoming
flow's id) and `waitingForStart`. After it fired, a token of its own, the keeper, stays behind
until every flow that gave nothing yet has given its token, or none can come by it any more. A flow
whose condition names `waitingForStart` is looked at once more then.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Flow, Node
from engine.bpmn.walk import successors
from engine.spiff.faults import Fault
from engine.spiff.gateways import Join
from engine.spiff.token import Token
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.spiff.graph import ProcessGraph

PHASE = "waitingForStart"


class Complex(Join):
    """Splits by conditions as an inclusive gateway does; joins by its own."""

    def __init__(self, graph: ProcessGraph, node: Node) -> None:
        super().__init__(graph, node)
        self.is_join = self.is_join or node.activation is not None
        self.attentive = self.is_join
        self._ways: dict[str, frozenset[str]] = {}

    def begin(self, token: Token) -> bool | None:
        """A token has arrived: go on with it if that is enough, else it waits."""
        if not self.is_join:
            return True
        waiting = self._waiting(token)
        if self._keeper(token) is None and self._is_enough(token, waiting):
            self._fire(token, waiting)
            return True
        token.own = None
        token._set_state(TaskState.WAITING)
        return None

    def again(self, token: Token) -> None:
        """It asks its condition again, with all that have come."""
        token._set_state(TaskState.READY)

    def _is_enough(self, token: Token, waiting: list[Token]) -> bool:
        by_flow = Counter(_way(one) for one in (*waiting, token))
        arrived = {flow: by_flow[flow] for flow in self.node.incoming}
        count = len(waiting) + 1
        token.own = {"activationCount": count, "arrived": arrived, PHASE: True}
        return token.workflow.effects.condition(token, self.node.activation or "= true")

    def _fire(self, token: Token, waiting: list[Token]) -> None:
        """Take one token of each flow that has one, and remember which flows are to come."""
        first = {_way(one): one for one in reversed(waiting)}
        first.pop(_way(token), None)
        self.absorb(list(first.values()))
        fired = [flow for flow in self.node.incoming if flow in first or flow == _way(token)]
        if len(fired) < len(self.node.incoming) or self._second():
            keeper = Token(token.workflow, self, None, scope=token.scope)
            keeper.internal_data["fired"] = fired
            keeper._set_state(TaskState.WAITING)

    def reconsider(self, token: Token) -> bool:
        """Reset when all that can come has come; stop when the condition can hold no more."""
        if token._state != TaskState.WAITING:
            return False
        if "fired" in token.internal_data:
            return self._reset(token)
        waiting = self._waiting(token)
        if self._keeper(token) is not None or self._stopped(token):
            return False
        if self._coming(token, set(self.node.incoming), set()):
            return False
        if not self._is_enough(token, waiting):
            text = self.node.activation
            raise Fault("engine.no-activation", "no more tokens can come", expression=text)
        token._ready()
        return True

    def _reset(self, keeper: Token) -> bool:
        fired = set(keeper.internal_data["fired"])
        waiting = self._waiting(keeper)
        late = {_way(one): one for one in reversed(waiting) if _way(one) not in fired}
        awaited = set(self.node.incoming) - fired - late.keys()
        if self._coming(keeper, awaited, fired | late.keys()):
            return False
        flows = self._again(keeper)
        self.absorb(list(late.values()))
        case = keeper.workflow
        for child in [case.follow(keeper, flow) for flow in flows]:
            child.task_spec._update(child)
        keeper._set_state(TaskState.CANCELLED)
        for one in waiting:
            if one.is_live:
                one._ready()  # the first of the next round
        return True

    def _second(self) -> list[Flow]:
        flows = self.graph.model.outgoing(self.node.id)
        return [flow for flow in flows if PHASE in (flow.condition or "")]

    def _again(self, keeper: Token) -> list[Flow]:
        """The flows that a reset takes."""
        keeper.own = {PHASE: False}
        holds = keeper.workflow.effects.condition
        return [flow for flow in self._second() if holds(keeper, flow.condition or "")]

    def _here(self, token: Token) -> list[Token]:
        return token.workflow.standing(self, token.scope)

    def _waiting(self, token: Token) -> list[Token]:
        """The others that wait here, the earliest first."""
        here = self._here(token)
        return [one for one in here if one is not token and "fired" not in one.internal_data]

    def _keeper(self, token: Token) -> Token | None:
        return next((one for one in self._here(token) if "fired" in one.internal_data), None)

    def _stopped(self, token: Token) -> bool:
        joining = token.workflow.joining.values()
        mine = (one for one in joining if one.task_spec is self and one.scope == token.scope)
        return any(one._state == TaskState.ERROR for one in mine)

    def _coming(self, token: Token, flows: set[str], had: set[str]) -> bool:
        """Whether some token elsewhere can come by one of the flows, unless it can as well
        come by one that was had already: then it is of the next round."""
        for other in token.workflow.tokens_in(token.scope):
            if other.task_spec is not self:
                ways = self._ways_from(other.node.id)
                if ways & flows and not ways & had:
                    return True
        return False

    def _ways_from(self, source: str) -> frozenset[str]:
        """The incoming flows by which a token on `source` can come here."""
        if source not in self._ways:
            model, seen, queue = self.graph.model, {source}, [source]
            while queue:
                for following in successors(model, model.nodes[queue.pop()]):
                    if following not in seen and following != self.node.id:
                        seen.add(following)
                        queue.append(following)
            ways = (flow for flow in self.node.incoming if model.flows[flow].source in seen)
            self._ways[source] = frozenset(ways)
        return self._ways[source]


def _way(token: Token) -> str:
    found: JsonObject = token.internal_data
    return str(found.get("via", ""))
