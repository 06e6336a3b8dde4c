"""A problem of an uploaded bundle: the element, the place, what is wrong, how to mend it.

The sentences stand in the catalogues `preflight.po` under `problem.<code>`;
`problem.<code>.mend` says how to put it right.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from engine.problem_codes import CODES, Severity
from kernel.errors import Invalid
from kernel.i18n import locale, translate_code

Fact = str | int
MOST: Final = 500


@dataclass(frozen=True)
class Problem:
    """One thing to mend, with the element it is about.

    `facts` fill the sentence. `file` and `line` say where; `line` 0 is unknown.
    """

    code: str
    element_id: str = ""
    element_name: str = ""
    file: str = ""
    line: int = 0
    facts: dict[str, Fact] = field(default_factory=dict, hash=False)

    @property
    def severity(self) -> Severity:
        """Errors and unanswered questions stop a deployment; notes do not."""
        return CODES[self.code]

    @property
    def element(self) -> str:
        """The element as a person reads it: its name and its id, else the file."""
        if self.element_name and self.element_name != self.element_id:
            quoted = f"“{self.element_name}”" if locale() == "en" else f"«{self.element_name}»"
            return f"{quoted} ({self.element_id})"
        return self.element_id or self.file

    def what(self) -> str:
        """What is wrong, in the current language."""
        return self._say(self.code)

    @property
    def proposal(self) -> str:
        """How to mend it, in the current language."""
        return self._say(f"{self.code}.mend")

    def sentence(self) -> str:
        """What is wrong and how to mend it."""
        return f"{self.what()} {self.proposal}"

    def _say(self, code: str) -> str:
        known: dict[str, Any] = {"element": self.element, "file": self.file, "line": self.line}
        known |= self.facts
        if "because" in self.facts:  # another package's sentence, by its key
            known["because"] = translate_code(str(self.facts["because"]), dict(self.facts))
        return translate_code(f"problem.{code}", known)


class Refused(Invalid):
    """A bundle or file that cannot be read at all; carries the one problem to show."""

    code: ClassVar[str] = "bundle.refused"

    def __init__(self, code: str, *, file: str = "", line: int = 0, **facts: Fact) -> None:
        super().__init__(problem=code, file=file, **facts)
        self.problem = Problem(code, file=file, line=line, facts=facts)

    def sentence(self) -> str:
        """The problem and how to mend it."""
        return self.problem.sentence()


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Errors first, then questions, then notes; within each by file and line. No repeats.
    Past `MOST` of them only their number is said."""
    rank = {"error": 0, "question": 1, "note": 2}
    unique = {(p.code, p.element_id, p.file, p.line, str(p.facts)): p for p in problems}
    ordered = sorted(unique.values(), key=lambda p: (rank[p.severity], p.file, p.line, p.code))
    if len(ordered) > MOST:
        count = len(ordered) - MOST
        return (*ordered[:MOST], Problem("bundle.more-problems", facts={"count": count}))
    return tuple(ordered)
