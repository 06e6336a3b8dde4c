"""A decision model that can be asked: its requirements, evaluated once each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from engine.dmn.boxed import BoundFunction, CompiledFunction, Step
from engine.dmn.errors import DecisionError
from engine.dmn.kinds import Kind, fitted
from engine.dmn.model import ONE_HIT, Part
from engine.dmn.session import Found, Session
from engine.dmn.tables import CompiledTable

Functions = Mapping[str, Callable[..., Any]]
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Answer:
    """What was decided: `rows` by output, the same as one `value`, and which rules held."""

    value: Any
    rows: list[dict[str, Any]]
    found: tuple[Found, ...]


@dataclass(frozen=True)
class CompiledPart:
    """One element of the requirements graph, ready to be evaluated."""

    part: Part
    step: Step | None
    kind: Kind

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what it decides."""
        if isinstance(self.step, CompiledTable):
            return tuple(column.name for column in self.step.outputs)
        return (self.part.name if _NAME.fullmatch(self.part.name) else self.part.id,)

    @property
    def several(self) -> bool:
        """Whether it may give several rows."""
        if not isinstance(self.step, CompiledTable):
            return False
        return self.step.table.hit not in ONE_HIT and self.step.table.aggregation is None


@dataclass(frozen=True)
class CompiledModel:
    """One file. Immutable, shared between threads."""

    parts: Mapping[str, CompiledPart]

    def decide(
        self, decision: str, variables: Mapping[str, Any], functions: Functions, zone: ZoneInfo
    ) -> Answer:
        """Ask one decision; what it requires is evaluated first, each part once.

        Raises: DecisionError.
        """
        session = Session(functions, zone)
        asking = _Asking(self, session, dict(variables))
        rows = asking.rows(decision)
        return Answer(asking.values[decision], rows, tuple(session.found))


class _Asking:
    """The values of one evaluation by part."""

    def __init__(self, model: CompiledModel, session: Session, variables: dict[str, Any]) -> None:
        self.model = model
        self.session = session
        self.variables = variables
        self.values: dict[str, Any] = {}
        self.answers: dict[str, list[dict[str, Any]]] = {}
        self.callables: dict[str, BoundFunction] = {}

    def rows(self, id: str) -> list[dict[str, Any]]:
        """The rows of a decision."""
        if id not in self.answers:
            self._decide(self.model.parts[id])
        return self.answers[id]

    def _decide(self, part: CompiledPart) -> None:
        scope, functions = self._around(part)
        step = part.step
        if isinstance(step, CompiledTable):
            rows = step.rows(self.session, scope, functions)
            value = step.value_of(rows)
        else:
            value = step.evaluate(self.session, scope, functions) if step else None
            rows = [{part.outputs[0]: value}]
        self.values[part.part.id] = self._typed(part, value)
        self.answers[part.part.id] = rows

    def _around(self, part: CompiledPart) -> tuple[dict[str, Any], dict[str, BoundFunction]]:
        """What the part sees: the variables, and its requirements by name and by id."""
        scope = dict(self.variables)
        functions: dict[str, BoundFunction] = {}
        for id in part.part.requires:
            needed = self.model.parts[id]
            if needed.part.kind == "knowledge":
                functions[needed.part.name] = self._function(needed)
                continue
            if needed.part.kind == "decision":
                rows = self.rows(id)
                for name, value in rows[0].items() if len(rows) == 1 else ():
                    scope.setdefault(name, value)  # as Camunda names it
            else:
                self._take(needed)
            scope[id] = scope[needed.part.name] = self.values[id]
        return scope, functions

    def _take(self, needed: CompiledPart) -> None:
        """Input data is the variable of its name, else of its id."""
        part = needed.part
        if part.id not in self.values:
            name = part.name if part.name in self.variables else part.id
            self.values[part.id] = self._typed(needed, self.variables.get(name))

    def _function(self, needed: CompiledPart) -> BoundFunction:
        part, step = needed.part, needed.step
        if part.id not in self.callables and isinstance(step, CompiledFunction):
            scope, functions = self._around(needed)
            self.callables[part.id] = BoundFunction(step, self.session, scope, functions)
        return self.callables[part.id]

    def _typed(self, part: CompiledPart, value: Any) -> Any:
        def refuse(kind: str) -> DecisionError:
            name = part.part.label
            return DecisionError("decision.wrong-type", decision=name, column=name, kind=kind)

        with self.session.run(self.variables, {}) as run:
            return fitted(value, part.kind, run, refuse)
