"""What preflight found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.bpmn.model import ProcessModel
from engine.preflight.questions import Question
from engine.problems import Problem


@dataclass(frozen=True)
class Report:
    """All problems, errors first, the processes that could be read, and what may be answered.

    A question stops the deployment until it is answered or mended in the file; one that is
    asked about a note may be left.

    `forms` are those that a deployment stores, by key: the bundle's, and those made from other
    tools' forms.
    """

    problems: tuple[Problem, ...]
    models: tuple[ProcessModel, ...]
    questions: tuple[Question, ...] = ()
    forms: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What has to be mended in the files."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def blocking(self) -> tuple[Problem, ...]:
        """What stops a deployment: errors, and questions that nobody answered."""
        return tuple(p for p in self.problems if p.severity != "note")

    @property
    def ok(self) -> bool:
        """Whether it may be deployed."""
        return not self.blocking
