"""A thrown signal's way to others: whoever waits at that moment gets a job of their own case.

Inside of the throwing instance it was heard in the same run (`Case.hear`). Who begins to wait
later hears nothing, however late the job runs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from engine.ledger import JobWanted, Row
from engine.store import SUBSCRIPTION, Store
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.advance import Tree

THROWN = "engine.broadcast"  # asked for in a run; replaced before anything is written
JOB = "engine.signal"


def spread(tree: Tree) -> None:
    """Put a job for each listening case in the place of every signal thrown in this run."""
    ops = tree.ledger.ops
    if not any(isinstance(op, JobWanted) and op.kind == THROWN for op in ops):
        return
    written = list(ops)
    heard: list[JsonObject] = []
    tree.ledger.ops.clear()
    for op in written:
        if isinstance(op, JobWanted) and op.kind == THROWN:
            others = [row for row in heard if _other(tree, row, op.payload)]
            stored = [
                row
                for row in waiting(tree.store, op.payload["name"])
                if _other(tree, row, op.payload)
            ]
            tree.ledger.ops += jobs_for(stored + others, op.payload)
            continue
        if isinstance(op, Row) and op.table is SUBSCRIPTION:
            heard.append(op.values)
        tree.ledger.ops.append(op)


def waiting(store: Store, name: str) -> list[JsonObject]:
    """Who waits for a signal, stored: cases and processes that start with it."""
    query = select(SUBSCRIPTION).where(SUBSCRIPTION.c.kind == "signal", SUBSCRIPTION.c.name == name)
    rows = store.connection.execute(query.order_by(SUBSCRIPTION.c.id)).mappings()
    return [dict(row) for row in rows]


def jobs_for(rows: Iterable[JsonObject], thrown: JsonObject) -> list[JobWanted]:
    """One for each case, and one for each process that starts."""
    groups: dict[UUID, list[str]] = defaultdict(list)
    for row in rows:
        groups[row["root_id"] or row["id"]].append(str(row["id"]))
    common = {"name": thrown["name"], "payload": thrown["payload"]}
    return [
        JobWanted(JOB, {**common, "subscriptions": ids}, str(group))
        for group, ids in groups.items()
    ]


def _other(tree: Tree, row: JsonObject, thrown: JsonObject) -> bool:
    """Whether a subscription still has to be told: awake tokens of the thrower heard it."""
    if row["kind"] != "signal" or row["name"] != thrown["name"]:
        return False
    if str(row["instance_id"]) != thrown["from"]:
        return True
    asleep: Any = row["activation_id"] not in tree.lives[row["instance_id"]].case.live
    return bool(asleep)
