"""Why a decision could not be taken, with the place in its model."""

from __future__ import annotations

from typing import Any, ClassVar

from kernel.errors import Invalid
from kernel.expressions import ExpressionError
from kernel.i18n import translate_code


class DecisionError(Invalid):
    """`problem` is the key of the sentence; `facts` name decision, rule and cell.

    `text` is the designer's expression that failed, if one did.
    """

    code: ClassVar[str] = "engine.decision"

    def __init__(self, problem: str, *, decision: str, text: str = "", **facts: Any) -> None:
        super().__init__(decision=decision, **facts)
        self.problem = problem
        self.text = text

    def sentence(self) -> str:
        """What is wrong and where, in the current locale."""
        facts = dict(self.facts)
        if isinstance(facts.get("error"), ExpressionError):
            facts["reason"] = facts["error"].sentence()
        return translate_code(self.problem, facts)


def failed(decision: str, error: ExpressionError, text: str, **place: Any) -> DecisionError:
    """An expression of a decision failed."""
    where = "decision.failed-in-cell" if "rule" in place else "decision.failed"
    where = "decision.failed-in-column" if "column" in place and "rule" not in place else where
    return DecisionError(where, decision=decision, text=error.text or text, error=error, **place)
