# mypy: allow-subclassing-any
"""Business rule tasks: a decision is asked within the step, a connector runs as a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.elements import MachineTask

if TYPE_CHECKING:
    from engine.spiff.token import Token


class RuleTask(MachineTask):
    """Asks a decision, or hands over to a connector."""

    def begin(self, token: Token) -> bool | None:
        """Decide; what cannot be decided is an incident."""
        if self.node.decision is None:
            return super().begin(token)
        token.workflow.effects.decide(token, self.node.decision)
        return True
