"""Everything that is wrong with a decision model before it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from engine.dmn.boxed import CompiledFunction
from engine.dmn.compiler import Compiler
from engine.dmn.evaluate import CompiledModel, CompiledPart
from engine.dmn.model import DecisionModel, Part
from engine.dmn.overlaps import overlaps
from engine.dmn.tables import CompiledTable
from engine.problems import Problem

MAX_PARTS: Final = 300
MAX_CHAIN: Final = 40  # parts that require one another in a row

# Functions that the engine gives besides those of the language.
FUNCTIONS: Final = frozenset(
    ("position", "unit", "role", "person", "head_of", "manager_of", "assignee", "worktime")
)


def compiled(model: DecisionModel) -> tuple[CompiledModel, list[Problem]]:
    """The model ready to be asked, and its problems; with an error among them it is not."""
    problems = list(_graph(model))
    compiler = Compiler(model, FUNCTIONS)
    parts: dict[str, CompiledPart] = {}
    for part in model.parts.values():
        step = compiler.compile(part)
        if part.kind == "decision" and isinstance(step, CompiledFunction):
            compiler.report("dmn.unsupported", part.line, what="functionDefinition")
        parts[part.id] = CompiledPart(part, step, compiler.kind(part.type, part.line))
        if isinstance(step, CompiledTable):
            problems += _overlaps(model, part, step)
    return CompiledModel(parts), problems + compiler.problems


def _overlaps(model: DecisionModel, part: Part, table: CompiledTable) -> Iterator[Problem]:
    if table.table.hit != "UNIQUE":
        return
    for first, second in overlaps(table):
        facts: dict[str, str | int] = {"decision": part.label, "first": first, "second": second}
        yield Problem("dmn.overlap", "", "", model.file, table.table.line, facts)


def _graph(model: DecisionModel) -> Iterator[Problem]:
    """Missing requirements, cycles, sizes."""

    def problem(code: str, part: Part, **facts: str | int) -> Problem:
        told = {"decision": part.label or part.id, **facts}
        return Problem(code, "", "", model.file, part.line, told)

    if not model.decisions:
        yield Problem("dmn.no-decision", file=model.file)
    if len(model.parts) > MAX_PARTS:
        facts: dict[str, str | int] = {"decision": "", "what": "definitions", "limit": MAX_PARTS}
        yield Problem("dmn.too-large", file=model.file, facts=facts)
        return
    for part in model.parts.values():
        for id in part.requires:
            if id not in model.parts:
                yield problem("dmn.reference", part, target=id)
    depths: dict[str, int] = {}
    for part in model.parts.values():
        cycle = _walk(model, part.id, depths, ())
        if cycle:
            yield problem("dmn.cycle", part, way=" → ".join(cycle))
            return
    deepest = max(model.parts.values(), key=lambda one: depths[one.id], default=None)
    if deepest is not None and depths[deepest.id] > MAX_CHAIN:
        yield problem("dmn.too-large", deepest, what="informationRequirement", limit=MAX_CHAIN)


def _walk(
    model: DecisionModel, id: str, depths: dict[str, int], way: tuple[str, ...]
) -> tuple[str, ...]:
    """The ids of a cycle, or nothing; afterwards `depths` has the part."""
    if id in way:
        return (*way[way.index(id) :], id)
    if id in depths or id not in model.parts:
        return ()
    deepest = 0
    for needed in model.parts[id].requires:
        cycle = _walk(model, needed, depths, (*way, id))
        if cycle:
            return cycle
        deepest = max(deepest, depths.get(needed, 0))
    depths[id] = deepest + 1
    return ()
