"""Compiled boxed expressions other than tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.dmn.errors import DecisionError, failed
from engine.dmn.kinds import Kind, fitted
from engine.dmn.session import Scope, Session
from kernel.expressions import Expression, ExpressionError

Functions = Mapping[str, Callable[..., Any]]


class Step(Protocol):
    """Something that has a value in a scope."""

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        """The value. Raises: DecisionError."""


@dataclass(frozen=True)
class CompiledLiteral:
    """A literal expression; one without a text is null."""

    decision: str
    expression: Expression | None

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        if self.expression is None:
            return None
        with session.run(scope, functions) as run:
            try:
                return self.expression.run(run)
            except ExpressionError as error:
                raise failed(self.decision, error, self.expression.text) from error


@dataclass(frozen=True)
class CompiledContext:
    """Entries in their order; the one without a name is the result."""

    entries: tuple[tuple[str | None, Step], ...]

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        local, callable_ = dict(scope), dict(functions)
        made: dict[str, Any] = {}
        for name, step in self.entries:
            if isinstance(step, CompiledFunction):
                callable_[name or ""] = BoundFunction(step, session, dict(local), dict(callable_))
                continue
            value = step.evaluate(session, local, callable_)
            if name is None:
                return value
            made[name] = local[name] = value
        return made


@dataclass(frozen=True)
class CompiledItems:
    """A list."""

    items: tuple[Step, ...]

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        return [item.evaluate(session, scope, functions) for item in self.items]


@dataclass(frozen=True)
class CompiledRelation:
    """A list of contexts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Step, ...], ...]

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        return [
            {
                column: cell.evaluate(session, scope, functions)
                for column, cell in zip(self.columns, row, strict=True)
            }
            for row in self.rows
        ]


@dataclass(frozen=True)
class CompiledFunction:
    """A function of a model; it knows what it requires and cannot reach itself."""

    decision: str
    parameters: tuple[tuple[str, Kind], ...]
    body: Step

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        """A function alone is no value."""
        raise DecisionError("decision.function-value", decision=self.decision)


@dataclass(frozen=True)
class BoundFunction:
    """A function in one evaluation, as expressions call it."""

    function: CompiledFunction
    session: Session
    scope: Scope
    functions: Functions

    def __call__(self, *values: Any) -> Any:
        """The body's value. Raises: DecisionError."""
        function = self.function
        if len(values) != len(function.parameters):
            raise DecisionError(
                "decision.wrong-count",
                decision=function.decision,
                wanted=len(function.parameters),
                found=len(values),
            )
        local = dict(self.scope)
        with self.session.run(local, self.functions) as run:
            for (name, kind), value in zip(function.parameters, values, strict=True):
                local[name] = fitted(value, kind, run, self._unfit)
        return function.body.evaluate(self.session, local, self.functions)

    def by_name(self, given: Mapping[str, Any]) -> Any:
        """Call it with parameters by name; one that is not given is null."""
        names = [name for name, _ in self.function.parameters]
        if not given.keys() <= set(names):
            raise DecisionError(
                "decision.wrong-parameter",
                decision=self.function.decision,
                name=next(name for name in given if name not in names),
            )
        return self(*(given.get(name) for name in names))

    def _unfit(self, kind: str) -> DecisionError:
        names = ", ".join(name for name, _ in self.function.parameters)
        return DecisionError(
            "decision.wrong-type", decision=self.function.decision, column=names, kind=kind
        )


@dataclass(frozen=True)
class CompiledInvocation:
    """A call with parameters bound by name."""

    decision: str
    called: str
    bindings: tuple[tuple[str, Step], ...]

    def evaluate(self, session: Session, scope: Scope, functions: Functions) -> Any:
        function = functions.get(self.called)
        if not isinstance(function, BoundFunction):
            raise DecisionError(
                "decision.no-function", decision=self.decision, function=self.called
            )
        given = {name: step.evaluate(session, scope, functions) for name, step in self.bindings}
        return function.by_name(given)
