"""Callers and called: a child's row, a subtree, and ending whole instances at once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import update

from engine.definitions import Definition
from engine.events import WorkItemCancelled
from engine.ledger import cancelled_item
from engine.store import INBOX, INCIDENT, INSTANCE
from kernel.ids import new_id
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.advance import Tree
    from engine.live import Live
    from engine.spiff.token import Token


def child_row(
    caller: Live, token: Token, definition: Definition, variables: JsonObject, start: str
) -> JsonObject:
    """The row of a called process: an instance of its own, with the case's number."""
    row = dict(caller.row)
    return row | {
        "id": new_id(),
        "parent_id": caller.id,
        "parent_activation_id": token.id,
        "definition_id": definition.id,
        "definition_key": definition.key,
        "subject": caller.subject,
        "status": "running",
        "state": b"",
        "revision": 0,
        "variables": variables,
        "active": [],
        "started_at": caller.now,
        "started_by_id": caller.tree.by.person_id,
        "started_by": caller.tree.by.name,
        "start_event": start,
        "ended_at": None,
        "ended_by_id": None,
        "ended_by": None,
        "end_event": None,
        "end_reason": None,
    }


def subtree(rows: list[JsonObject], roots: set[UUID]) -> list[JsonObject]:
    """The rows of `roots` and of everything they called."""
    doomed = set(roots)
    grown = True
    while grown:
        below = {row["id"] for row in rows if row["parent_id"] in doomed} - doomed
        doomed |= below
        grown = bool(below)
    return [row for row in rows if row["id"] in doomed]


def end_instances(tree: Tree, rows: list[JsonObject], status: str, reason: str | None) -> None:
    """End instances from outside: open work closes, timers and subscriptions die."""
    if not rows:
        return
    ids = [row["id"] for row in rows]
    uow, store, by = tree.uow, tree.store, tree.by
    values = {
        "status": status,
        "ended_at": uow.now,
        "ended_by_id": by.person_id,
        "ended_by": by.name,
        "end_reason": reason,
        "state": b"",
        "active": [],
    }
    store.connection.execute(
        update(INSTANCE)
        .where(INSTANCE.c.id.in_(ids))
        .values(**values, revision=INSTANCE.c.revision + 1)
    )
    gone = store.cancel_items_of(ids, cancelled_item(uow))
    store.drop(INBOX.c.item_id, gone)
    store.drop_waits_of(ids)
    resolved = {"state": "resolved", "resolved_at": uow.now, "resolved_by": by.name}
    store.resolve_incidents(INCIDENT.c.instance_id.in_(ids), resolved)
    if gone:
        uow.outbox.add(WorkItemCancelled([str(item) for item in gone], ids[0]))
    for row in rows:
        tree.note_ended(row | {"status": status}, reason)
    tree.ledger.write(uow, store)
