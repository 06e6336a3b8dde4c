"""One evaluation: where names come from, and the meter that ends it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, NoReturn, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.values import Months, Span, Value, decimal_of, kind_of

Functions: TypeAlias = Mapping[str, Callable[..., Any]]
Step: TypeAlias = Callable[["Run"], Any]  # a compiled node

TEHRAN: Final = ZoneInfo("Asia/Tehran")
_NO_FUNCTIONS: Functions = {}

# What a variable may hold without a closer look. Decimals are looked at: they have no bound.
PLAIN: Final = frozenset(
    {type(None), bool, int, str, date, datetime, time, timedelta, Months, Span, list, dict}
)


class Run:
    """The state of one evaluation.

    Metering: a node outside a loop runs at most once and there are at most 600, so only loops,
    calls and work on long values charge; a plain condition pays nothing.
    """

    __slots__ = ("bytes", "frame", "functions", "get", "steps", "zone")

    def __init__(
        self,
        variables: Mapping[str, Any],
        functions: Functions = _NO_FUNCTIONS,
        zone: ZoneInfo = TEHRAN,
        slots: int = 0,
    ) -> None:
        self.get = variables.get
        self.functions = functions
        self.zone = zone
        self.frame: list[Any] = [None] * slots if slots else []
        self.steps = limits.STEPS
        self.bytes = limits.ALLOCATED

    def charge(self, steps: int, at: int) -> None:
        """Spend steps."""
        self.steps -= steps
        if self.steps < 0:
            raise ExpressionError(at, "expression.too-many-steps", limit=limits.STEPS)

    def allocate(self, size: int, at: int) -> None:
        """Spend bytes."""
        self.bytes -= size
        if self.bytes < 0:
            raise ExpressionError(at, "expression.too-much-memory")

    def new_text(self, text: str, at: int) -> str:
        """A text this evaluation made; counted."""
        if len(text) > limits.STRING:
            raise ExpressionError(at, "expression.text-too-long", limit=limits.STRING)
        self.allocate(len(text), at)
        return text

    def new_list(self, items: list[Any], at: int) -> list[Any]:
        """A list this evaluation made; counted."""
        if len(items) > limits.LIST:
            raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
        self.allocate(16 + 8 * len(items), at)
        return items

    def charge_for(self, value: Any, at: int) -> None:
        """Spend steps in proportion to the length of a text, list or context."""
        if type(value) is str:
            self.charge(len(value) >> 6, at)
        elif type(value) in (list, dict):
            self.charge(len(value) >> 2, at)


@dataclass(frozen=True, slots=True, eq=False)
class Lambda:
    """`function(a, b) body` in one evaluation. It has no name, so it cannot call itself."""

    run: Run
    slots: tuple[int, ...]
    body: Step
    cost: int

    def __call__(self, *values: Any) -> Any:
        """The body's value for these arguments."""
        for slot, value in zip(self.slots, values, strict=True):
            self.run.frame[slot] = value
        return self.body(self.run)


def admit(value: Any, at: int) -> Value:
    """A value from outside, as the language holds it; anything with behaviour is refused."""
    kind = type(value)
    if kind in PLAIN:
        return value  # type: ignore[no-any-return]  # PLAIN are values
    if kind is Decimal:
        return check_decimal(value, at)
    if kind is float:
        try:
            exact = decimal_of(value)
        except ValueError:
            raise ExpressionError(at, "expression.number-too-large") from None
        return exact if type(exact) is int else check_decimal(Decimal(exact), at)
    if kind is UUID:
        return str(value)
    if kind is tuple:
        return list(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise ExpressionError(at, "expression.unknown-kind", kind=kind.__name__)


def check_decimal(value: Decimal, at: int) -> Decimal:
    """Refuse not-a-number, infinity and what lies outside the range."""
    if not value.is_finite() or abs(value) >= limits.DECIMAL_NUMBER:
        raise ExpressionError(at, "expression.number-too-large")
    return value


def detach(run: Run, value: Any, at: int, depth: int = 0) -> Any:
    """A copy that shares no list or context with the variables; counted and checked."""
    if depth > limits.DEPTH:
        raise ExpressionError(at, "expression.too-deep", limit=limits.DEPTH)
    value = admit(value, at)
    if type(value) is str:
        run.allocate(len(value), at)
        return value
    if type(value) is list:
        run.charge(len(value) >> 2, at)
        run.new_list(value, at)
        return [detach(run, item, at, depth + 1) for item in value]
    if type(value) is dict:
        run.charge(len(value) >> 2, at)
        run.allocate(32 * len(value), at)
        return {str(key): detach(run, item, at, depth + 1) for key, item in value.items()}
    return value


def truth(value: Any, at: int) -> bool:
    """The value, if it is true or false; null is neither."""
    if value is True:
        return True
    if value is False:
        return False
    return unfit(at, "boolean", value)


def unfit(at: int, wanted: str, value: Any) -> NoReturn:
    """Raise: another kind of value was needed here."""
    raise ExpressionError(
        at, "expression.wrong-kind", wanted_kind=wanted, found_kind=kind_of(value)
    )
