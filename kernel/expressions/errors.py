"""The only error that leaves this package."""

from typing import Any

from kernel.errors import Invalid
from kernel.i18n import translate_code


class ExpressionError(Invalid):
    """An expression cannot be read, or has no value for these variables.

    `problem` is the key of the sentence (`expression.divided-by-zero`), `facts` fill its gaps,
    `position` counts characters of `text` from 0. Values of variables are never among the facts.
    """

    code = "expression.invalid"

    def __init__(self, position: int, problem: str, text: str = "", **facts: Any) -> None:
        super().__init__(**facts)
        self.position = position
        self.problem = problem
        self.text = text

    @property
    def message(self) -> str:
        """What is wrong, in the current locale, without the place."""
        facts = {
            name: translate_code(f"expression.kind.{fact}", {}) if name.endswith("_kind") else fact
            for name, fact in self.facts.items()
        }
        return translate_code(self.problem, facts)

    @property
    def line(self) -> int:
        """The line of the place, counted from 1."""
        return self.text.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        """The character of the line, counted from 1."""
        return self.position - self.text.rfind("\n", 0, self.position)

    def sentence(self) -> str:
        """What is wrong and where, in the current locale."""
        around = self.text[max(0, self.position - 20) : self.position + 40].strip()
        facts = {"message": self.message, "position": self.position + 1, "around": around}
        if "\n" not in self.text.strip():
            return translate_code(self.code, facts)
        place = {"line": self.line, "column": self.column}
        return translate_code("expression.invalid-in-line", {**facts, **place})

    def __str__(self) -> str:
        return f"{self.problem} {self.facts} at {self.position} of {self.text[:200]!r}"
