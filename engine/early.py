"""Messages that came early: kept for a while, taken once by the first who asks for them.

Whoever begins to wait looks here at the end of the run. Two who look at once never take the same
message, for it is deleted by the one that gets it. Who looks and who keeps may miss each other on
PostgreSQL; the sweep brings those together.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from engine.ledger import Row
from engine.store import BUFFERED, SUBSCRIPTION, Store
from engine.waits import match_text
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

if TYPE_CHECKING:
    from engine.advance import Tree

AT_ONCE = 100
PATIENCE = timedelta(minutes=1)  # until a message whose job came to nothing is looked at again


def keep(
    uow: UnitOfWork,
    store: Store,
    name: str,
    key: str | None,
    payload: JsonObject,
    ttl: timedelta,
    message_id: str | None,
) -> None:
    """Keep a message that found nobody."""
    row = {
        "id": new_id(),
        "name": name,
        "key": key,
        "text": match_text(str(payload.get("text", ""))),
        "payload": payload,
        "message_id": message_id,
        "created_at": uow.now,
        "expires_at": uow.now + ttl,
        "look_at": uow.now,
    }
    store.insert(BUFFERED, [row])


def take(tree: Tree) -> bool:
    """Hand kept messages to those who began to wait in this run; whether there was one.

    One statement says that nothing is kept under these names, which is what it mostly says.
    """
    ops = tree.ledger.ops[tree.looked_at :]
    tree.looked_at += len(ops)
    rows = (op.values for op in ops if isinstance(op, Row) and op.table is SUBSCRIPTION)
    asking = deque(row for row in rows if row["kind"] == "message")
    if not asking or not _anything(tree.store, {row["name"] for row in asking}, tree.uow.now):
        return False
    taken = False
    while asking:
        row = asking.popleft()
        live = tree.live(row["instance_id"])
        token = live.case.live.get(row["activation_id"])
        if live.closed or token is None:
            continue
        message = _take_one(tree.store, row, tree.uow.now)
        if message is None:
            continue
        taken = True
        facts = {"name": row["name"], "key": row["key"], "early": True}
        live.history("message", token, facts=facts)
        live.case.trigger(token, message["payload"])
        tree.wake(live)
        if token.is_live and "incident" not in token.internal_data:
            asking.appendleft(row)  # it does not interrupt: it may hear another
    return taken


def claim(store: Store, buffered_id: UUID, now: datetime) -> JsonObject | None:
    """Take one kept message away; None when it is gone or has expired."""
    query = delete(BUFFERED).where(BUFFERED.c.id == buffered_id, BUFFERED.c.expires_at > now)
    return _only(store, query.returning(*BUFFERED.c))


def sweep(uow: UnitOfWork) -> int:
    """Forget what expired and queue what somebody asks for by now; how many there were."""
    store = Store(uow.session)
    expired = delete(BUFFERED).where(BUFFERED.c.expires_at <= uow.now)
    count = store.connection.execute(expired).rowcount
    asked = (
        select(BUFFERED.c.id)
        .where(BUFFERED.c.look_at <= uow.now, _somebody_asks())
        .order_by(BUFFERED.c.created_at, BUFFERED.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list(store.connection.execute(asked).scalars())
    if ids:
        later = update(BUFFERED).where(BUFFERED.c.id.in_(ids))
        store.connection.execute(later.values(look_at=uow.now + PATIENCE))
    for one in ids:
        uow.jobs.add("engine.deliver", {"id": str(one)}, key=f"deliver:{one}")
    return count + len(ids)


def leave(uow: UnitOfWork, buffered_id: UUID) -> None:
    """Look at a message no more by itself: its job failed, and an operator has it."""
    mine = update(BUFFERED).where(BUFFERED.c.id == buffered_id)
    Store(uow.session).connection.execute(mine.values(look_at=BUFFERED.c.expires_at))


def _somebody_asks() -> ColumnElement[bool]:
    case = and_(
        SUBSCRIPTION.c.instance_id.is_not(None),
        or_(BUFFERED.c.key.is_(None), BUFFERED.c.key == SUBSCRIPTION.c.key),
        or_(SUBSCRIPTION.c.match.is_(None), SUBSCRIPTION.c.match == BUFFERED.c.text),
    )
    return (
        select(SUBSCRIPTION.c.id)
        .where(
            SUBSCRIPTION.c.kind == "message",
            SUBSCRIPTION.c.name == BUFFERED.c.name,
            or_(SUBSCRIPTION.c.instance_id.is_(None), case),
        )
        .exists()
    )


def _anything(store: Store, names: set[str], now: datetime) -> bool:
    query = select(BUFFERED.c.id).where(BUFFERED.c.name.in_(names), BUFFERED.c.expires_at > now)
    return store.connection.execute(query.limit(1)).first() is not None


def _take_one(store: Store, asking: JsonObject, now: datetime) -> JsonObject | None:
    """The earliest fitting message, taken away."""
    query = select(BUFFERED.c.id).where(
        BUFFERED.c.name == asking["name"],
        or_(BUFFERED.c.key.is_(None), BUFFERED.c.key == asking["key"]),
        BUFFERED.c.expires_at > now,
    )
    if asking["match"] is not None:
        query = query.where(BUFFERED.c.text == asking["match"])
    first = query.order_by(BUFFERED.c.created_at, BUFFERED.c.id).limit(1)
    chosen = first.with_for_update(skip_locked=True).scalar_subquery()
    return _only(store, delete(BUFFERED).where(BUFFERED.c.id == chosen).returning(*BUFFERED.c))


def _only(store: Store, query: Any) -> JsonObject | None:
    row = store.connection.execute(query).mappings().first()
    return dict(row) if row else None
