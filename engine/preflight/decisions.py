"""Rules about decision models, and about the rule tasks that ask them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import NodeKind
from engine.decisions import examine
from engine.dmn import reader
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem, Refused
from engine.xml import parse


@rules.register("decisions")
def decisions_can_be_taken(upload: Upload) -> Iterator[Problem]:
    """Every decision of a `*.dmn` file can be read, requires only what exists and no circle, and
    every cell compiles; rules of a UNIQUE table that visibly overlap are said."""
    keys: dict[str, str] = {}
    for file, data in sorted(upload.bundle.decisions.items()):
        try:
            model, problems = examine(file, data)
        except Refused as refused:
            yield refused.problem
            continue
        yield from problems
        for part in model.decisions:
            if part.id in keys:
                facts: dict[str, str | int] = {"decision": part.label, "other": keys[part.id]}
                yield Problem("dmn.duplicate-key", file=file, line=part.line, facts=facts)
            keys[part.id] = file


@rules.register("decisions-asked")
def asked_decisions_exist(upload: Upload) -> Iterator[Problem]:
    """A business rule task asks a decision of the bundle or a deployed one, or has a connector."""
    tasks = [(m, n) for m, n in upload.every() if n.kind is NodeKind.RULE_TASK]
    if not tasks:
        return
    brought = _brought(upload)
    for model, node in tasks:
        if node.decision is None:
            if node.connector is None:
                yield about(model, node, "rule.no-decision")
            continue
        local = node.decision.binding == "deployment"
        if node.decision.key not in (brought if local else brought | upload.catalogue.decisions):
            yield about(model, node, "reference.decision", key=node.decision.key)


def _brought(upload: Upload) -> frozenset[str]:
    """The keys of the bundle's decisions, of the files that can be read."""
    found: set[str] = set()
    for file, data in upload.bundle.decisions.items():
        try:
            model, _ = reader.read(parse(data, file, "dmn"), file)
        except Refused:
            continue  # said by the rule above
        found |= {part.id for part in model.decisions}
    return frozenset(found)
