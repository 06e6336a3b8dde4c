"""What the operators mean. Strict: a wrong kind is an error, never a guess."""

import operator
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.limits import ARITHMETIC, NUMBER
from kernel.expressions.run import Run, admit, unfit
from kernel.expressions.temporal import add_months, local, read_any, read_time
from kernel.expressions.values import Months, kind_of, parse_duration

NUMBERS: Final = frozenset({int, Decimal})
DAYS: Final = frozenset({date, datetime})
TEMPORAL: Final = frozenset({date, datetime, time, timedelta})
ORDERS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


# Comparison


def equal(run: Run, a: Any, b: Any, at: int, *, strict: bool = True, depth: int = 0) -> bool:
    """Equality. Different kinds are an error when `strict`, else unequal; null fits every kind."""
    kind, other = type(a), type(b)
    if kind is other:
        if kind is str:
            if len(a) > 64:
                run.charge(len(a) >> 6, at)
        elif kind is list or kind is dict:
            return _equal_containers(run, a, b, at, depth)
        return bool(a == b)
    if a is None or b is None:
        return False
    if kind in NUMBERS and other in NUMBERS:
        return bool(a == b)
    pair = _alike(run, a, b, at, strict=strict)
    return pair is not None and bool(pair[0] == pair[1])


def _equal_containers(run: Run, a: Any, b: Any, at: int, depth: int) -> bool:
    if depth > limits.DEPTH:
        raise ExpressionError(at, "expression.too-deep", limit=limits.DEPTH)
    run.charge(1 + len(a), at)
    if len(a) != len(b):
        return False
    if type(a) is list:
        pairs = zip(a, b, strict=True)
    elif a.keys() == b.keys():
        pairs = zip(a.values(), (b[key] for key in a), strict=True)
    else:
        return False
    return all(
        equal(run, admit(x, at), admit(y, at), at, strict=False, depth=depth + 1) for x, y in pairs
    )


def ordered(run: Run, sign: str, a: Any, b: Any, at: int) -> bool:
    """`<`, `<=`, `>`, `>=` between numbers, texts, dates and instants, times or durations."""
    kind, other = type(a), type(b)
    if not (kind in NUMBERS and other in NUMBERS):
        if kind is str and other is str:
            run.charge(min(len(a), len(b)) >> 6, at)
        else:
            pair = _alike(run, a, b, at, strict=True)
            if pair is None or type(pair[0]) in (bool, list, dict, type(None)):
                raise _not_comparable(a, b, at)
            a, b = pair
    try:
        return ORDERS[sign](a, b)
    except TypeError:  # a naive instant beside an aware one
        raise _not_comparable(a, b, at) from None


def _alike(run: Run, a: Any, b: Any, at: int, *, strict: bool) -> tuple[Any, Any] | None:
    """Both as one kind: ISO text beside a date is read, a date beside an instant means its day."""
    if type(a) is str and type(b) in TEMPORAL:
        a = _read_as(run, a, b, at, strict=strict)
    elif type(b) is str and type(a) in TEMPORAL:
        b = _read_as(run, b, a, at, strict=strict)
    if type(a) is type(b) and a is not None:
        return a, b
    if type(a) in DAYS and type(b) in DAYS:
        return _day(run, a), _day(run, b)
    if strict:
        raise _not_comparable(a, b, at)
    return None


def _read_as(run: Run, text: str, like: Any, at: int, *, strict: bool) -> Any:
    try:
        if type(like) in DAYS:
            return read_any(text, run.zone)
        return read_time(text) if type(like) is time else parse_duration(text)
    except (ValueError, OverflowError):
        if strict:
            raise _not_comparable(text, like, at) from None
        return text


def _day(run: Run, value: date) -> date:
    return local(value, run.zone).date() if isinstance(value, datetime) else value


