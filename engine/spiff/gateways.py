# mypy: allow-subclassing-any
"""Gateways. Joins count the tokens that arrived on each flow, so they are right inside loops."""

from __future__ import annotations

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

    def absorb(self, tokens: list[Token]) -> None:
        """Take away tokens that go on as one."""
        for token in tokens:
            token._set_state(TaskState.CANCELLED)


class Parallel(Join):
    """One token from each incoming flow goes on as one to every outgoing flow."""

    def _update_hook(self, token: Token) -> bool:
        if not self.is_join:
            return True
        token._set_state(TaskState.WAITING)
        first_by_flow: dict[str, Token] = {}
        for waiting in token.workflow.standing(self, token.scope):
            first_by_flow.setdefault(waiting.internal_data.get("via", ""), waiting)
        if not set(self.node.incoming) <= first_by_flow.keys():
            return False
        partners = [first_by_flow[flow] for flow in self.node.incoming]
        chosen = token if token in partners else partners[-1]
        self.absorb([partner for partner in partners if partner is not chosen])
        if chosen is token:
            return True
        chosen._ready()
        return False

    def choose(self, token: Token) -> list[Flow]:
        """All of them; BPMN ignores conditions here."""
        return list(self.graph.model.outgoing(self.node.id))


class Inclusive(Join):
    """Every flow whose condition holds; joins when no other token can still arrive."""

    def _update_hook(self, token: Token) -> bool:
        if not self.is_join:
            return True
        token._set_state(TaskState.WAITING)
        return False

    def reconsider(self, token: Token) -> bool:
        """Go on once nothing that is under way can reach this join."""
        if token._state != TaskState.WAITING:
            return False
        case = token.workflow
        waiting = case.standing(self, token.scope)
        others = case.tokens_in(token.scope)
        if any(t not in waiting and self.graph.reaches(t.node.id, self.node.id) for t in others):
            return False
        self.absorb([t for t in waiting if t is not token])
        token._ready()
        return True


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
