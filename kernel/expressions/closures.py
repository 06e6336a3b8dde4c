"""The closures that the compiler puts together: names, truth, loops, calls."""

from collections.abc import Callable, Iterator
from typing import Any

from kernel.errors import AppError
from kernel.expressions import limits, nodes
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions import Builtin
from kernel.expressions.operators import ORDERS, equal, ordered
from kernel.expressions.run import PLAIN, Run, Step, admit, unfit


def truth(value: Any, at: int) -> bool:
    """The value, if it is true or false; null is neither."""
    if value is True or value is False:
        return value
    return unfit(at, "boolean", value)


def local_name(slot: int) -> Step:
    """A loop variable."""
    return lambda run: run.frame[slot]


def variable(name: str, at: int) -> Step:
    """A variable of the caller; missing is null."""

    def step(run: Run) -> Any:
        value = run.get(name)
        return value if type(value) in PLAIN else admit(value, at)

    return step


def row_name(node: nodes.Name, rows: tuple[int, ...]) -> Step:
    """Inside a filter: the field of the nearest item that has it, else a variable."""
    name, at = node.name, node.at

    def step(run: Run) -> Any:
        for slot in rows:
            item = run.frame[slot]
            if type(item) is dict and name in item:
                return admit(item[name], at)
        return admit(run.get(name), at)

    return step


def both(left: Step, right: Step, at: int) -> Step:
    """`and` of two."""

    def step(run: Run) -> bool:
        value = left(run)
        if value is False:
            return False
        if value is True:
            value = right(run)
            if value is True or value is False:
                return value
        return truth(value, at)

    return step


def either(left: Step, right: Step, at: int) -> Step:
    """`or` of two."""

    def step(run: Run) -> bool:
        value = left(run)
        if value is True:
            return True
        if value is False:
            value = right(run)
            if value is True or value is False:
                return value
        return truth(value, at)

    return step


def all_or_any(steps: tuple[Step, ...], at: int, decisive: bool) -> Step:
    """`and` or `or` of many; the first decisive operand ends it."""

    def step(run: Run) -> bool:
        for operand in steps:
            if truth(operand(run), at) is decisive:
                return decisive
        return not decisive

    return step


def equals_constant(left: Step, constant: Any, at: int, wanted: bool) -> Step:
    """`x = "text"`, quick when the kinds agree."""
    kind = type(constant)

    def step(run: Run) -> bool:
        value = left(run)
        if type(value) is kind:
            return (value == constant) is wanted
        return equal(run, value, constant, at) is wanted

    return step


def orders_constant(left: Step, sign: str, constant: Any, at: int) -> Step:
    """`x > 1000`, quick for integers."""
    compare = ORDERS[sign]

    def step(run: Run) -> bool:
        value = left(run)
        if type(value) is int:
            return compare(value, constant)
        return ordered(run, sign, value, constant, at)

    return step


def items_of(run: Run, value: Any, at: int) -> list[Any]:
    """The items to go through; null has none."""
    if value is None:
        return []
    if type(value) is not list:
        unfit(at, "list", value)
    if len(value) > limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    return [admit(item, at) for item in value]


def contains(run: Run, items: list[Any], subject: Any, at: int) -> bool:
    """True when the list has the value; different kinds are unequal."""
    run.charge(len(items) >> 1, at)
    return any(equal(run, subject, admit(item, at), at, strict=False) for item in items)


def picked(value: Any, key: Any, first: int, at: int) -> Any:
    """One item by its place, counted from `first`, or one value of a context by its key."""
    if value is None:
        return None
    if type(value) is dict and type(key) is str:
        return value.get(key)
    if type(value) is not list:
        unfit(at, "list", value)
    if type(key) is not int:
        unfit(at, "number", key)
    if first and key == 0:
        raise ExpressionError(at, "expression.counted-from-one")
    index = key - first if key >= 0 else key
    return value[index] if -len(value) <= index < len(value) else None


def counted(run: Run, low: Any, high: Any, at: int) -> list[int]:
    """The integers from `low` to `high`, downwards when `high` is the lower."""
    for bound in (low, high):
        if type(bound) is not int:
            unfit(at, "number", bound)
    if abs(high - low) >= limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    step = 1 if high >= low else -1
    return run.new_list(list(range(low, high + step, step)), at)


def rounds_of(
    sources: tuple[tuple[int, Step], ...], cost: int, at: int
) -> Callable[[Run], Iterator[None]]:
    """One stop per combination, loop variables set; the last variable turns fastest."""

    def turn(run: Run, level: int) -> Iterator[None]:
        slot, source = sources[level]
        for item in items_of(run, source(run), at):
            run.charge(cost, at)
            run.frame[slot] = item
            if level + 1 < len(sources):
                yield from turn(run, level + 1)
            else:
                yield

    return lambda run: turn(run, 0)


def collect(rounds: Callable[[Run], Iterator[None]], body: Step, at: int) -> Step:
    """`for`: the list of the bodies' values."""

    def step(run: Run) -> Any:
        return run.new_list([body(run) for _ in rounds(run)], at)

    return step


def quantify(rounds: Callable[[Run], Iterator[None]], body: Step, at: int, decisive: bool) -> Step:
    """`some` (decisive is true) and `every`."""

    def step(run: Run) -> bool:
        for _ in rounds(run):
            if truth(body(run), at) is decisive:
                return decisive
        return not decisive

    return step


def builtin_call(builtin: Builtin, arguments: tuple[Step, ...], at: int) -> Step:
    """A call of the language's own function."""

    def step(run: Run) -> Any:
        return builtin.call(run, [argument(run) for argument in arguments], at)

    return step


def foreign_call(name: str, arguments: tuple[Step, ...], at: int) -> Step:
    """A function that the caller gives; whatever it raises as a refusal becomes our error."""

    def step(run: Run) -> Any:
        function = run.functions.get(name)
        if function is None:
            raise ExpressionError(at, "expression.unknown-function", name=name[:80])
        run.charge(1, at)
        values = [argument(run) for argument in arguments]
        try:
            return admit(function(*values), at)
        except ExpressionError:
            raise
        except AppError as refusal:
            raise ExpressionError(
                at, "expression.call-refused", name=name[:80], reason=refusal.sentence()
            ) from refusal
        except (TypeError, ValueError, LookupError, ArithmeticError):
            raise ExpressionError(at, "expression.function-refused", name=name[:80]) from None

    return step