def _not_comparable(a: Any, b: Any, at: int) -> ExpressionError:
    return ExpressionError(
        at, "expression.not-comparable", left_kind=kind_of(a), right_kind=kind_of(b)
    )


# Arithmetic


def number(value: Any, at: int) -> Any:
    """The value, if it is a number."""
    if type(value) in NUMBERS:
        return value
    return unfit(at, "number", value)


def bounded(value: Any, at: int) -> Any:
    """A result inside the range; whole decimals stay decimals."""
    if -NUMBER < value < NUMBER:
        return value
    raise ExpressionError(at, "expression.number-too-large")


def add(run: Run, a: Any, b: Any, at: int) -> Any:
    """Numbers, texts, or a date and a duration."""
    if type(a) is int and type(b) is int:
        return bounded(a + b, at)
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return _decimal(ARITHMETIC.add, a, b, at)
    if type(a) is str and type(b) is str:
        if len(a) + len(b) > limits.STRING:
            raise ExpressionError(at, "expression.text-too-long", limit=limits.STRING)
        return run.new_text(a + b, at)
    return _shift(run, a, b, at, 1)


def subtract(run: Run, a: Any, b: Any, at: int) -> Any:
    """Numbers, two dates, or a date and a duration."""
    if type(a) is int and type(b) is int:
        return bounded(a - b, at)
    if type(a) in NUMBERS and type(b) in NUMBERS:
        return _decimal(ARITHMETIC.subtract, a, b, at)
    if _is_day(run, a) and _is_day(run, b):
        return _apart(run, _as_day(run, a), _as_day(run, b), at)
    return _shift(run, a, b, at, -1)


def multiply(run: Run, a: Any, b: Any, at: int) -> Any:
    """Numbers, or a duration and a number."""
    if type(a) in NUMBERS and type(b) in NUMBERS:
        if type(a) is int and type(b) is int:
            return bounded(bounded(a, at) * bounded(b, at), at)
        return _decimal(ARITHMETIC.multiply, a, b, at)
    if type(b) in (timedelta, Months):
        a, b = b, a
    if type(a) in (timedelta, Months) and type(b) in NUMBERS:
        return _scaled(a, Decimal(bounded(b, at)), at)
    raise _no_operator("*", a, b, at)


