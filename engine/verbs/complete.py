"""Finish a work item and let its instance run on."""

from __future__ import annotations

from uuid import UUID

from engine import answers as forms_at_run_time
from engine import snapshots
from engine.advance import Tree, advance
from engine.answers import Answers, Reader
from engine.events import WorkItemCompleted
from engine.ledger import Close, Row
from engine.live import Live
from engine.store import SUBMISSION, Store
from engine.tables import ProcessInstance
from engine.verbs.common import (
    OPEN,
    instance_of,
    lock_item,
    require_actor,
    require_open,
    submission_row,
)
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor


def complete(
    uow: UnitOfWork,
    item_id: UUID,
    answers: Answers | Reader,
    *,
    outcome: str | None = None,
    reason: str | None = None,
    by: Actor,
    revision: int | None,
    request_id: UUID | None,
) -> ProcessInstance:
    """Finish one open work item and let its instance run to its next wait states.

    Args:
        answers: by form key, or what reads them once the step is known to be this actor's;
            checked, kept as this visit's submission, merged flat into the instance's variables.
        revision: as the page showed it; None trusts the caller (jobs, cases).
        request_id: the same click again gives the same answer.

    Raises: WorkItemClosed, WorkItemChanged, WorkItemTaken, NotYourWork, FourEyes,
        OutcomeMissing, ReasonMissing, FormInvalid. Nothing was changed then.
    """
    store = Store(uow.session)
    root, item, answered = lock_item(store, item_id, request_id)
    closed = item["status"] not in OPEN
    if answered or (closed and request_id is not None and store.was_sent(request_id)):
        return instance_of(store, item["instance_id"])
    require_open(item, revision)
    require_actor(item, by)
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.running(item["instance_id"])
        node = live.definition.model.nodes[item["element_id"]]
        token = live.case.live[item["activation_id"]]
        seen = live.seen(token)
        given = answers(live.definition, node, seen) if callable(answers) else answers
        chosen = forms_at_run_time.outcome_of(node, outcome, reason)
        scopes = frozenset((f"instance:{live.id}", f"instance:{live.root_id}"))
        values, form_ids = forms_at_run_time.check(
            uow.session, live.definition, node, given, chosen, seen, scopes
        )
        key = chosen.key if chosen else None
        sent = submission_row(live.row, item_id, node.id, item["visit"], by, uow.now)
        sent |= {
            "request_id": request_id,
            "outcome": key,
            "reason": reason,
            "answers": values,
            "form_ids": form_ids,
        }
        tree.ledger.add(Row(SUBMISSION, sent))
        snapshots.keep(store, live, sent)
        live.answered(token, _variables(live, item, values, key, reason))
        _close(tree, live, item, key, by)
        _move_on(tree, live, item, key, by)
    return ProcessInstance.of(live.row)


def _variables(
    live: Live,
    item: JsonObject,
    values: dict[str, JsonObject],
    outcome: str | None,
    reason: str | None,
) -> JsonObject:
    """The answers flat by field, and the outcome for the gateways."""
    flat = {name: value for one in values.values() for name, value in one.items()}
    if reason:
        flat["reason"] = reason
    if outcome is not None:
        outcomes = {**live.variables.get("outcomes", {}), item["element_id"]: outcome}
        flat |= {"outcome": outcome, "outcomes": outcomes}
    return flat


def _close(tree: Tree, live: Live, item: JsonObject, outcome: str | None, by: Actor) -> None:
    closing = {
        "status": "completed",
        "revision": item["revision"] + 1,
        "assignee_id": item["assignee_id"] or by.person_id,
        "assignee": item["assignee"] or by.name,
        "closed_at": tree.uow.now,
        "closed_by_id": by.person_id,
        "closed_by": by.name,
        "outcome": outcome,
    }
    entries = 1 if item["status"] == "claimed" else len(item["principals"])
    tree.ledger.add(Close(item["id"], closing, entries))
    tree.ledger.add(WorkItemCompleted(item["id"], live.id, by.person_id, item["principals"]))
    if by.person_id is not None:
        live.done_by[item["element_id"]] = str(by.on_behalf_of or by.person_id)


def _move_on(tree: Tree, live: Live, item: JsonObject, outcome: str | None, by: Actor) -> None:
    """Complete the token once every item of its activation is done."""
    token = live.case.live[item["activation_id"]]
    token.internal_data["items"] = token.internal_data.get("items", 1) - 1
    if token.internal_data["items"] > 0:
        live.history("item-completed", token, by=by, facts={"outcome": outcome})
        tree.wake(live)
        return
    live.acting = (token.id, by, {"outcome": outcome, "item": str(item["id"])})
    live.case.finish(token)
    tree.wake(live)
