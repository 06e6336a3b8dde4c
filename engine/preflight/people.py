"""Rules about who does the work and who is reminded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.bpmn.model import Node, NodeKind, Performer, ProcessModel
from engine.bpmn.reminders import TARGETS
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem
from kernel.expressions import is_expression

_KNOWN: Final = {
    "position": ("positions", "reference.position"),
    "managerOf": ("positions", "reference.position"),
    "unit": ("units", "reference.unit"),
    "role": ("roles", "reference.role"),
    "person": ("persons", "reference.person"),
}


@rules.register("performers")
def performers_exist(upload: Upload) -> Iterator[Problem]:
    """Every step of people names its performer, and the chart has that key."""
    for model, node in upload.every():
        if node.performer is None:
            if node.kind is NodeKind.USER_TASK:
                yield about(model, node, "task.nobody")
            continue
        yield from _key_exists(upload, model, node, node.performer)
        for task in node.performer.exclude:
            if task == node.id:
                yield about(model, node, "task.exclude-itself")
            elif task not in model.nodes or model.nodes[task].kind is not NodeKind.USER_TASK:
                yield about(model, node, "reference.task", task=task, place="exclude")


def _key_exists(
    upload: Upload, model: ProcessModel, node: Node, performer: Performer
) -> Iterator[Problem]:
    wanted = _KNOWN.get(performer.kind)
    if wanted is None or is_expression(performer.value):
        return
    known: frozenset[str] = getattr(upload.catalogue, wanted[0])
    if performer.kind == "managerOf":
        known = known | model.nodes.keys() | {"initiator"}  # also of whoever did a step
    if performer.value not in known:
        place = f"ravand:performer {performer.kind}"
        yield about(model, node, wanted[1], key=performer.value, place=place)


@rules.register("reminders")
def reminders_reach_somebody(upload: Upload) -> Iterator[Problem]:
    """A reminder goes to the assignee, the head, the one above or a position of the chart,
    by channels that exist."""
    for model, node in upload.every():
        if node.deadline is None:
            continue
        for reminder in node.deadline.reminders:
            target = reminder.target
            if target not in TARGETS and target not in upload.catalogue.positions:
                yield about(model, node, "reference.position", key=target, place="reminders")
            for channel in reminder.channels:
                if channel not in upload.catalogue.channels:
                    yield about(model, node, "reference.channel", key=channel, place="reminders")
