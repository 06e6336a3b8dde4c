"""A business rule task asks its decision with the variables that its token sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.model import DecisionRef
from engine.decisions import StoredDecision, decisions
from engine.dmn.errors import DecisionError
from engine.dmn.evaluate import Answer
from engine.settings import settings
from engine.spiff.faults import Fault
from kernel.expressions import to_json
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.live import Live
    from engine.spiff.token import Token

Row = dict[str, Any]


def decide(live: Live, token: Token, wanted: DecisionRef) -> None:
    """Ask it, set the result, and write down which rules held.

    Raises: Fault that names decision, rule and cell.
    """
    session = live.tree.uow.session
    try:
        stored = decisions.wanted(session, wanted, live.definition.deployment_id)
        scope = live.evaluator(token.local).scope
        answer = stored.model.decide(stored.key, scope, live.functions, settings().zone)
        values = _result(stored, answer, wanted)
    except DecisionError as error:
        raise Fault(
            "engine.decision",
            error.sentence(),
            expression=error.text[:2000] or None,
            **{name: str(fact)[:200] for name, fact in error.facts.items() if name != "error"},
        ) from error
    live.take(token, {name: to_json(value) for name, value in values.items()})
    live.happened(token, "decided", _facts(stored, answer))


def _result(stored: StoredDecision, answer: Answer, wanted: DecisionRef) -> JsonObject:
    """The variables to set, as the diagram maps the result."""
    if wanted.map == "value":
        return {wanted.result or stored.key: answer.value}
    rows = answer.rows
    if wanted.map == "resultList":
        return {wanted.result or stored.key: rows}
    if wanted.map == "collectEntries":
        return {wanted.result or stored.key: [_only(stored, row) for row in rows]}
    if len(rows) > 1:
        raise DecisionError("decision.several-rules", decision=stored.name, map=wanted.map)
    row: Row = rows[0] if rows else dict.fromkeys(stored.outputs)
    if wanted.map == "singleEntry":
        return {wanted.result or stored.key: _only(stored, row)}
    return {wanted.result: row if rows else None} if wanted.result else row


def _only(stored: StoredDecision, row: Row) -> Any:
    if len(row) != 1:
        raise DecisionError("decision.several-outputs", decision=stored.name, count=len(row))
    return next(iter(row.values()))


def _facts(stored: StoredDecision, answer: Answer) -> JsonObject:
    return {
        "decision": stored.key,
        "name": stored.name,
        "version": stored.version,
        "rules": [{"decision": one.decision, "rules": list(one.rules)} for one in answer.found],
    }
