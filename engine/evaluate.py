"""Designers' expressions: what they can read, which functions they can call, how they fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.settings import settings
from engine.spiff.faults import Fault
from kernel import expressions
from kernel.expressions import ExpressionError
from kernel.types import JsonObject

Functions = Mapping[str, Callable[..., Any]]


class Scope(Mapping[str, Any]):
    """The names an expression can read: what the engine gives, then locals, then variables."""

    def __init__(
        self, given: Mapping[str, Any], local: JsonObject | None, variables: JsonObject
    ) -> None:
        self._given, self._local, self._variables = given, local, variables

    @property
    def _layers(self) -> list[Mapping[str, Any]]:
        return [one for one in (self._given, self._local, self._variables) if one]

    def get(self, key: str, default: Any = None) -> Any:
        """The innermost value of a name. The hottest call of a condition: no loop, no list."""
        if key in self._given:
            return self._given[key]
        if self._local and key in self._local:
            return self._local[key]
        return self._variables.get(key, default)

    def __getitem__(self, key: str) -> Any:
        for layer in self._layers:
            if key in layer:
                return layer[key]
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return iter({key: None for layer in self._layers for key in layer})

    def __len__(self) -> int:
        return len({key for layer in self._layers for key in layer})


class Evaluator:
    """Evaluates one token's expressions; every failure becomes a Fault that names the text."""

    def __init__(self, scope: Mapping[str, Any], functions: Functions) -> None:
        self.scope = scope
        self._functions = functions

    def value(self, text: str) -> Any:
        """The value of an expression, or of a literal: a text without `=` or `${…}`."""
        if not expressions.is_expression(text):
            return text
        try:
            return expressions.compile(text).evaluate(
                self.scope, functions=self._functions, zone=settings().zone
            )
        except ExpressionError as error:
            raise fault_of(error, text) from error

    def condition(self, text: str) -> bool:
        """The truth of a condition, written with or without its `=`."""
        try:
            condition = expressions.compile_condition(text)
            if condition.quick is not None:
                answer = condition.quick(self.scope.get)
                if answer is not None:
                    return answer
            return bool(
                condition.evaluate(self.scope, functions=self._functions, zone=settings().zone)
            )
        except ExpressionError as error:
            raise fault_of(error, text) from error

    def plain(self, text: str) -> Any:
        """The value as JSON keeps it."""
        return expressions.to_json(self.value(text))

    def text(self, text: str) -> str:
        """The value as a text: numbers in plain digits, null as nothing."""
        value = self.plain(text)
        return "" if value is None else value if isinstance(value, str) else str(value)

    def script(self, text: str) -> JsonObject:
        """What a script task assigns, in order; later lines see earlier ones."""
        try:
            script = expressions.compile_script(text)
            assigned = script.evaluate(self.scope, functions=self._functions, zone=settings().zone)
        except ExpressionError as error:
            raise fault_of(error, text) from error
        return {name: expressions.to_json(value) for name, value in assigned.items()}


def fault_of(error: ExpressionError, text: str) -> Fault:
    """An expression's failure as an incident."""
    return Fault(
        "engine.expression",
        error.sentence(),
        expression=(error.text or text)[:2000],
        problem=error.problem,
        position=error.position,
    )


def given(
    *,
    instance: JsonObject,
    initiator: JsonObject,
    now: datetime,
    organisation: JsonObject,
    zone: Any,
) -> JsonObject:
    """The names that every expression can read and none can change."""
    return {
        "instance": instance,
        "initiator": initiator,
        "now": now,
        "today": now.astimezone(zone).date(),
        "organisation": organisation,
    }
