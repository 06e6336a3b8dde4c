"""`typeRef`: which values a variable of a decision model may hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from engine.dmn.errors import DecisionError
from engine.dmn.model import DecisionModel, ItemType
from kernel.expressions import ExpressionError, Months, UnaryTests, compile_feel
from kernel.expressions import values as kinds

_ALIASES: Final = {
    "integer": "whole",
    "long": "whole",
    "double": "number",
    "datetime": "date and time",
    "daytimeduration": "days and time duration",
    "yearmonthduration": "years and months duration",
    "days and time duration": "days and time duration",
    "years and months duration": "years and months duration",
}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "any": (),
    "string": (str,),
    "number": (int, Decimal),
    "whole": (int, Decimal),
    "boolean": (bool,),
    "date": (date,),
    "time": (time,),
    "date and time": (datetime,),
    "days and time duration": (timedelta,),
    "years and months duration": (Months,),
    "context": (dict,),
    "list": (list,),
}
# Stored variables keep dates as ISO texts; a typed column reads them.
_READ: Final[dict[str, str]] = {
    "date": "date(x)",
    "time": "time(x)",
    "date and time": "date and time(x)",
    "days and time duration": "duration(x)",
    "years and months duration": "duration(x)",
}


@dataclass(frozen=True)
class Kind:
    """A type that can judge values."""

    name: str
    base: str = "any"
    collection: bool = False
    allowed: UnaryTests | None = None
    components: Mapping[str, Kind] = field(default_factory=dict)


class Kinds:
    """The types of one model: the basic ones and its item definitions."""

    def __init__(self, model: DecisionModel) -> None:
        self._own = model.types
        self._made: dict[str, Kind | None] = {}

    def get(self, name: str | None) -> Kind | None:
        """The type; None for one that does not exist."""
        if not name:
            return Kind("any")
        bare = name.rpartition(":")[2].strip()
        if bare in self._own:
            if bare not in self._made:
                self._made[bare] = None  # one that stands in itself does not exist
                self._made[bare] = self._item(self._own[bare], 0)
            return self._made[bare]
        base = _ALIASES.get(bare.lower(), bare.lower())
        return Kind(bare, base) if base in _TYPES else None

    def _item(self, item: ItemType, depth: int) -> Kind | None:
        """Raises: ExpressionError when the allowed values cannot be read."""
        allowed = UnaryTests(item.allowed.text, juel=item.allowed.juel) if item.allowed else None
        if item.components:
            parts = {name: self._item(one, depth + 1) for name, one in item.components.items()}
            known = {name: kind for name, kind in parts.items() if kind is not None}
            if len(known) < len(parts):
                return None
            return Kind(item.name, "context", item.collection, allowed, known)
        base = self.get(item.base)
        if base is None:
            return None
        several = item.collection or base.collection
        return Kind(item.name, base.base, several, allowed or base.allowed, base.components)


def fitted(value: Any, kind: Kind, run: Any, refuse: Callable[[str], DecisionError]) -> Any:
    """The value as the type has it: ISO text becomes a date; null fits every type.

    Raises: DecisionError made by `refuse`, which is told the type.
    """
    if value is None or (kind.base == "any" and kind.allowed is None):
        return value
    if kind.collection:
        if type(value) is not list:
            raise refuse(kind.name)
        inner = Kind(kind.name, kind.base, False, kind.allowed, kind.components)
        return [fitted(item, inner, run, refuse) for item in value]
    value = _basic(value, kind, run, refuse)
    for name, part in kind.components.items():
        value = {**value, name: fitted(value.get(name), part, run, refuse)}
    if kind.allowed is not None and not kind.allowed.met_by(run, value):
        raise refuse(kind.name)
    return value


def _basic(value: Any, kind: Kind, run: Any, refuse: Callable[[str], DecisionError]) -> Any:
    if type(value) is float:
        value = kinds.from_json(value)
    wanted = _TYPES[kind.base]
    if type(value) is str and kind.base in _READ:
        try:
            value = compile_feel(_READ[kind.base]).evaluate({"x": value}, zone=run.zone)
        except ExpressionError:
            raise refuse(kind.name) from None
    if wanted and type(value) not in wanted:
        raise refuse(kind.name)
    if kind.base == "whole" and value != int(value):
        raise refuse(kind.name)
    return value
