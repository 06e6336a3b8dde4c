"""Functions over lists. A list that is null has no items."""

from functools import cmp_to_key
from typing import Any

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.table import function
from kernel.expressions.operators import add, divide, equal, number, ordered
from kernel.expressions.run import Lambda, Run, admit, truth, unfit


def _spread(run: Run, at: int, values: tuple[Any, ...]) -> list[Any]:
    """`f([a, b])` and `f(a, b)` mean the same."""
    if len(values) == 1 and (type(values[0]) is list or values[0] is None):
        items = [admit(item, at) for item in values[0] or ()]
    else:
        items = list(values)
    if len(items) > limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    run.charge(len(items), at)
    return items


def numbers_of(run: Run, at: int, values: tuple[Any, ...]) -> list[Any]:
    """The numbers among the values, null left out."""
    return [number(item, at) for item in _spread(run, at, values) if item is not None]


@function("count(list: list) -> number", "How many items.", ("count([1, 2])", "2"))
def count(run: Run, at: int, items: list[Any]) -> int:
    return len(items)


@function(
    "sum(values...: any) -> number",
    "The sum; 0 of nothing. Null items are left out.",
    ("sum([1, 2.5])", "3.5"),
    ("sum(for i in [2, 3] return i * 10)", "50"),
)
def total(run: Run, at: int, *values: Any) -> Any:
    result: Any = 0
    for item in _spread(run, at, values):
        if item is not None:
            result = add(run, result, number(item, at), at)
    return result


@function(
    "mean(values...: any) -> number",
    "The arithmetic mean; null of nothing.",
    ("mean(1, 2, 6)", "3"),
)
def mean(run: Run, at: int, *values: Any) -> Any:
    items = [item for item in _spread(run, at, values) if item is not None]
    return divide(run, total(run, at, items), len(items), at) if items else None


def _extreme(run: Run, at: int, sign: str, values: tuple[Any, ...]) -> Any:
    best: Any = None
    for item in _spread(run, at, values):
        if item is not None and (best is None or ordered(run, sign, item, best, at)):
            best = item
    return best


@function("min(values...: any) -> any", "The smallest; null of nothing.", ("min(3, 1, 2)", "1"))
def smallest(run: Run, at: int, *values: Any) -> Any:
    return _extreme(run, at, "<", values)


@function("max(values...: any) -> any", "The greatest; null of nothing.", ("max([3, 1])", "3"))
def greatest(run: Run, at: int, *values: Any) -> Any:
    return _extreme(run, at, ">", values)


def _truths(run: Run, at: int, values: tuple[Any, ...]) -> list[bool]:
    items = _spread(run, at, values)
    return [item if type(item) is bool else unfit(at, "boolean", item) for item in items]


@function(
    "all, and(values...: any) -> boolean", "True when none is false.", ("all(true, 1 = 1)", "true")
)
def every_true(run: Run, at: int, *values: Any) -> bool:
    return all(_truths(run, at, values))


@function("any, or(values...: any) -> boolean", "True when one is true.", ("any([false])", "false"))
def some_true(run: Run, at: int, *values: Any) -> bool:
    return any(_truths(run, at, values))


@function(
    "list contains(list: list, value: any) -> boolean",
    "True when the list has the value.",
    ('list contains(["a"], "a")', "true"),
)
def list_contains(run: Run, at: int, items: list[Any], value: Any) -> bool:
    run.charge(len(items), at)
    return any(equal(run, item, value, at, strict=False) for item in items)


@function(
    "index of(list: list, value: any) -> list",
    "The places, counted from 1, where the value stands.",
    ('index of(["a", "b", "a"], "a")', "[1, 3]"),
)
def index_of(run: Run, at: int, items: list[Any], value: Any) -> list[int]:
    run.charge(len(items), at)
    return [
        place for place, item in enumerate(items, 1) if equal(run, item, value, at, strict=False)
    ]


@function("first(list: list) -> any", "The first item, or null.", ("first([7, 8])", "7"))
def first(run: Run, at: int, items: list[Any]) -> Any:
    return items[0] if items else None


@function("last(list: list) -> any", "The last item, or null.", ("last([7, 8])", "8"))
def last(run: Run, at: int, items: list[Any]) -> Any:
    return items[-1] if items else None


@function(
    "sublist(list: list, start: whole, count?: whole) -> list",
    "From the item number `start`, counted from 1; negative counts from the end.",
    ("sublist([1, 2, 3], 2)", "[2, 3]"),
)
def sublist(
    run: Run, at: int, items: list[Any], start: int, length: int | None = None
) -> list[Any]:
    if start == 0:
        raise ExpressionError(at, "expression.counted-from-one")
    begin = start - 1 if start > 0 else max(0, len(items) + start)
    return items[begin:] if length is None else items[begin : begin + max(0, length)]


@function(
    "append(list: list, values...: any) -> list",
    "The list with the values after it.",
    ("append([1], 2, 3)", "[1, 2, 3]"),
)
def append(run: Run, at: int, items: list[Any], *values: Any) -> list[Any]:
    return [*items, *values]


@function(
    "concatenate(lists...: list) -> list",
    "One list of all their items.",
    ("concatenate([1], [2, 3])", "[1, 2, 3]"),
)
def concatenate(run: Run, at: int, *lists: list[Any]) -> list[Any]:
    if sum(map(len, lists)) > limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    return [item for items in lists for item in items]


