"""Who gets a piece of work: the designer's words as addresses of the organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from engine.bpmn.model import Performer
from engine.evaluate import Evaluator
from engine.spiff.faults import Fault
from people.chart import Directory
from people.errors import PersonUnknown


@dataclass(frozen=True)
class Offer:
    """To whom a work item is offered.

    Attributes:
        groups: one list of principals per item: several for `mode="every"`.
        excluded: ids of persons who may not do it (four eyes).
    """

    groups: tuple[tuple[str, ...], ...]
    unit_key: str | None
    position_key: str | None
    excluded: tuple[str, ...]


@dataclass(frozen=True)
class Resolver:
    """Resolves performers against the chart for one token."""

    chart: Directory
    evaluator: Evaluator
    initiator: Mapping[str, Any]
    done_by: Mapping[str, str]  # task id -> id of the person who completed it last

    def offer(self, performer: Performer | None) -> Offer:
        """The addresses of a task.

        Raises: Fault when nobody can be meant: unknown address, or none given.
        """
        if performer is None:
            raise Fault("engine.no-performer", "the task does not say who does it")
        try:
            principals = self.principals(performer)
            for principal in principals:
                if not self.chart.exists(principal):
                    raise Fault("engine.performer-unknown", principal, principal=principal)
        except Fault as fault:
            fault.expression = fault.expression or performer.value  # so that it can be mended
            raise
        excluded = tuple(self.done_by[t] for t in performer.exclude if t in self.done_by)
        unit, position = self._place(principals)
        groups: tuple[tuple[str, ...], ...] = (principals,)
        if performer.mode == "every":
            people = dict.fromkeys(p for one in principals for p in self.chart.people_at(one))
            groups = tuple((f"person:{person}",) for person in people) or groups
        return Offer(groups, unit, position, excluded)

    def principals(self, performer: Performer) -> tuple[str, ...]:
        """The addresses that a performer names."""
        kind, value = performer.kind, performer.value
        if kind == "initiator":
            return (self._initiator(),)
        if kind == "expression":
            return self._list(self.evaluator.value(value), value)
        if kind == "managerOf":
            return (self._above(value),)
        name = self.evaluator.text(value)
        if kind == "person":
            return (person_principal(self.chart, name),)
        return (name if name.startswith(f"{kind}:") else f"{kind}:{name}",)

    def _initiator(self) -> str:
        person = self.initiator.get("id")
        if person is None:
            raise Fault("engine.no-initiator", "the instance was started by the system")
        return f"person:{person}"

    def _list(self, value: Any, text: str) -> tuple[str, ...]:
        parts = value if isinstance(value, list) else [value]
        values = [one for part in parts for one in (part if isinstance(part, list) else [part])]
        if not values or not all(isinstance(one, str) and ":" in one for one in values):
            raise Fault("engine.performer-unknown", "not an address", expression=text)
        return tuple(dict.fromkeys(values))

    def _above(self, value: str) -> str:
        """The manager of the initiator, of a position, of an address, or of a task's doer."""
        if value == "initiator":
            principal = f"position:{self.initiator.get('position')}"
            if not self.initiator.get("position"):
                principal = self._initiator()
        elif value in self.chart.positions:
            principal = f"position:{value}"
        elif value in self.done_by:
            principal = f"person:{self.done_by[value]}"
        else:
            principal = self.evaluator.text(value)
        above = manager_of(self.chart, principal)
        if above is None:
            raise Fault("engine.no-manager", "nobody stands above", principal=principal)
        return above

    def _place(self, principals: tuple[str, ...]) -> tuple[str | None, str | None]:
        """The unit and position that the work belongs to, for lists and reports."""
        kind, _, key = principals[0].partition(":")
        if kind == "unit":
            return key, None
        if kind == "person":
            held = self.chart.positions_of(UUID(key))
            kind, key = "position", held[0] if held else ""
        if kind == "position":
            return self.chart.unit_of(key), key or None
        return None, None


def person_principal(chart: Directory, name: str) -> str:
    """The address of a person named by user name, id or address.

    Raises: Fault when there is nobody of that name.
    """
    if name.startswith("person:"):
        return name
    try:
        return f"person:{chart.by_username(name).id}"
    except PersonUnknown:
        raise Fault("engine.performer-unknown", name, principal=f"person:{name}") from None


def group_principal(chart: Directory, key: str) -> str:
    """The address of the role, unit or position of that key, in this order; other tools' groups
    are any of them.

    Raises: Fault when there is none.
    """
    for kind in ("role", "unit", "position"):
        if chart.exists(f"{kind}:{key}"):
            return f"{kind}:{key}"
    if ":" in key and chart.exists(key):
        return key
    raise Fault("engine.performer-unknown", key, principal=f"group:{key}")


def manager_of(chart: Directory, principal: str) -> str | None:
    """The address of the position above an address or a position's key; None at the top."""
    kind, _, key = principal.partition(":")
    key = key or kind
    if kind == "person":
        held = chart.positions_of(UUID(key))
        key = held[0] if held else ""
    elif kind == "unit":
        key = chart.unit_head(key) or ""
    above = chart.manager_position(key)
    return f"position:{above}" if above else None


def functions(chart: Directory, done_by: Mapping[str, str]) -> dict[str, Any]:
    """The functions of expressions that know the organisation."""

    def head_of(unit: str) -> str | None:
        head = chart.unit_head(unit.removeprefix("unit:"))
        return f"position:{head}" if head else None

    def person(name: Any) -> Any:
        if isinstance(name, list):
            return [person(one) for one in name]
        return person_principal(chart, str(name))

    def group(key: Any) -> Any:
        if isinstance(key, list):
            return [group(one) for one in key]
        return group_principal(chart, str(key))

    def assignee(task: str) -> str | None:
        return f"person:{done_by[task]}" if task in done_by else None

    return {
        "position": lambda key: f"position:{key}",
        "unit": lambda key: f"unit:{key}",
        "role": lambda key: f"role:{key}",
        "person": person,
        "group": group,
        "head_of": head_of,
        "manager_of": lambda principal: manager_of(chart, principal),
        "assignee": assignee,
    }
