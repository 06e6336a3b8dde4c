"""What preflight found."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.model import ProcessModel
from engine.problems import Problem


@dataclass(frozen=True)
class Report:
    """All problems, errors first, and the processes that could be read."""

    problems: tuple[Problem, ...]
    models: tuple[ProcessModel, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop a deployment."""
        return tuple(p for p in self.problems if p.severity == "error")

    @property
    def ok(self) -> bool:
        """Whether it may be deployed."""
        return not self.errors
