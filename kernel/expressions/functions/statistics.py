"""Functions over lists of numbers beyond sum and mean. Null items are left out."""

from decimal import Decimal
from typing import Any

from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.lists import mean, numbers_of
from kernel.expressions.functions.table import function
from kernel.expressions.limits import ARITHMETIC
from kernel.expressions.operators import add, divide, multiply, subtract
from kernel.expressions.run import Run


@function(
    "product(values...: any) -> number",
    "All of them multiplied; null of nothing.",
    ("product([2, 3, 4])", "24"),
)
def product(run: Run, at: int, *values: Any) -> Any:
    items = numbers_of(run, at, values)
    result: Any = 1
    for item in items:
        result = multiply(run, result, item, at)
    return result if items else None


@function(
    "median(values...: any) -> number",
    "The middle one, or the mean of the two in the middle; null of nothing.",
    ("median(8, 2, 5, 3, 4)", "4"),
    ("median([6, 1, 2, 3])", "2.5"),
)
def median(run: Run, at: int, *values: Any) -> Any:
    items = sorted(numbers_of(run, at, values))
    half = len(items) // 2
    if not items or len(items) % 2:
        return items[half] if items else None
    return divide(run, add(run, items[half - 1], items[half], at), 2, at)


@function(
    "stddev(values...: any) -> number",
    "The standard deviation of a sample; of fewer than two an error.",
    ("round(stddev(2, 4, 7, 5), 4)", "2.0817"),
)
def standard_deviation(run: Run, at: int, *values: Any) -> Any:
    items = numbers_of(run, at, values)
    if len(items) < 2:
        raise ExpressionError(at, "expression.function-refused", name="stddev")
    middle, squares = mean(run, at, items), 0
    for item in items:
        apart = subtract(run, item, middle, at)
        squares = add(run, squares, multiply(run, apart, apart, at), at)
    return ARITHMETIC.sqrt(Decimal(divide(run, squares, len(items) - 1, at)))


@function(
    "mode(values...: any) -> list",
    "The most frequent ones, smallest first; empty of nothing.",
    ("mode(6, 3, 9, 6, 6)", "[6]"),
    ("mode([6, 1, 9, 6, 1])", "[1, 6]"),
)
def mode(run: Run, at: int, *values: Any) -> list[Any]:
    counts: dict[Any, int] = {}
    for item in numbers_of(run, at, values):
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)
