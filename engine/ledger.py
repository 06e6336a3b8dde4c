"""What one run asks for, in order; written as a handful of bulk statements when it is over."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table

from engine.events import WorkItemCancelled
from engine.store import (
    EXTERNAL,
    HISTORY,
    INBOX,
    INCIDENT,
    ITEM,
    SUBMISSION,
    SUBSCRIPTION,
    TIMER,
    Store,
)
from kernel import metrics
from kernel.outbox import Event
from kernel.types import JsonObject
from kernel.uow import UnitOfWork


@dataclass(frozen=True)
class Row:
    """A row to add."""

    table: Table
    values: JsonObject


@dataclass(frozen=True)
class Stop:
    """An activation is over: what it waited for goes away."""

    activation_id: UUID
    instance_id: UUID
    items: bool = False
    timers: bool = False
    subscriptions: bool = False
    incidents: bool = False
    external: bool = False


@dataclass(frozen=True)
class Close:
    """A work item ends by a person's hand; it lies in so many inboxes."""

    item_id: UUID
    values: JsonObject
    entries: int


@dataclass(frozen=True)
class JobWanted:
    """Work for a machine, after the commit."""

    kind: str
    payload: JsonObject
    group: str


Op = Row | Stop | Close | JobWanted | Event


@dataclass
class Ledger:
    """The effects of a run; the part after a mark can be forgotten."""

    ops: list[Op] = field(default_factory=list)

    def add(self, op: Op) -> None:
        """Ask for something."""
        self.ops.append(op)

    def mark(self) -> int:
        """Where the list ends now."""
        return len(self.ops)

    def rewind(self, mark: int) -> None:
        """Forget everything since the mark."""
        del self.ops[mark:]

    def write(self, uow: UnitOfWork, store: Store) -> None:
        """Turn the effects into rows, jobs and events."""
        batch = _Batch()
        for op in self.ops:
            if isinstance(op, Row):
                batch.rows[op.table].append(op.values)
            elif isinstance(op, Stop):
                batch.stop(op)
            elif isinstance(op, Close):
                batch.closed[op.item_id] = op
            elif isinstance(op, JobWanted):
                uow.jobs.add(op.kind, op.payload, group=op.group)
            else:
                uow.outbox.add(op)
        self.ops.clear()
        batch.write(uow, store)


class _Batch:
    """Rows by table, with what was opened and stopped in one run already taken out."""

    def __init__(self) -> None:
        self.rows: dict[Table, list[JsonObject]] = defaultdict(list)
        self.closed: dict[UUID, Close] = {}
        self.item_stops: list[Stop] = []
        self.timer_stops: list[UUID] = []
        self.subscription_stops: list[UUID] = []
        self.incident_stops: list[UUID] = []
        self.external_stops: list[UUID] = []

    def stop(self, op: Stop) -> None:
        """Take out what this run added for the activation; remember to delete what it found."""
        if op.timers and not self._unadd(TIMER, op.activation_id):
            self.timer_stops.append(op.activation_id)
        if op.subscriptions and not self._unadd(SUBSCRIPTION, op.activation_id):
            self.subscription_stops.append(op.activation_id)
        if op.incidents and not self._unadd(INCIDENT, op.activation_id):
            self.incident_stops.append(op.activation_id)
        if op.external and not self._unadd(EXTERNAL, op.activation_id, "id"):
            self.external_stops.append(op.activation_id)
        if op.items:
            mine = [r for r in self.rows[ITEM] if r["activation_id"] == op.activation_id]
            added = {row["id"] for row in mine}
            if self._unadd(ITEM, op.activation_id):
                self.rows[INBOX] = [r for r in self.rows[INBOX] if r["item_id"] not in added]
            else:
                self.item_stops.append(op)

    def _unadd(self, table: Table, activation_id: UUID, column: str = "activation_id") -> bool:
        before = self.rows[table]
        kept = [row for row in before if row[column] != activation_id]
        self.rows[table] = kept
        return len(kept) < len(before)

    def write(self, uow: UnitOfWork, store: Store) -> None:
        """One statement per kind of change."""
        gone = self._cancel(uow, store)
        store.close_items([{"b_id": key, **op.values} for key, op in self.closed.items()])
        store.insert(ITEM, self.rows[ITEM])
        self._write_inbox(store, gone)
        store.drop(TIMER.c.activation_id, self.timer_stops)
        store.drop(SUBSCRIPTION.c.activation_id, self.subscription_stops)
        store.drop(EXTERNAL.c.id, self.external_stops)
        self._resolve(uow, store)
        for table in (TIMER, SUBSCRIPTION, EXTERNAL, INCIDENT, SUBMISSION, HISTORY):
            store.insert(table, self.rows[table])
        if steps := sum(row["kind"] == "completed" for row in self.rows[HISTORY]):
            uow.after_commit(lambda: metrics.STEPS.inc(steps))

    def _resolve(self, uow: UnitOfWork, store: Store) -> None:
        """A stopped token was taken away: its incident is nobody's task any more."""
        if self.incident_stops:
            gone = INCIDENT.c.activation_id.in_(self.incident_stops)
            store.resolve_incidents(gone, {"state": "resolved", "resolved_at": uow.now})

    def _write_inbox(self, store: Store, gone: list[UUID]) -> None:
        """Usually one entry goes as one comes: then the row is reused, by one statement."""
        coming = self.rows[INBOX]
        single = [key for key, op in self.closed.items() if op.entries == 1]
        pairs = list(zip(single, coming, strict=False))
        store.move_inbox([{"b_item": item, **entry} for item, entry in pairs])
        reused = {item for item, _ in pairs}
        store.drop(INBOX.c.item_id, gone + [key for key in self.closed if key not in reused])
        store.insert(INBOX, coming[len(pairs) :])

    def _cancel(self, uow: UnitOfWork, store: Store) -> list[UUID]:
        stops = self.item_stops
        if not stops:
            return []
        gone = store.cancel_items([op.activation_id for op in stops], cancelled_item(uow))
        if gone:
            ids = [str(item) for item in gone]
            uow.outbox.add(WorkItemCancelled(ids, stops[0].instance_id))
        return gone


def cancelled_item(uow: UnitOfWork) -> JsonObject:
    """What changes in a work item that nobody will do."""
    values: dict[str, Any] = {"status": "cancelled", "closed_at": uow.now}
    return values
