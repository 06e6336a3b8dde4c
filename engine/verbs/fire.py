"""A timer came due: wake the token that waits for it, or remind people of their work."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from engine.advance import advance
from engine.reminders import remind
from engine.store import ITEM, TIMER, Store
from engine.verbs.common import OPEN
from engine.verbs.schedule import START, begin_due
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import SYSTEM


def fire(uow: UnitOfWork, timer_id: UUID) -> None:
    """Fire one timer. One that nobody waits for any more goes away quietly."""
    store = Store(uow.session)
    timer = store.timer(timer_id)
    if timer is None:
        return
    if timer["kind"] == START:
        begin_due(uow, store, timer_id)
        return
    root = store.lock_root(timer["root_id"])
    timer = store.timer(timer_id)  # as it stands under the lock
    if timer is None or root is None:
        return
    if timer["kind"] == "reminder":
        _remind(uow, store, timer)
        return
    store.drop(TIMER.c.id, [timer_id])
    if root["status"] != "running":
        return
    with advance(uow, root, by=SYSTEM, store=store) as tree:
        live = tree.live(timer["instance_id"])
        token = live.case.live.get(timer["activation_id"])
        if token is not None and live.row["status"] == "running":
            live.history("timer", token, facts={"due": timer["due_at"].isoformat()})
            live.case.trigger(token)
            tree.wake(live)


def _remind(uow: UnitOfWork, store: Store, timer: JsonObject) -> None:
    """Send the reminders that are due, and set the timer to the next of the plan."""
    query = select(ITEM).where(
        ITEM.c.activation_id == timer["activation_id"], ITEM.c.status.in_(OPEN)
    )
    items = [dict(row) for row in store.connection.execute(query).mappings()]
    plan, number = timer["facts"]["plan"], timer["facts"]["next"]
    while items and number < len(plan) and datetime.fromisoformat(plan[number]["at"]) <= uow.now:
        for item in items:
            remind(uow, store, item, plan[number], number)
        number += 1
    if not items or number >= len(plan):
        store.drop(TIMER.c.id, [timer["id"]])
        return
    store.connection.execute(
        update(TIMER)
        .where(TIMER.c.id == timer["id"])
        .values(
            due_at=datetime.fromisoformat(plan[number]["at"]),
            queued_at=None,
            facts={"plan": plan, "next": number},
        )
    )
