"""The closures that the compiler puts together: names, truth, loops, calls."""

from collections.abc import Callable, Iterator
from typing import Any

from kernel.expressions import limits, nodes
from kernel.expressions.errors import ExpressionError
from kernel.expressions.operators import ORDERS, equal, ordered
from kernel.expressions.run import PLAIN, Run, Step, admit, truth, unfit
from kernel.expressions.values import Span


def local_name(slot: int) -> Step:
    """A loop variable."""
    return lambda run: run.frame[slot]


def variable(name: str, at: int) -> Step:
    """A variable of the caller; missing is null."""

    def step(run: Run) -> Any:
        value = run.get(name)
        return value if type(value) in PLAIN else admit(value, at)

    return step


def row_name(node: nodes.Name, rows: tuple[int, ...], outside: Step) -> Step:
    """Inside a filter: the field of the nearest item that has it, else what it means outside."""
    name, at = node.name, node.at

    def step(run: Run) -> Any:
        for slot in rows:
            item = run.frame[slot]
            if type(item) is dict and name in item:
                return admit(item[name], at)
        return outside(run)

    return step


def known_truth(value: Any, at: int) -> bool | None:
    """The value, if it is true, false or null."""
    if value is None:
        return None
    return truth(value, at)


def both(left: Step, right: Step, at: int) -> Step:
    """`and` of two: null and false is false, null and true is null."""

    def step(run: Run) -> bool | None:
        value = left(run)
        if value is False:
            return False
        other = right(run)
        if value is True and (other is True or other is False):
            return other
        value, other = known_truth(value, at), known_truth(other, at)
        return False if other is False else None

    return step


def either(left: Step, right: Step, at: int) -> Step:
    """`or` of two: null or true is true, null or false is null."""

    def step(run: Run) -> bool | None:
        value = left(run)
        if value is True:
            return True
        other = right(run)
        if value is False and (other is True or other is False):
            return other
        value, other = known_truth(value, at), known_truth(other, at)
        return True if other is True else None

    return step


def all_or_any(steps: tuple[Step, ...], at: int, decisive: bool) -> Step:
    """`and` or `or` of many; the first decisive operand ends it."""

    def step(run: Run) -> bool | None:
        unknown = False
        for operand in steps:
            answer = known_truth(operand(run), at)
            if answer is None:
                unknown = True
            elif answer == decisive:
                return answer
        return None if unknown else not decisive

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
    if type(value) is Span:
        return counted(run, value.low, value.high, at)
    if type(value) is not list:
        unfit(at, "list", value)
    if len(value) > limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    return [admit(item, at) for item in value]


def contains(run: Run, items: list[Any], subject: Any, at: int) -> bool:
    """True when the list has the value; different kinds are unequal."""
    run.charge(len(items) >> 1, at)
    return any(equal(run, subject, admit(item, at), at, strict=False) for item in items)


def inside(run: Run, subject: Any, span: Span, at: int) -> bool:
    """True when the subject lies in the range."""
    low, high = span.low, span.high
    above, below = (">=" if span.closed_low else ">"), ("<=" if span.closed_high else "<")
    if low is not None and not ordered(run, above, subject, low, at):
        return False
    return high is None or ordered(run, below, subject, high, at)


def span_of(node: nodes.Range, low: Step | None, high: Step | None) -> Step:
    """A range as a value; its bounds are numbers, texts, dates, times or durations."""
    at, closed_low, closed_high = node.at, node.closed_low, node.closed_high

    def bound(run: Run, step: Step | None) -> Any:
        value = admit(step(run), at) if step else None
        if type(value) in (bool, list, dict, Span):
            unfit(at, "number", value)
        return value

    return lambda run: Span(bound(run, low), bound(run, high), closed_low, closed_high)


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


def picked_or_kept(of: Step, key: Step, name: str, first: int, at: int) -> Step:
    """`list[i]` picks by the number `i`; `list[active]` keeps the items whose field is true."""

    def step(run: Run) -> Any:
        value, place = of(run), key(run)
        if type(value) is list and type(place) is not int and _all_have(run, value, name, at):
            kept = [item for item in value if truth(item[name], at)]
            return run.new_list(kept, at)
        return admit(picked(value, place, first, at), at)

    return step


def _all_have(run: Run, items: list[Any], name: str, at: int) -> bool:
    run.charge(len(items) >> 1, at)
    return bool(items) and all(type(item) is dict and name in item for item in items)


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


def collect_partial(
    rounds: Callable[[Run], Iterator[None]], body: Step, at: int, slot: int
) -> Step:
    """`for` whose body reads `partial`: what the rounds before gave."""

    def step(run: Run) -> Any:
        values: list[Any] = []
        for _ in rounds(run):
            run.charge(len(values) >> 2, at)
            run.frame[slot] = run.new_list(values[:], at)
            values.append(body(run))
        return run.new_list(values, at)

    return step


def quantify(rounds: Callable[[Run], Iterator[None]], body: Step, at: int, decisive: bool) -> Step:
    """`some` (decisive is true) and `every`."""

    def step(run: Run) -> bool:
        for _ in rounds(run):
            if truth(body(run), at) is decisive:
                return decisive
        return not decisive

    return step