@function(
    "remove(list: list, place: whole) -> list",
    "Without the item at the place, counted from 1.",
    ("remove([1, 2, 3], 2)", "[1, 3]"),
)
def remove(run: Run, at: int, items: list[Any], place: int) -> list[Any]:
    index = place - 1 if place > 0 else len(items) + place
    return items[:index] + items[index + 1 :] if 0 <= index < len(items) else items


@function("reverse(list: list) -> list", "Last item first.", ("reverse([1, 2])", "[2, 1]"))
def reverse(run: Run, at: int, items: list[Any]) -> list[Any]:
    return items[::-1]


@function(
    "distinct values(list: list) -> list",
    "Each value once, in order of appearance.",
    ("distinct values([1, 2, 1])", "[1, 2]"),
)
def distinct_values(run: Run, at: int, items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        run.charge(1 + len(kept), at)
        if not any(equal(run, item, other, at, strict=False) for other in kept):
            kept.append(item)
    return kept


@function(
    "flatten(list: list) -> list",
    "The items of lists inside lists, in one list.",
    ("flatten([1, [2, [3]]])", "[1, 2, 3]"),
)
def flatten(run: Run, at: int, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    _flatten_into(run, at, items, flat, 0)
    return flat


def _flatten_into(run: Run, at: int, items: list[Any], flat: list[Any], depth: int) -> None:
    if depth > limits.DEPTH:
        raise ExpressionError(at, "expression.too-deep", limit=limits.DEPTH)
    run.charge(1 + len(items), at)
    for item in items:
        if type(item) is list:
            _flatten_into(run, at, item, flat, depth + 1)
        else:
            flat.append(admit(item, at))


@function(
    "union(lists...: list) -> list",
    "One list of all their items, each value once.",
    ("union([1, 2], [2, 3])", "[1, 2, 3]"),
)
def union(run: Run, at: int, *lists: list[Any]) -> list[Any]:
    return distinct_values(run, at, concatenate(run, at, *lists))


@function(
    "duplicate values(list: list) -> list",
    "Each value that stands there more than once, in order of appearance.",
    ("duplicate values([1, 2, 1, 1])", "[1]"),
)
def duplicate_values(run: Run, at: int, items: list[Any]) -> list[Any]:
    seen: list[Any] = []
    kept: list[Any] = []
    for item in items:
        run.charge(1 + len(seen), at)
        if not any(equal(run, item, other, at, strict=False) for other in seen):
            seen.append(item)
        elif not any(equal(run, item, other, at, strict=False) for other in kept):
            kept.append(item)
    return kept


@function(
    "insert before(list: list, place: whole, value: any) -> list",
    "With the value before the place, counted from 1; negative counts from the end.",
    ("insert before([1, 3], 1, 2)", "[2, 1, 3]"),
)
def insert_before(run: Run, at: int, items: list[Any], place: int, value: Any) -> list[Any]:
    index = _place(items, place, at)
    return [*items[:index], value, *items[index:]]


@function(
    "list replace(list: list, place: any, value: any) -> list",
    "With the value at the place, or at every item for which the function is true.",
    ("list replace([1, 2, 3], 2, 9)", "[1, 9, 3]"),
    ("list replace([1, 5, 6], function(item, new) item < new, 5)", "[5, 5, 6]"),
)
def list_replace(run: Run, at: int, items: list[Any], place: Any, value: Any) -> list[Any]:
    if type(place) is Lambda:
        if len(place.slots) != 2:
            raise ExpressionError(at, "expression.wrong-parameters", wanted=2)
        run.charge(len(items), at)
        return [value if truth(_asked(run, place, at, item, value), at) else item for item in items]
    if type(place) is not int:
        unfit(at, "number", place)
    index = _place(items, place, at)
    return [*items[:index], value, *items[index + 1 :]]


def _place(items: list[Any], place: int, at: int) -> int:
    if place == 0:
        raise ExpressionError(at, "expression.counted-from-one")
    index = place - 1 if place > 0 else len(items) + place
    if not 0 <= index < len(items):
        raise ExpressionError(at, "expression.no-such-place", place=place, count=len(items))
    return index


def _asked(run: Run, function: Lambda, at: int, *values: Any) -> Any:
    run.charge(function.cost, at)
    return function(*values)


@function(
    "sort(list: list, precedes?: function) -> list",
    "Smallest first; numbers, texts or dates, or in the order that the function says.",
    ("sort([3, 1, 2])", "[1, 2, 3]"),
    ("sort([{a: 2}, {a: 1}], function(x, y) x.a < y.a)", "[{a: 1}, {a: 2}]"),
)
def sort(run: Run, at: int, items: list[Any], precedes: Lambda | None = None) -> list[Any]:
    if precedes is not None and len(precedes.slots) != 2:
        raise ExpressionError(at, "expression.wrong-parameters", wanted=2)

    def before(a: Any, b: Any) -> bool:
        if precedes is None:
            return ordered(run, "<", a, b, at)
        return truth(_asked(run, precedes, at, a, b), at)

    def compare(a: Any, b: Any) -> int:
        run.charge(1, at)
        return -1 if before(a, b) else int(before(b, a))

    return sorted(items, key=cmp_to_key(compare))
