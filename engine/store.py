"""The hot path's statements, prepared once: loading, locking and recording instances.

Plain Core on the tables: an ORM object for each row would cost more than moving the token.
Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_postgres
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from engine import tables
from kernel.prepared import Prepared
from kernel.types import JsonObject
from people import versions


def _table(model: type[Any]) -> Table:
    found: Table = model.__table__
    return found


INSTANCE = _table(tables.ProcessInstance)
ITEM = _table(tables.WorkItem)
INBOX = _table(tables.InboxEntry)
TIMER = _table(tables.Timer)
SUBSCRIPTION = _table(tables.Subscription)
SUBMISSION = _table(tables.Submission)
BUFFERED = _table(tables.BufferedMessage)
EXTERNAL = _table(tables.ExternalTask)
INCIDENT = _table(tables.Incident)
HISTORY = _table(tables.HistoryEvent)
PART = _table(tables.InstancePart)
SNAPSHOT = _table(tables.InstanceSnapshot)
LINK = _table(tables.InstanceLink)
REQUEST = _table(tables.RequestSeen)
SEQUENCE = _table(tables.NumberSequence)

FEW = 8  # values up to which an IN has a statement of its own for each number of them
_INSTANCE_COLUMNS = list(INSTANCE.c)
_ITEM_COLUMNS = list(ITEM.c)
_WIDTH = len(_INSTANCE_COLUMNS)

_TABLES = (
    INSTANCE,
    ITEM,
    INBOX,
    TIMER,
    SUBSCRIPTION,
    BUFFERED,
    SUBMISSION,
    EXTERNAL,
    INCIDENT,
    HISTORY,
    PART,
    SNAPSHOT,
    LINK,
    REQUEST,
    SEQUENCE,
)
_INSERTS = {table: Prepared(insert(table), [c.name for c in table.c]) for table in _TABLES}
_DELETIONS = {
    column: delete(column.table).where(column.in_(bindparam("values", expanding=True)))
    for column in (
        INBOX.c.item_id,
        TIMER.c.id,
        TIMER.c.activation_id,
        TIMER.c.instance_id,
        TIMER.c.definition_id,
        SUBSCRIPTION.c.activation_id,
        SUBSCRIPTION.c.instance_id,
        SUBSCRIPTION.c.definition_id,
        EXTERNAL.c.id,
        EXTERNAL.c.instance_id,
        PART.c.instance_id,
    )
}
_PARTS = select(PART.c.number, PART.c.data).where(
    PART.c.instance_id == bindparam("instance"),
    PART.c.number.in_(bindparam("parts", expanding=True)),
)
_DROP_PARTS = delete(PART).where(
    PART.c.instance_id == bindparam("instance"),
    PART.c.number.in_(bindparam("parts", expanding=True)),
)
_DROP_SNAPSHOT = Prepared(
    delete(SNAPSHOT).where(
        SNAPSHOT.c.instance_id == bindparam("instance"), SNAPSHOT.c.slot == bindparam("slot")
    )
)
_ROOT = Prepared(
    select(INSTANCE).where(INSTANCE.c.id == bindparam("root")).with_for_update(of=INSTANCE)
)
_ITEM_AND_ROOT = Prepared(
    select(*_INSTANCE_COLUMNS, *_ITEM_COLUMNS, versions.VERSION.scalar_subquery(), SUBMISSION.c.id)
    .select_from(ITEM)
    .join(INSTANCE, INSTANCE.c.id == ITEM.c.root_id)
    .outerjoin(SUBMISSION, SUBMISSION.c.request_id == bindparam("request"))
    .where(ITEM.c.id == bindparam("item"))
    .with_for_update(of=[INSTANCE, ITEM])
)
_INSTANCE = Prepared(select(INSTANCE).where(INSTANCE.c.id == bindparam("instance")))
_INSTANCES = select(INSTANCE).where(INSTANCE.c.id.in_(bindparam("ids", expanding=True)))
_TREE = select(INSTANCE).where(
    INSTANCE.c.root_id == bindparam("root"), INSTANCE.c.status == "running"
)
_SAVE = Prepared(
    update(INSTANCE)
    .where(INSTANCE.c.id == bindparam("b_id"), INSTANCE.c.revision == bindparam("b_revision"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "status",
                "state",
                "revision",
                "variables",
                "active",
                "subject",
                "ended_at",
                "ended_by_id",
                "ended_by",
                "end_event",
                "end_reason",
            )
        }
    )
)
_MOVE_INBOX = Prepared(
    update(INBOX)
    .where(INBOX.c.item_id == bindparam("b_item"))
    .values({column.name: bindparam(column.name, type_=column.type) for column in INBOX.c})
)
_DIALECTS = (("sqlite", insert_sqlite), ("postgresql", insert_postgres))
_STEP = {
    dialect: Prepared(
        one(SEQUENCE)
        .on_conflict_do_update(index_elements=["name"], set_={"value": SEQUENCE.c.value + 1})
        .returning(SEQUENCE.c.value),
        ("name", "value"),
    )
    for dialect, one in _DIALECTS
}
_NOTE_REQUEST = {
    dialect: Prepared(one(REQUEST).on_conflict_do_nothing(), [column.name for column in REQUEST.c])
    for dialect, one in _DIALECTS
}
OPEN = ("open", "claimed")
_OPEN = ITEM.c.status.in_(OPEN)
_CLOSE_ITEM = Prepared(
    update(ITEM)
    .where(ITEM.c.id == bindparam("b_id"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "status",
                "revision",
                "assignee_id",
                "assignee",
                "closed_at",
                "closed_by_id",
                "closed_by",
                "outcome",
            )
        }
    )
)


_INSTANCE_NAMES = [column.name for column in _INSTANCE_COLUMNS]
_ITEM_NAMES = [column.name for column in _ITEM_COLUMNS]


@cache
def _deletion(column: Column[Any], count: int) -> Prepared:
    """Deletes the rows whose column has one of `count` values, `v0`, `v1`, …."""
    values = [bindparam(f"v{number}", type_=column.type) for number in range(count)]
    return Prepared(delete(column.table).where(column.in_(values)))


@cache
def _insertion(table: Table, count: int) -> Prepared:
    """Adds `count` rows at once; the values of a column are `name_0`, `name_1`, …."""
    rows = [
        {one.name: bindparam(f"{one.name}_{number}", type_=one.type) for one in table.c}
        for number in range(count)
    ]
    return Prepared(insert(table).values(rows))


class Store:
    """Runs the prepared statements on a unit of work's connection."""

    def __init__(self, session: Session) -> None:
        self.connection: Connection = session.connection()
        self._session = session

    def lock_root(self, root_id: UUID) -> JsonObject | None:
        """The root's row, locked until the transaction ends: always the first lock taken."""
        row = _ROOT.first(self.connection, {"root": root_id})
        return dict(zip(_INSTANCE_NAMES, row, strict=True)) if row else None

    def lock_for_item(
        self, item_id: UUID, request_id: UUID | None
    ) -> tuple[JsonObject, JsonObject, bool] | None:
        """The locked root, the item, and whether this request was already answered."""
        row = _ITEM_AND_ROOT.first(self.connection, {"item": item_id, "request": request_id})
        if row is None:
            return None
        root = dict(zip(_INSTANCE_NAMES, row[:_WIDTH], strict=True))
        item = dict(zip(_ITEM_NAMES, row[_WIDTH:-2], strict=True))
        versions.remember(self._session, row[-2])  # who may do it will be asked of the chart
        return root, item, row[-1] is not None

    def instances(self, ids: Iterable[UUID]) -> list[JsonObject]:
        """Rows of instances by id."""
        known = list(ids)
        if len(known) == 1:
            row = _INSTANCE.first(self.connection, {"instance": known[0]})
            return [dict(zip(_INSTANCE_NAMES, row, strict=True))] if row else []
        rows = self.connection.execute(_INSTANCES, {"ids": known}).mappings()
        return [dict(row) for row in rows]

    def running_tree(self, root_id: UUID) -> list[JsonObject]:
        """Every instance of a tree that still runs."""
        return [dict(row) for row in self.connection.execute(_TREE, {"root": root_id}).mappings()]

    def parts(self, instance_id: UUID, numbers: Sequence[int]) -> dict[int, bytes]:
        """Parts of a large instance."""
        values = {"instance": instance_id, "parts": list(numbers)}
        return {row.number: row.data for row in self.connection.execute(_PARTS, values)}

    def save_parts(self, instance_id: UUID, parts: Mapping[int, bytes | None]) -> None:
        """Write the changed parts of a large instance; None takes one away."""
        if not parts:
            return
        values = {"instance": instance_id, "parts": list(parts)}
        self.connection.execute(_DROP_PARTS, values)
        rows = [
            {"instance_id": instance_id, "number": number, "data": data}
            for number, data in parts.items()
            if data is not None
        ]
        self.insert(PART, rows)

    def keep_snapshot(self, row: JsonObject, *, again: bool) -> None:
        """Add a snapshot; `again` when its slot was used before."""
        if again:
            place = {"instance": row["instance_id"], "slot": row["slot"]}
            _DROP_SNAPSHOT.change(self.connection, place)
        self.insert(SNAPSHOT, [row])

    def snapshots(self, instance_id: UUID) -> list[JsonObject]:
        """The snapshots of an instance, the oldest first."""
        query = select(SNAPSHOT).where(SNAPSHOT.c.instance_id == instance_id)
        rows = self.connection.execute(query.order_by(SNAPSHOT.c.submission_id)).mappings()
        return [dict(row) for row in rows]

    def drop_snapshots(self, instance_id: UUID, slots: Sequence[int]) -> None:
        """Forget some snapshots of an instance."""
        for slot in slots:
            _DROP_SNAPSHOT.change(self.connection, {"instance": instance_id, "slot": slot})

    def insert(self, table: Table, rows: list[JsonObject]) -> None:
        """Add rows with one statement."""
        if 1 < len(rows) <= FEW:
            given = {f"{name}_{n}": row.get(name) for n, row in enumerate(rows) for name in row}
            _insertion(table, len(rows)).change(self.connection, given)
        elif rows:
            _INSERTS[table].change_many(self.connection, rows)

    def save_instances(self, rows: Sequence[JsonObject]) -> int:
        """Write changed instances; how many rows still had the expected revision."""
        if not rows:
            return 0
        return _SAVE.change_many(self.connection, rows)

    def close_items(self, rows: Sequence[JsonObject]) -> None:
        """Write the end of work items."""
        if rows:
            _CLOSE_ITEM.change_many(self.connection, rows)

    def move_inbox(self, rows: list[JsonObject]) -> None:
        """Put other work in the place of entries that end."""
        if rows:
            _MOVE_INBOX.change_many(self.connection, rows)

    def cancel_items(self, activations: Sequence[UUID], values: JsonObject) -> list[UUID]:
        """Cancel the open items of activations; their ids."""
        if not activations:
            return []
        found = self.connection.execute(
            update(ITEM)
            .where(ITEM.c.activation_id.in_(activations), _OPEN)
            .values(**values, revision=ITEM.c.revision + 1)
            .returning(ITEM.c.id)
        )
        return list(found.scalars())

    def cancel_items_of(self, instances: Sequence[UUID], values: JsonObject) -> list[UUID]:
        """Cancel the open items of whole instances; their ids."""
        found = self.connection.execute(
            update(ITEM)
            .where(ITEM.c.instance_id.in_(instances), _OPEN)
            .values(**values, revision=ITEM.c.revision + 1)
            .returning(ITEM.c.id)
        )
        return list(found.scalars())

    def drop(self, column: Column[Any], values: Sequence[Any]) -> None:
        """Delete the rows whose column has one of the values."""
        if len(values) > FEW:
            self.connection.execute(_DELETIONS[column], {"values": list(values)})
        elif values:
            given = {f"v{number}": value for number, value in enumerate(values)}
            _deletion(column, len(values)).change(self.connection, given)

    def drop_waits_of(self, instances: Sequence[UUID]) -> None:
        """Delete every timer, subscription, external task and part of whole instances."""
        self.drop(TIMER.c.instance_id, instances)
        self.drop(SUBSCRIPTION.c.instance_id, instances)
        self.drop(EXTERNAL.c.instance_id, instances)
        self.drop(PART.c.instance_id, instances)

    def resolve_incidents(self, condition: ColumnElement[bool], values: JsonObject) -> None:
        """Close open incidents."""
        self.connection.execute(
            update(INCIDENT).where(INCIDENT.c.state == "open", condition).values(**values)
        )

    def timer(self, timer_id: UUID) -> JsonObject | None:
        """One timer."""
        row = self.connection.execute(select(TIMER).where(TIMER.c.id == timer_id)).mappings()
        found = row.first()
        return dict(found) if found else None

    def lock_timer(self, timer_id: UUID) -> JsonObject | None:
        """One timer, locked until the transaction ends."""
        query = select(TIMER).where(TIMER.c.id == timer_id).with_for_update()
        found = self.connection.execute(query).mappings().first()
        return dict(found) if found else None

    def next_number(self, name: str) -> int:
        """The next number of a sequence; two who ask at once get two."""
        given = {"name": name, "value": 1}
        [(number,)] = _STEP[self.connection.dialect.name].all(self.connection, given)
        return int(number)

    def claim_request(self, request_id: str, instance_id: UUID | None, now: datetime) -> bool:
        """Note a request before answering it; False when it was noted already.

        A second one of the same id waits for the first one's transaction.
        """
        row = {"request_id": request_id, "instance_id": instance_id, "at": now}
        return _NOTE_REQUEST[self.connection.dialect.name].change(self.connection, row) == 1

    def was_sent(self, request_id: UUID) -> bool:
        """Whether a submission with this request was recorded."""
        query = select(SUBMISSION.c.id).where(SUBMISSION.c.request_id == request_id)
        return self.connection.execute(query).first() is not None

    def earlier_answer(self, request_id: str) -> UUID | None:
        """The instance that answered this request before."""
        seen = select(REQUEST.c.instance_id).where(REQUEST.c.request_id == request_id)
        found: UUID | None = self.connection.execute(seen).scalar()
        return found
