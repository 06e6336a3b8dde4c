"""The decisions that a process asks, as tables that people read."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from engine.bpmn.model import ProcessModel
from engine.decisions import StoredDecision, decisions
from engine.dmn.errors import DecisionError
from engine.dmn.model import Literal_, Part, Table, Text
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext, locale

_HITS = {
    "UNIQUE": lazy_gettext("At most one rule holds."),
    "FIRST": lazy_gettext("The first rule that holds decides."),
    "PRIORITY": lazy_gettext("Of the rules that hold, the weightiest answer counts."),
    "ANY": lazy_gettext("Several rules may hold; they all give the same answer."),
    "COLLECT": lazy_gettext("The answers of all rules that hold are collected."),
    "RULE ORDER": lazy_gettext("All rules that hold count, in the order of the table."),
    "OUTPUT ORDER": lazy_gettext("All rules that hold count, the weightiest answer first."),
}
_SUMS = {
    "SUM": lazy_gettext("The answers of all rules that hold are added up."),
    "MIN": lazy_gettext("The least answer of the rules that hold counts."),
    "MAX": lazy_gettext("The greatest answer of the rules that hold counts."),
    "COUNT": lazy_gettext("It is counted how many rules hold."),
}


@dataclass(frozen=True)
class Drawn:
    """One decision: a table of questions, answers and rules, or an expression.

    Attributes:
        rules: number, cells of questions, cells of answers, remark; an empty cell asks nothing.
        formula: of a decision that is no table; empty when it is drawn in another way.
    """

    name: str
    hit: str = ""
    questions: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    rules: tuple[tuple[int, tuple[str, ...], tuple[str, ...], str], ...] = ()
    formula: str = ""


@dataclass(frozen=True)
class Asked:
    """A decision and what it rests on, with the steps that ask it. `parts` is empty when no
    such decision is stored."""

    key: str
    name: str
    version: int
    steps: str
    parts: tuple[Drawn, ...]


def asked(session: Session, model: ProcessModel, deployment_id: UUID) -> list[Asked]:
    """Every decision that the process asks, once, in the version that it would ask now."""
    found: dict[tuple[str, int], tuple[StoredDecision | None, list[str]]] = {}
    for node in model.nodes.values():
        if node.decision is None:
            continue
        try:
            stored = decisions.wanted(session, node.decision, deployment_id)
        except DecisionError:
            stored = None
        place = (node.decision.key, stored.version if stored else 0)
        found.setdefault(place, (stored, []))[1].append(node.label(locale()))
    return [
        Asked(
            key,
            stored.name if stored else key,
            version,
            _(", ").join(steps),
            tuple(_drawn(part) for part in _needed(stored)) if stored else (),
        )
        for (key, version), (stored, steps) in found.items()
    ]


def _needed(stored: StoredDecision) -> list[Part]:
    """The decision itself, then those that it rests on."""
    parts, wanted = stored.drawn.parts, [stored.key]
    for key in wanted:
        wanted += [one for one in parts[key].requires if one in parts and one not in wanted]
    return [parts[key] for key in wanted if parts[key].kind == "decision"]


def _drawn(part: Part) -> Drawn:
    name, body = part.label or part.name or part.id, part.body
    if isinstance(body, Literal_):
        return Drawn(name, formula=body.text.text)
    if not isinstance(body, Table):
        return Drawn(name)
    hit = _SUMS[body.aggregation] if body.aggregation else _HITS[body.hit]
    rules = [(one.number, _cells(one.tests), _cells(one.answers), one.remark) for one in body.rules]
    return Drawn(
        name,
        str(hit),
        tuple(one.label or one.expression.text for one in body.inputs),
        tuple(one.label or one.name or name for one in body.outputs),
        tuple(rules),
    )


def _cells(texts: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple("" if one.text.strip() == "-" else one.text.strip() for one in texts)
