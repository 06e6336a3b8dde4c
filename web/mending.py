"""Setting right, in place, what a stopped expression reads."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.queries import InstanceView
from engine.tables import Incident
from kernel.errors import Invalid
from kernel.expressions import ExpressionError, compile, compile_script
from kernel.text import latin_digits
from kernel.types import JsonValue
from reports.cells import as_number


@dataclass(frozen=True)
class Mend:
    """A value that a stopped expression reads, as it is now."""

    name: str
    value: str
    number: bool


class ValueNotNumber(Invalid):
    """A value that was a number has to stay one."""

    code = "web.value-not-number"


def mendable(view: InstanceView, one: Incident) -> list[Mend]:
    """The plain values that a stopped expression reads: what an operator may set right."""
    found = []
    for name in _names_in(one.expression or ""):
        value = view.variables.get(name)
        if name in view.variables and not isinstance(value, dict | list | bool):
            found.append(Mend(name, "" if value is None else str(value), _is_number(value)))
    return found


def _names_in(text: str) -> tuple[str, ...]:
    for read in (compile_script, compile):
        try:
            return tuple(read(text).names)
        except ExpressionError:
            continue
    return ()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def mended(fields: list[Mend], typed: Mapping[str, str]) -> dict[str, JsonValue]:
    """What the operator set; only what changed.

    Raises: ValueNotNumber
    """
    changed: dict[str, JsonValue] = {}
    for one in fields:
        text = latin_digits(typed.get(f"value.{one.name}", one.value)).strip()
        if text == one.value:
            continue
        if one.number:
            number = as_number(text.replace("٬", "").replace(",", ""))
            if number is None:
                raise ValueNotNumber(name=one.name)
            changed[one.name] = int(number) if number == int(number) else float(number)
        else:
            changed[one.name] = text
    return changed
