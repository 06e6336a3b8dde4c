"""One evaluation of a decision: its meter, and what it found out on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.expressions import Run, limits

# A decision is a table of expressions: it may do more than one of them, within a bound.
STEPS: Final = 5 * limits.STEPS
ALLOCATED: Final = 4 * limits.ALLOCATED

Scope = Mapping[str, Any]


@dataclass
class Found:
    """Which rules of a table held."""

    decision: str
    rules: tuple[int, ...]


@dataclass
class Session:
    """Shared by every expression of one evaluation; `found` is in the order of evaluation."""

    functions: Mapping[str, Callable[..., Any]]
    zone: ZoneInfo
    found: list[Found] = field(default_factory=list)
    steps: int = STEPS
    bytes: int = ALLOCATED

    @contextmanager
    def run(self, scope: Scope, functions: Mapping[str, Callable[..., Any]]) -> Iterator[Run]:
        """A run of expressions over the scope, on what is left of the meter."""
        run = Run(scope, {**self.functions, **functions}, self.zone)
        run.steps, run.bytes = self.steps, self.bytes
        try:
            yield run
        finally:
            self.steps, self.bytes = min(self.steps, run.steps), min(self.bytes, run.bytes)
