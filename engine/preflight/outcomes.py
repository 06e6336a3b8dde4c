"""Rules about named outcomes and the conditions that read them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from engine.bpmn.model import Node, NodeKind, ProcessModel
from engine.bpmn.slots import Slot, slots
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem

_TASK = r"outcomes(?:\.(?P<dot>[^\W\d][\w\u200c]*)|\[\s*[\"'](?P<index>[^\"']+)[\"']\s*\])"
_COMPARED = re.compile(
    _TASK + r"\s*(?:==|=|!=|\beq\b|\bne\b)\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')"
)
_AMONG = re.compile(_TASK + r"\s+in\s*[\[(](?P<list>[^\])]*)[\])]")
_NAMED = re.compile(_TASK)
_BARE = re.compile(
    r"(?<![\w.])outcome\s*(?:==|=|!=)\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')"
)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'")


@rules.register("outcome-keys")
def outcomes_differ(upload: Upload) -> Iterator[Problem]:
    """Two outcomes of one step have different keys."""
    for model, node in upload.every():
        counted = Counter(outcome.key for outcome in node.outcomes)
        for key, count in counted.items():
            if count > 1:
                yield about(model, node, "task.duplicate-outcome", key=key)


@rules.register("outcomes-known")
def conditions_know_the_outcomes(upload: Upload) -> Iterator[Problem]:
    """A condition compares a step's outcome with one that the step has."""
    for model in upload.models:
        known = None if _set_elsewhere(model) else _every_key(model)
        for slot in slots(model):
            if "outcome" in slot.text:
                yield from _by_task(model, slot)
                yield from _last_one(model, slot, known)


def _by_task(model: ProcessModel, slot: Slot) -> Iterator[Problem]:
    for match in _NAMED.finditer(slot.text):
        task = match["dot"] or match["index"]
        node = model.nodes.get(task)
        if node is None or node.kind not in (NodeKind.USER_TASK, NodeKind.MANUAL_TASK):
            yield about(model, slot.owner, "reference.task", task=task, place=slot.place)
    for task, key in compared(slot.text):
        node = model.nodes.get(task)
        if node is not None and key not in _keys(node):
            name = node.name or node.id
            yield _unknown(model, slot, key, name, _keys(node))


def _last_one(model: ProcessModel, slot: Slot, known: list[str] | None) -> Iterator[Problem]:
    """`outcome` is the last step's; here any step's will do, unless it is set otherwise."""
    for match in _BARE.finditer(slot.text):
        key = match["double"] or match["single"] or ""
        if known and key not in known:
            yield _unknown(model, slot, key, model.name or model.key, known)


def _set_elsewhere(model: ProcessModel) -> bool:
    """Whether a called process or connector sets the variable `outcome`."""
    return any(
        assign.target == "outcome" or assign.everything
        for node in model.nodes.values()
        for assign in node.outputs
    )


def _every_key(model: ProcessModel) -> list[str]:
    return sorted({key for node in model.nodes.values() for key in _keys(node)})


def _unknown(model: ProcessModel, slot: Slot, key: str, step: str, known: list[str]) -> Problem:
    return about(
        model, slot.owner, "outcome.unknown", key=key, step=step, known=", ".join(known) or "–"
    )


def compared(text: str) -> Iterator[tuple[str, str]]:
    """Every (task id, outcome key) that a text compares."""
    for match in _COMPARED.finditer(text):
        yield match["dot"] or match["index"], match["double"] or match["single"] or ""
    for match in _AMONG.finditer(text):
        for quoted in _QUOTED.finditer(match["list"]):
            yield match["dot"] or match["index"], quoted[1] or quoted[2] or ""


def _keys(node: Node) -> list[str]:
    return [outcome.key for outcome in node.outcomes]


@rules.register("outcomes-used")
def outcomes_are_used(upload: Upload) -> Iterator[Problem]:
    """Outcomes that no expression reads decide nothing. One may be the default's."""
    for model in upload.models:
        quoted = {
            found[1] or found[2] for slot in slots(model) for found in _QUOTED.finditer(slot.text)
        }
        for node in model.nodes.values():
            unused = [key for key in dict.fromkeys(_keys(node)) if key not in quoted]
            if len(unused) > 1:
                yield about(model, node, "outcome.unused", keys=", ".join(unused))


@rules.register("empty-steps")
def steps_ask_something(upload: Upload) -> Iterator[Problem]:
    """A step without form and outcome is only ticked off."""
    for model, node in upload.every():
        if node.kind is NodeKind.USER_TASK and not node.forms and not node.outcomes:
            yield about(model, node, "task.no-form")
        if node.kind is NodeKind.USER_TASK and not node.name:
            yield about(model, node, "name.missing")
