"""Functions over contexts (named values)."""

from typing import Any

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.table import function
from kernel.expressions.run import Run, admit


@function(
    "get value(context: context, key: text) -> any",
    "The value under the key, or null.",
    ('get value({"a b": 1}, "a b")', "1"),
)
def get_value(run: Run, at: int, context: dict[str, Any], key: str) -> Any:
    return admit(context.get(key), at)


@function(
    "get entries(context: context) -> list",
    "A list of contexts with `key` and `value`.",
    ("get entries({a: 1})", '[{key: "a", value: 1}]'),
)
def get_entries(run: Run, at: int, context: dict[str, Any]) -> list[Any]:
    run.charge(len(context), at)
    run.allocate(96 * len(context), at)
    return [{"key": key, "value": admit(value, at)} for key, value in context.items()]


@function("keys(context: context) -> list", "The keys.", ("keys({a: 1, b: 2})", '["a", "b"]'))
def keys(run: Run, at: int, context: dict[str, Any]) -> list[str]:
    return [str(key) for key in context]


@function(
    "context put(context: context, key: text, value: any) -> context",
    "A copy in which the key has the value.",
    ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
)
def context_put(run: Run, at: int, context: dict[str, Any], key: str, value: Any) -> Any:
    run.allocate(32 * (1 + len(context)), at)
    return {**context, key: value}


@function(
    "context merge(contexts: list) -> context",
    "One context of all; of two equal keys the later wins.",
    ("context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"),
)
def context_merge(run: Run, at: int, contexts: list[Any]) -> Any:
    merged: dict[str, Any] = {}
    for context in contexts:
        if type(context) is not dict:
            raise ExpressionError(at, "expression.function-refused", name="context merge")
        run.charge(len(context), at)
        run.allocate(32 * len(context), at)
        merged.update(context)
    if len(merged) > limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    return merged


@function("is defined(value: any) -> boolean", "True unless null.", ("is defined(null)", "false"))
def is_defined(run: Run, at: int, value: Any) -> bool:
    return value is not None
