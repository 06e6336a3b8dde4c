# mypy: allow-subclassing-any
"""Business rule tasks: a decision is asked within the step, a connector runs as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements import MachineTask

if TYPE_CHECKING:
    from engine.bpmn.model import Node
    from engine.spiff.graph import ProcessGraph
    from engine.spiff.token import Token


class RuleTask(MachineTask):
    """Asks a decision, or hands over to a connector."""

    def __init__(self, graph: ProcessGraph, node: Node) -> None:
        super().__init__(graph, node)
        self.hands = node.decision is not None  # a connector's mappings are its own affair

    def begin(self, token: Token) -> bool | None:
        """Decide; what cannot be decided is an incident."""
        if self.node.decision is None:
            return super().begin(token)
        token.workflow.effects.decide(token, self.node.decision)
        return True
