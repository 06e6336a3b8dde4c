"""Deliver a message to the one that waits for it, or a signal to everyone who does."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from engine import early, signals
from engine.advance import advance
from engine.definitions import specs
from engine.store import BUFFERED, INSTANCE, SUBSCRIPTION, Store
from engine.verbs.start import begin
from engine.waits import match_text, message_key
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import SYSTEM, Actor


def correlate(
    uow: UnitOfWork,
    name: str,
    key: str | None,
    payload: JsonObject,
    *,
    by: Actor,
    instance_id: UUID | None = None,
    message_id: str | None = None,
    ttl: timedelta | None = None,
) -> int:
    """Hand a message to the newest fitting subscription; how many took it (0 or 1).

    A subscription fits by name and correlation key, and by its `match` against the payload's
    `text`. When none fits, a released process that starts with this message begins.

    Args:
        instance_id: only subscriptions of the case that this instance belongs to.
        message_id: the sender's own id; a second message of the same id is not delivered.
        ttl: keep the message so long for somebody who does not wait yet; not kept without it,
            nor when it is meant for one case.
    """
    store = Store(uow.session)
    if message_id and not store.claim_request(f"message:{name}:{message_id}", None, uow.now):
        return 0
    key = message_key(name, key)
    if _hand_over(uow, store, name, key, payload, by, instance_id):
        return 1
    if ttl and instance_id is None and key != "":
        early.keep(uow, store, name, key, payload, ttl, message_id)
    return 0


def deliver_early(uow: UnitOfWork, buffered_id: UUID) -> None:
    """Bring a kept message to somebody who asks for it; it stays when there is nobody."""
    store = Store(uow.session)
    row = early.claim(store, buffered_id, uow.now)
    if row is not None and not _hand_over(
        uow, store, row["name"], row["key"], row["payload"], SYSTEM, None
    ):
        store.insert(BUFFERED, [row])


def _hand_over(
    uow: UnitOfWork,
    store: Store,
    name: str,
    key: str | None,
    payload: JsonObject,
    by: Actor,
    instance_id: UUID | None,
) -> bool:
    """Give a message to a case that waits for it, else to a process that starts with it."""
    for row in _fitting(store, name, key, payload, instance_id):
        if _deliver(uow, store, [row], payload, by):
            return True
    return instance_id is None and bool(_start(uow, store, name, key, payload, by))


def broadcast(uow: UnitOfWork, name: str, payload: JsonObject, *, by: Actor) -> int:
    """Hand a signal to everyone who waits for it now, and start what starts with it; how many.

    Every case hears it in a job and transaction of its own, which the machine does.

    Raises: PermissionMissing for whoever may not start processes
    """
    by.require("process.start")
    rows = signals.waiting(Store(uow.session), name)
    for job in signals.jobs_for(rows, {"name": name, "payload": payload}):
        uow.jobs.add(job.kind, job.payload, group=job.group)
    return len(rows)


def deliver_signal(uow: UnitOfWork, ids: list[UUID], payload: JsonObject) -> None:
    """Hand a signal to the subscriptions of one case that are still there, or begin a process."""
    store = Store(uow.session)
    query = select(SUBSCRIPTION).where(SUBSCRIPTION.c.id.in_(ids)).order_by(SUBSCRIPTION.c.id)
    rows = [dict(row) for row in store.connection.execute(query).mappings()]
    for row in rows:
        if row["instance_id"] is None:
            _begin(uow, store, row, None, payload, SYSTEM)
    if cases := [row for row in rows if row["instance_id"] is not None]:
        _deliver(uow, store, cases, payload, SYSTEM)


def _fitting(
    store: Store, name: str, key: str | None, payload: JsonObject, instance_id: UUID | None
) -> list[JsonObject]:
    """Subscriptions that take this message: those that ask for its very text first, then newest.

    A key that came out empty is nobody's: it must not find the case of whoever waits.
    """
    if key == "":
        return []
    query = select(SUBSCRIPTION).where(
        SUBSCRIPTION.c.kind == "message",
        SUBSCRIPTION.c.name == name,
        SUBSCRIPTION.c.instance_id.is_not(None),
    )
    if key is not None:
        query = query.where(SUBSCRIPTION.c.key == key)
    if instance_id is not None:
        root = select(INSTANCE.c.root_id).where(INSTANCE.c.id == instance_id).scalar_subquery()
        query = query.where(SUBSCRIPTION.c.root_id == root)
    text = match_text(str(payload.get("text", "")))
    rows = [dict(row) for row in store.connection.execute(query).mappings()]
    rows = [row for row in rows if row["match"] in (None, text)]
    return sorted(rows, key=_newest_first, reverse=True)


def _newest_first(row: JsonObject) -> tuple[bool, datetime, UUID]:
    return row["match"] is not None, row["created_at"], row["id"]


def _deliver(
    uow: UnitOfWork, store: Store, rows: list[JsonObject], payload: JsonObject, by: Actor
) -> int:
    """Give it to subscriptions of one case; to how many: tokens may have gone meanwhile."""
    root = store.lock_root(rows[0]["root_id"])
    if root is None or root["status"] != "running":
        return 0
    count = 0
    with advance(uow, root, by=by, store=store) as tree:
        for row in rows:
            live = tree.live(row["instance_id"])
            token = live.case.live.get(row["activation_id"])
            if token is None or live.closed or live.row["status"] != "running":
                continue
            live.history("message", token, by=by, facts={"name": row["name"], "key": row["key"]})
            live.case.trigger(token, payload)
            tree.wake(live)
            count += 1
    return count


def _start(
    uow: UnitOfWork, store: Store, name: str, key: str | None, payload: JsonObject, by: Actor
) -> int:
    query = select(SUBSCRIPTION).where(
        SUBSCRIPTION.c.kind == "message",
        SUBSCRIPTION.c.name == name,
        SUBSCRIPTION.c.definition_id.is_not(None),
        SUBSCRIPTION.c.instance_id.is_(None),
    )
    row = store.connection.execute(query).mappings().first()
    if row is None:
        return 0
    _begin(uow, store, dict(row), key, payload, by)
    return 1


def _begin(
    uow: UnitOfWork, store: Store, row: JsonObject, key: str | None, payload: JsonObject, by: Actor
) -> None:
    """Start the process that a definition's subscription is for."""
    definition = specs.get(uow.session, row["definition_id"])
    node = definition.model.nodes[row["element_id"]]
    into = node.event.variable
    given = {into: payload} if into else payload
    begin(uow, store, definition, node, variables=given, business_key=key, by=by)
