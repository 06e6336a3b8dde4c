# mypy: allow-subclassing-any
"""Gateways. Joins count the tokens that arrived on each flow, so they are right inside loops."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.model import Flow, Node
from engine.spiff.elements import Element

if TYPE_CHECKING:
    from engine.spiff.graph import ProcessGraph
    from engine.spiff.token import Token


class Exclusive(Element):
    """The first flow whose condition holds, else the default."""

    def choose(self, token: Token) -> list[Flow]:
        """In the order of the diagram."""
        flows = self.graph.model.outgoing(self.node.id)
        if len(flows) < 2 and not any(flow.condition for flow in flows):
            return list(flows)
        for flow in flows:
            if flow.id == self.node.default:
                continue
            if not flow.condition or token.workflow.effects.condition(token, flow.condition):
                return [flow]
        return self.otherwise(flows)


class Join(Element):
    """A gateway at which tokens may have to wait for others."""

    def __init__(self, graph: ProcessGraph, node: Node) -> None:
        super().__init__(graph, node)
        self.is_join = len(node.incoming) > 1

    def first_by_flow(self, token: Token) -> dict[str, Token]:
        """The earliest of the tokens that wait here in the same scope, by the flow they came by."""
        found: dict[str, Token] = {}
        for waiting in token.workflow.standing(self, token.scope, stalled=True):
            found.setdefault(waiting.internal_data.get("via", ""), waiting)
        return found

    def again(self, token: Token) -> None:
        """An operator lets a join that waited in vain go on without what cannot come: as one,
        with what has come."""
        if self.is_join:
            arrived = self.first_by_flow(token)
            arrived.pop(token.internal_data.get("via", ""), None)
            self.absorb(list(arrived.values()))
        super().again(token)

    def absorb(self, tokens: list[Token]) -> None:
        """Take away tokens that go on as one."""
        for token in tokens:
            self.relieve(token)
            token._set_state(TaskState.CANCELLED)

    def relieve(self, token: Token) -> None:
        """What a stalled token waited for has come after all: it is no incident any more."""
        if token._state == TaskState.ERROR:
            token.workflow.effects.stop(token)
            token.internal_data.pop("incident", None)
            token.internal_data.pop("stalled", None)


class Parallel(Join):
    """One token from each incoming flow goes on as one to every outgoing flow."""

    def _update_hook(self, token: Token) -> bool:
        if not self.is_join:
            return True
        token._set_state(TaskState.WAITING)
        return self.meet(token)

    def meet(self, token: Token) -> bool:
        """Go on as one when a token has come by every flow; whether that one is `token`."""
        arrived = self.first_by_flow(token)
        if not set(self.node.incoming) <= arrived.keys():
            return False
        partners = [arrived[flow] for flow in self.node.incoming]
        chosen = token if token in partners else partners[-1]
        self.absorb([partner for partner in partners if partner is not chosen])
        if chosen is token:
            return True
        self.relieve(chosen)
        chosen._ready()
        return False

    def choose(self, token: Token) -> list[Flow]:
        """All of them; BPMN ignores conditions here."""
        return list(self.graph.model.outgoing(self.node.id))


class Inclusive(Join):
    """Every flow whose condition holds; joins when no token is missing (BPMN 2.0.2, 13.4.3).

    A token elsewhere in the scope is waited for while it can come by a flow that has no token
    yet, unless it can just as well come by one that has: then it is the next round's.
    """

    def _update_hook(self, token: Token) -> bool:
        if not self.is_join:
            return True
        token._set_state(TaskState.WAITING)
        return False

    def reconsider(self, token: Token) -> bool:
        """Go on, one token of each flow, once nothing under way is missing."""
        if token._state != TaskState.WAITING:
            return False
        arrived = self.first_by_flow(token)
        if any(self._is_missing(other, arrived.keys()) for other in self._others(token)):
            return False
        chosen = arrived.pop(token.internal_data.get("via", ""))
        self.absorb(list(arrived.values()))
        self.relieve(chosen)
        chosen._ready()
        return True

    def _others(self, token: Token) -> Iterator[Token]:
        """The tokens that flow in the same scope; not those that compensate, nor listeners."""
        for other in token.workflow.tokens_in(token.scope):
            waits_here = other.task_spec is self and other._state == TaskState.WAITING
            flows = other.owner == other.scope and "silent" not in other.internal_data
            if flows and not waits_here:
                yield other

    def _is_missing(self, other: Token, arrived: Set[str]) -> bool:
        ways = self.graph.ways_to(self.node.id).get(other.node.id, frozenset())
        return bool(ways) and not ways & arrived


class EventGateway(Element):
    """The events behind it race; the first to happen wins.

    One that began the case (`chosen` says by which event) leads to that event alone.
    """

    def choose(self, token: Token) -> list[Flow]:
        """All of them, or the one whose event has come already."""
        chosen = token.internal_data.get("chosen")
        flows = self.graph.model.outgoing(self.node.id)
        return [flow for flow in flows if chosen is None or flow.target == chosen]

    def _on_complete_hook(self, token: Token) -> None:
        super()._on_complete_hook(token)
        for child in token.children:
            if "chosen" in token.internal_data:
                child.internal_data["received"] = True
            else:
                child.internal_data["race"] = str(token.id)
