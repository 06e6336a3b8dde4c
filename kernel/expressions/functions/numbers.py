"""Functions over numbers."""

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
)
from typing import Any

from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.table import function
from kernel.expressions.limits import ARITHMETIC
from kernel.expressions.operators import bounded, modulo, negative
from kernel.expressions.run import Run, unfit
from kernel.expressions.values import Months

_WIDE = Context(prec=80, Emin=-999, Emax=999)


def _rounded(value: Any, places: int, rounding: str, at: int) -> Any:
    if not -33 <= places <= 33:
        raise ExpressionError(at, "expression.function-refused", name="round")
    value = Decimal(bounded(value, at)).quantize(Decimal(1).scaleb(-places), rounding, _WIDE)
    return bounded(int(value) if places <= 0 else value, at)


@function(
    "round, round half up(value: number, places?: whole) -> number",
    "Rounded, halves away from zero; to whole numbers unless `places` says more.",
    ("round(2.5)", "3"),
    ("round(12345, -3)", "12000"),
)
def round_half_up(run: Run, at: int, value: Any, places: int = 0) -> Any:
    return _rounded(value, places, ROUND_HALF_UP, at)


@function(
    "decimal(value: number, places: whole) -> number",
    "Rounded, halves to the even digit.",
    ("decimal(2.5, 0)", "2"),
)
def decimal(run: Run, at: int, value: Any, places: int) -> Any:
    return _rounded(value, places, ROUND_HALF_EVEN, at)


@function("floor(value: number, places?: whole) -> number", "Rounded down.", ("floor(-1.5)", "-2"))
def floor(run: Run, at: int, value: Any, places: int = 0) -> Any:
    return _rounded(value, places, ROUND_FLOOR, at)


@function("ceiling(value: number, places?: whole) -> number", "Rounded up.", ("ceiling(1.2)", "2"))
def ceiling(run: Run, at: int, value: Any, places: int = 0) -> Any:
    return _rounded(value, places, ROUND_CEILING, at)


@function(
    "round half down(value: number, places?: whole) -> number",
    "Rounded, halves towards zero.",
    ("round half down(2.5)", "2"),
)
def round_half_down(run: Run, at: int, value: Any, places: int = 0) -> Any:
    return _rounded(value, places, ROUND_HALF_DOWN, at)


@function(
    "round up(value: number, places?: whole) -> number",
    "Rounded away from zero.",
    ("round up(-1.1)", "-2"),
)
def round_up(run: Run, at: int, value: Any, places: int = 0) -> Any:
    return _rounded(value, places, ROUND_UP, at)


@function(
    "round down(value: number, places?: whole) -> number",
    "Rounded towards zero.",
    ("round down(-1.9)", "-1"),
)
def round_down(run: Run, at: int, value: Any, places: int = 0) -> Any:
    return _rounded(value, places, ROUND_DOWN, at)


@function(
    "abs(value: any) -> any",
    "A number or a duration without its sign.",
    ("abs(-3)", "3"),
    ('abs(duration("-PT2H"))', 'duration("PT2H")'),
)
def absolute(run: Run, at: int, value: Any) -> Any:
    if type(value) is Months:
        return Months(abs(value.count))
    if type(value) is timedelta:
        return abs(value)
    if type(value) not in (int, Decimal):
        unfit(at, "number", value)
    return negative(value, at) if value < 0 else bounded(value, at)


@function(
    "sqrt(value: number) -> number",
    "The square root; of a negative number an error.",
    ("sqrt(16)", "decimal(4, 0) * 1.0"),
)
def square_root(run: Run, at: int, value: Any) -> Any:
    return ARITHMETIC.sqrt(Decimal(bounded(value, at)))


@function(
    "log(value: number) -> number",
    "The natural logarithm.",
    ("round(log(10), 6)", "2.302585"),
)
def logarithm(run: Run, at: int, value: Any) -> Any:
    if value <= 0:
        raise ValueError
    return ARITHMETIC.ln(Decimal(bounded(value, at)))


@function(
    "exp(value: number) -> number",
    "e to the power of the number.",
    ("round(exp(1), 6)", "2.718282"),
)
def exponential(run: Run, at: int, value: Any) -> Any:
    if abs(value) > 1000:
        raise ExpressionError(at, "expression.number-too-large")
    return bounded(ARITHMETIC.exp(Decimal(value)), at)


@function(
    "modulo(value: number, divisor: number) -> number",
    "The remainder, with the sign of the divisor.",
    ("modulo(-7, 3)", "2"),
)
def modulo_of(run: Run, at: int, value: Any, divisor: Any) -> Any:
    return modulo(run, value, divisor, at)


@function("odd(value: whole) -> boolean", "True for 1, 3, 5 …", ("odd(5)", "true"))
def odd(run: Run, at: int, value: int) -> bool:
    return value % 2 == 1


@function("even(value: whole) -> boolean", "True for 0, 2, 4 …", ("even(5)", "false"))
def even(run: Run, at: int, value: int) -> bool:
    return value % 2 == 0
