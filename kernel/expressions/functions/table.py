"""How a function is declared: one line that is its signature, its check and its documentation."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TypeVar

from kernel.expressions import limits
from kernel.expressions.errors import ExpressionError
from kernel.expressions.functions.names import FEEL_NAMES
from kernel.expressions.run import Lambda, Run, admit, unfit
from kernel.expressions.temporal import read_any
from kernel.expressions.values import Months

Body = Callable[..., Any]
B = TypeVar("B", bound=Body)

_SIGNATURE: Final = re.compile(r"(?P<names>[^()]+)\((?P<parameters>.*)\) -> (?P<result>[\w ]+)")
_PARAMETER: Final = re.compile(r"(?P<name>\w+)(?P<mark>\?|\.\.\.)?: (?P<kind>\w+)")

# Kinds of parameters, with the types that fit. `day`, `whole`, `list` and `any` look closer.
FITS: Final[dict[str, frozenset[type]]] = {
    "text": frozenset({str}),
    "number": frozenset({int, Decimal}),
    "boolean": frozenset({bool}),
    "context": frozenset({dict}),
    "duration": frozenset({timedelta, Months}),
    "days": frozenset({timedelta}),
    "time": frozenset({time}),
    "function": frozenset({Lambda}),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its kind, and whether it may be left out or repeated."""

    name: str
    kind: str
    optional: bool
    repeated: bool


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the language. `examples` are pairs of expressions with one value."""

    names: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    result: str
    says: str
    examples: tuple[tuple[str, str], ...]
    body: Body
    family: str

    def check_count(self, count: int, at: int) -> None:
        """Refuse too few or too many arguments, when the text is read."""
        repeated = any(parameter.repeated for parameter in self.parameters)
        least = sum(not p.optional and not p.repeated for p in self.parameters)
        most = count if repeated else len(self.parameters)
        if not least <= count <= most:
            raise ExpressionError(
                at, "expression.wrong-count", name=self.names[0], least=least, found=count
            )

    def in_order(self, given: dict[str, Any], at: int) -> list[Any]:
        """Named arguments in the order of the parameters, whether by our names or FEEL's."""
        feel = FEEL_NAMES.get(self.names[0], ())
        values: list[Any] = []
        rest = dict(given)
        for place, parameter in enumerate(self.parameters):
            options = (parameter.name, *(feel[place].split("|") if place < len(feel) else ()))
            name = next((option for option in options if option in rest), None)
            if name is None:
                break
            values.append(rest.pop(name))
        if rest:
            unknown = next(iter(rest))
            raise ExpressionError(at, "expression.no-such-parameter", name=unknown[:40])
        return values

    def call(self, run: Run, arguments: list[Any], at: int) -> Any:
        """Check the arguments, run the body, count what it made."""
        run.charge(1, at)
        last = len(self.parameters) - 1
        values = [
            checked(run, value, self.parameters[min(place, last)], at)
            for place, value in enumerate(arguments)
        ]
        try:
            result = self.body(run, at, *values)
        except (ArithmeticError, ValueError, OverflowError):
            raise ExpressionError(at, "expression.function-refused", name=self.names[0]) from None
        if type(result) is str:
            return run.new_text(result, at)
        if type(result) is list:
            return run.new_list(result, at)
        return admit(result, at)


BUILTINS: Final[dict[str, Builtin]] = {}
FAMILIES: Final[dict[str, list[Builtin]]] = {}


def function(signature: str, says: str, *examples: tuple[str, str]) -> Callable[[B], B]:
    """Declare `name, other name(parameter: kind, optional?: kind, more...: kind) -> kind`."""
    match = _SIGNATURE.fullmatch(signature)
    if match is None:
        raise ValueError(signature)
    names = tuple(name.strip() for name in match["names"].split(","))
    parameters = tuple(_parameter(part) for part in match["parameters"].split(", ") if part)

    def declare(body: B) -> B:
        family = body.__module__.rsplit(".", 1)[-1]
        builtin = Builtin(names, parameters, match["result"], says, examples, body, family)
        FAMILIES.setdefault(family, []).append(builtin)
        for name in names:
            BUILTINS[name] = builtin
        return body

    return declare


def _parameter(text: str) -> Parameter:
    match = _PARAMETER.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Parameter(match["name"], match["kind"], match["mark"] == "?", match["mark"] == "...")


def checked(run: Run, value: Any, parameter: Parameter, at: int) -> Any:
    """The argument as the body wants it; long ones are charged for."""
    kind = parameter.kind
    if type(value) in (str, list, dict):
        run.charge_for(value, at)
    fits = FITS.get(kind)
    if fits is not None:
        return value if type(value) in fits else unfit(at, kind, value)
    return _SPECIAL[kind](run, value, at)


def _whole(run: Run, value: Any, at: int) -> int:
    if type(value) is Decimal and value == value.to_integral_value():
        value = int(value)
    return value if type(value) is int else unfit(at, "number", value)


def _list(run: Run, value: Any, at: int) -> list[Any]:
    if value is None:
        return []
    if type(value) is not list:
        unfit(at, "list", value)
    if len(value) > limits.LIST:
        raise ExpressionError(at, "expression.list-too-long", limit=limits.LIST)
    return [admit(item, at) for item in value]


def _day(run: Run, value: Any, at: int) -> date | datetime:
    if type(value) in (date, datetime):
        return value  # type: ignore[no-any-return]  # just checked
    if type(value) is str:
        try:
            return read_any(value, run.zone)
        except (ValueError, OverflowError):
            raise ExpressionError(at, "expression.not-temporal") from None
    return unfit(at, "date", value)


_SPECIAL: Final[dict[str, Callable[[Run, Any, int], Any]]] = {
    "any": lambda run, value, at: value,
    "whole": _whole,
    "list": _list,
    "day": _day,
}