def divide(run: Run, a: Any, b: Any, at: int) -> Any:
    """Numbers, a duration by a number, or two durations. A whole quotient is an integer."""
    if type(a) in NUMBERS and type(b) in NUMBERS:
        if b == 0:
            raise ExpressionError(at, "expression.divided-by-zero")
        if type(a) is int and type(b) is int and bounded(a, at) % bounded(b, at) == 0:
            return a // b
        return _decimal(ARITHMETIC.divide, a, b, at)
    if type(a) is timedelta and type(b) is timedelta:
        if not b:
            raise ExpressionError(at, "expression.divided-by-zero")
        micro = timedelta(microseconds=1)
        return divide(run, a // micro, b // micro, at)
    if type(a) in (timedelta, Months) and type(b) in NUMBERS:
        if b == 0:
            raise ExpressionError(at, "expression.divided-by-zero")
        return _scaled(a, ARITHMETIC.divide(Decimal(1), Decimal(bounded(b, at))), at)
    raise _no_operator("/", a, b, at)


def modulo(run: Run, a: Any, b: Any, at: int) -> Any:
    """The remainder, with the sign of the divisor."""
    number(a, at)
    if number(b, at) == 0:
        raise ExpressionError(at, "expression.divided-by-zero")
    if type(a) is int and type(b) is int:
        return bounded(a, at) % bounded(b, at)
    left, right = Decimal(bounded(a, at)), Decimal(bounded(b, at))
    rest = _decimal(ARITHMETIC.remainder, left, right, at)
    return _decimal(ARITHMETIC.add, rest, right, at) if rest and (rest < 0) != (right < 0) else rest


def power(run: Run, a: Any, b: Any, at: int) -> Any:
    """A number to the power of another; a whole one when both are, and the power not negative."""
    base, exponent = bounded(number(a, at), at), bounded(number(b, at), at)
    if abs(exponent) > limits.EXPONENT:
        raise ExpressionError(at, "expression.number-too-large")
    if base == 0 and exponent < 0:
        raise ExpressionError(at, "expression.divided-by-zero")
    result = _decimal(ARITHMETIC.power, base, exponent, at) if base or exponent else Decimal(1)
    whole = type(a) is int and type(b) is int and b >= 0
    return int(result) if whole else result


ARITHMETICS: Final[dict[str, Callable[[Run, Any, Any, int], Any]]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "**": power,
}


def negative(value: Any, at: int) -> Any:
    """Unary minus of a number or a duration."""
    if type(value) is timedelta:
        return -value
    if type(value) is Months:
        return Months(-value.count)
    return -bounded(number(value, at), at)


def _decimal(operation: Callable[[Any, Any], Decimal], a: Any, b: Any, at: int) -> Decimal:
    try:
        return bounded(operation(Decimal(bounded(a, at)), Decimal(bounded(b, at))), at)  # type: ignore[no-any-return]
    except ArithmeticError:
        raise ExpressionError(at, "expression.number-too-large") from None


def _scaled(value: Any, by: Decimal, at: int) -> Any:
    if type(value) is Months:
        return Months(int(bounded(value.count * by, at)))
    micros = Decimal(value // timedelta(microseconds=1)) * by
    if abs(micros) > 10**20:
        raise ExpressionError(at, "expression.out-of-calendar")
    try:
        return timedelta(microseconds=int(micros))
    except OverflowError:
        raise ExpressionError(at, "expression.out-of-calendar") from None


def _shift(run: Run, a: Any, b: Any, at: int, sign: int) -> Any:
    """A date, instant, time or duration moved by a duration."""
    if type(a) in (timedelta, Months) and type(b) not in (timedelta, Months) and sign > 0:
        a, b = b, a
    if type(b) not in (timedelta, Months):
        raise _no_operator("+" if sign > 0 else "-", a, b, at)
    if type(a) is str and _is_day(run, a):
        a = _as_day(run, a)
    try:
        return _moved(run, a, b, at, sign)
    except (OverflowError, ValueError):
        raise ExpressionError(at, "expression.out-of-calendar") from None


def _moved(run: Run, a: Any, by: Any, at: int, sign: int) -> Any:
    if type(by) is Months:
        if type(a) is Months:
            return Months(a.count + sign * by.count)
        if type(a) in DAYS:
            return add_months(a, Months(sign * by.count))
    elif type(a) in (date, datetime, timedelta):
        if type(a) is date and by % timedelta(days=1):
            # A day moved by hours is an instant: its midnight on the organisation's clock.
            a = datetime.combine(a, time(), run.zone)
        return a + sign * by
    elif type(a) is time:
        return (datetime.combine(date(2000, 1, 2), a) + sign * by).time()
    raise _no_operator("+" if sign > 0 else "-", a, by, at)


def _is_day(run: Run, value: Any) -> bool:
    if type(value) is str:
        try:
            read_any(value, run.zone)
        except (ValueError, OverflowError):
            return False
        return True
    return type(value) in DAYS


def _as_day(run: Run, value: Any) -> Any:
    return read_any(value, run.zone) if type(value) is str else value


def _apart(run: Run, a: Any, b: Any, at: int) -> timedelta:
    if type(a) is not type(b):
        a, b = _day(run, a), _day(run, b)
    try:
        return a - b  # type: ignore[no-any-return]  # two of one kind
    except TypeError:
        raise _not_comparable(a, b, at) from None


def _no_operator(sign: str, a: Any, b: Any, at: int) -> ExpressionError:
    return ExpressionError(
        at, "expression.no-operator", sign=sign, left_kind=kind_of(a), right_kind=kind_of(b)
    )
