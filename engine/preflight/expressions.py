"""Rules about every expression of a diagram: it can be read, and what it names exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.bpmn.model import Node, ProcessModel
from engine.bpmn.slots import Slot, slots
from engine.bpmn.support import SCRIPT_FORMATS
from engine.preflight.catalogue import Catalogue
from engine.preflight.upload import Upload, about, rules
from engine.problems import Fact, Problem
from kernel.expressions import (
    CallInfo,
    ExpressionError,
    compile,
    compile_condition,
    compile_script,
    is_expression,
)

# Functions that the engine gives besides those of the language.
ENGINE_FUNCTIONS: Final = frozenset(
    {
        "position",
        "unit",
        "role",
        "person",
        "group",
        "head_of",
        "manager_of",
        "assignee",
        "worktime",
    }
)
_NAMES_A: Final = {
    "position": ("positions", "reference.position"),
    "unit": ("units", "reference.unit"),
    "head_of": ("units", "reference.unit"),
    "role": ("roles", "reference.role"),
    "person": ("persons", "reference.person"),
}


@rules.register("expressions")
def expressions_can_be_read(upload: Upload) -> Iterator[Problem]:
    """Every expression compiles, calls only known functions, and with a literal key
    (`position("finance.head")`) names something that exists."""
    for model in upload.models:
        for slot in slots(model):
            if _is_foreign(slot):
                continue
            try:
                calls, foreign = _compiled(slot)
            except ExpressionError as error:
                yield _unreadable(model, slot, error)
                continue
            for name in foreign:
                if name not in ENGINE_FUNCTIONS:
                    yield about(
                        model,
                        slot.owner,
                        "expression.unknown-function",
                        place=slot.place,
                        text=slot.text[:120],
                        function=name,
                    )
            for call in calls:
                yield from _named(upload, model, slot, call)


def _is_foreign(slot: Slot) -> bool:
    """A script in another language is refused as such; its text is not ours to read."""
    script = slot.owner.script if isinstance(slot.owner, Node) else None
    return slot.use == "script" and script is not None and script.format not in SCRIPT_FORMATS


def _compiled(slot: Slot) -> tuple[tuple[CallInfo, ...], tuple[str, ...]]:
    """The calls of a slot's text; none when it is a literal."""
    if slot.use == "script":
        script = compile_script(slot.text)
        return tuple(script.calls), tuple(script.foreign)
    if slot.use == "value" and not is_expression(slot.text):
        return (), ()
    read = compile_condition if slot.use == "condition" else compile
    expression = read(slot.text)
    return expression.calls, expression.foreign


def _unreadable(model: ProcessModel, slot: Slot, error: ExpressionError) -> Problem:
    return about(
        model,
        slot.owner,
        "expression.bad",
        **spelled(error),
        place=slot.place,
        text=slot.text[:120],
    )


def spelled(error: ExpressionError) -> dict[str, Fact]:
    """Why an expression cannot be read, as facts of a problem."""
    facts: dict[str, Fact] = {name: str(value)[:80] for name, value in error.facts.items()}
    return facts | {"because": error.problem, "position": error.position + 1}


def _groups(catalogue: Catalogue) -> tuple[frozenset[str], ...]:
    """Whatever another tool's group may be here."""
    return catalogue.roles, catalogue.units, catalogue.positions


def _named(upload: Upload, model: ProcessModel, slot: Slot, call: CallInfo) -> Iterator[Problem]:
    key = call.arguments[0] if call.arguments else None
    if not isinstance(key, str):
        return
    if call.name == "assignee":
        if key not in model.nodes:
            yield about(model, slot.owner, "reference.task", task=key, place=slot.place)
        return
    if call.name == "group":
        if not any(key in known for known in _groups(upload.catalogue)):
            yield about(model, slot.owner, "reference.group", key=key, place=slot.place)
        return
    kind = _NAMES_A.get(call.name)
    if kind is None:
        return
    known: frozenset[str] = getattr(upload.catalogue, kind[0])
    if key not in known:
        yield about(model, slot.owner, kind[1], key=key, place=slot.place)
