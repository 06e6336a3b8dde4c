"""Functions over contexts (named values)."""

from typing import Any

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.table import function
from kernel.expressions.run import Run, admit, unfit


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
    "context put(context: context, key: any, value: any) -> context",
    "A copy in which the key has the value; a list of keys goes inwards.",
    ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
    ('context put({a: {b: 1}}, ["a", "c"], 2)', "{a: {b: 1, c: 2}}"),
)
def context_put(run: Run, at: int, context: dict[str, Any], key: Any, value: Any) -> Any:
    keys = [key] if type(key) is str else key
    if type(keys) is not list:
        unfit(at, "text", key)
    if not keys or any(type(one) is not str for one in keys):
        raise ExpressionError(at, "expression.function-refused", name="context put")
    result = outer = _copied(run, at, context)
    for one in keys[:-1]:
        inner = outer.get(one)
        outer[one] = _copied(run, at, {} if inner is None else inner)
        outer = outer[one]
    outer[keys[-1]] = value
    return result


def _copied(run: Run, at: int, context: Any) -> dict[str, Any]:
    if type(context) is not dict:
        unfit(at, "context", context)
    run.charge(1 + (len(context) >> 2), at)
    run.allocate(32 * (1 + len(context)), at)
    return dict(context)


@function(
    "context(entries: list) -> context",
    "A context of a list of contexts with `key` and `value`.",
    ('context([{key: "a", value: 1}])', "{a: 1}"),
)
def context_of(run: Run, at: int, entries: list[Any]) -> Any:
    made: dict[str, Any] = {}
    run.charge(len(entries), at)
    run.allocate(64 * len(entries), at)
    for entry in entries:
        if type(entry) is not dict or type(entry.get("key")) is not str or "value" not in entry:
            raise ExpressionError(at, "expression.function-refused", name="context")
        made[entry["key"]] = admit(entry["value"], at)
    return made


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
