"""A process' steps in words: who does each, until when, with which forms (A13, E10)."""

import re
from dataclasses import dataclass

from engine.bpmn.details import EXTERNAL_TYPE
from engine.bpmn.model import Deadline, Node, Performer, ProcessModel
from kernel.i18n import gettext as _
from people.chart import Directory
from people.errors import PersonUnknown
from web.filters import digits, named

_ISO = re.compile(r"^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")


@dataclass(frozen=True)
class StepWords:
    """One step as the lists of steps show it; every text speaks the reader's language."""

    number: int
    id: str
    name: str
    who: str
    unit: str
    limit: str
    outcomes: list[str]
    forms: int


def steps_in_words(model: ProcessModel, chart: Directory) -> list[StepWords]:
    """Every step for people, in the order in which the diagram reaches them."""
    return [_step(step.number, step.node, chart) for step in model.steps()]


def step_notes(model: ProcessModel, chart: Directory) -> dict[str, str]:
    """Step id -> what stands in it on the drawing: unit, who does it, until when (E10).

    Where lanes are drawn, they name the units already.
    """
    notes = {}
    for one in steps_in_words(model, chart):
        unit = "" if model.lanes else one.unit
        notes[one.id] = " · ".join(dict.fromkeys(filter(None, (unit, one.who, one.limit))))
    return notes


def outside(model: ProcessModel) -> list[Node]:
    """The steps that workers outside do."""
    nodes = model.nodes.values()
    return [one for one in nodes if one.connector and one.connector.type == EXTERNAL_TYPE]


def _step(number: int, node: Node, chart: Directory) -> StepWords:
    who, unit = performer_in_words(node.performer, chart)
    return StepWords(
        number=number,
        id=node.id,
        name=named(node) or node.id,
        who=who,
        unit=unit,
        limit=limit_in_words(node.deadline),
        outcomes=[named({"name": o.fa, "name_en": o.en}) for o in node.outcomes],
        forms=len(node.forms),
    )


def performer_in_words(performer: Performer | None, chart: Directory) -> tuple[str, str]:
    """Who does a step, and in which unit; the unit is empty where it depends on the case."""
    if performer is None:
        return _("whoever may see it"), ""
    if performer.kind == "position" and performer.value in chart.positions:
        post = chart.position(performer.value)
        return named(post), named(chart.unit(post.unit))
    if performer.kind == "unit" and performer.value in chart.units:
        return _("everybody in the unit"), named(chart.unit(performer.value))
    if performer.kind == "role" and performer.value in chart.roles:
        return named(chart.roles[performer.value]), ""
    if performer.kind == "initiator":
        return _("whoever started it"), ""
    if performer.kind == "managerOf":
        return _("the manager"), ""
    if performer.kind == "person":
        return _person(performer.value, chart), ""
    if performer.kind in ("position", "unit", "role") and performer.value[:1] not in "=$#":
        return performer.value, ""  # not in the chart; preflight says so at the element
    return _("decided in the case"), ""


def _person(username: str, chart: Directory) -> str:
    """The name of a person whom the diagram names by user name."""
    try:
        return named(chart.by_username(username))
    except PersonUnknown:  # an expression, or somebody who comes later
        return _("decided in the case") if username[:1] in "=$#" else username


def limit_in_words(deadline: Deadline | None) -> str:
    """«۴ ساعت کاری», "48 hours", "until a date of the case"; empty without a limit."""
    if deadline is None or not deadline.duration:
        return ""
    found = _ISO.match(deadline.duration)
    if not found:
        return _("until a date of the case")
    weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
    working = deadline.clock == "working"
    parts = [
        _counted(weeks * 7 + days, _("working days") if working else _("days")),
        _counted(hours, _("working hours") if working else _("hours")),
        _counted(minutes, _("working minutes") if working else _("minutes")),
    ]
    return " ".join(part for part in parts if part)


def _counted(count: int, unit: str) -> str:
    return f"{digits(count)} {unit}" if count else ""
