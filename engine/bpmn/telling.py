"""A problem of an element of a model, named as people know it."""

from __future__ import annotations

from engine.bpmn.model import Flow, Node, ProcessModel
from engine.problems import Fact, Problem


def about(model: ProcessModel, what: Node | Flow | None, code: str, **facts: Fact) -> Problem:
    """A problem of an element, or of the whole process."""
    if what is None:
        return Problem(code, model.key, model.name, model.file, model.line, facts)
    name = what.name
    if isinstance(what, Flow) and not name:
        ends = (model.nodes[what.source], model.nodes[what.target])
        name = " → ".join(end.name or end.id for end in ends)
    return Problem(code, what.id, name, model.file, what.line, facts)
