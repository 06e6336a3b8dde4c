"""Take a work item for oneself, or give it back."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import update

from engine.entries import entries_of
from engine.events import WorkItemClaimed
from engine.live import history_row
from engine.store import HISTORY, INBOX, ITEM, Store
from engine.tables import WorkItem
from engine.verbs.common import lock_item, require_actor, require_open
from kernel.audit import acts
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor


def claim(uow: UnitOfWork, item_id: UUID, *, by: Actor, revision: int | None = None) -> WorkItem:
    """Take an open item: it leaves the inboxes of the others.

    Raises: WorkItemClosed, WorkItemChanged, WorkItemTaken, NotYourWork, FourEyes
    """
    store = Store(uow.session)
    _, item, _ = lock_item(store, item_id)
    require_open(item, revision)
    require_actor(item, by)
    if item["status"] == "claimed":
        return WorkItem(**item)
    change = {"status": "claimed", "assignee_id": by.person_id, "assignee": by.name}
    return _hand(uow, store, item, change, by)


def unclaim(uow: UnitOfWork, item_id: UUID, *, by: Actor, revision: int | None = None) -> WorkItem:
    """Give a claimed item back to everyone it was addressed to.

    Its holder may, and whoever operates instances.

    Raises: WorkItemClosed, WorkItemChanged, WorkItemTaken
    """
    store = Store(uow.session)
    _, item, _ = lock_item(store, item_id)
    require_open(item, revision)
    if item["status"] == "open":
        return WorkItem(**item)
    if not by.can("instance.operate"):
        require_actor(item, by)
    if item["assignee_id"] not in (by.person_id, by.on_behalf_of):
        uow.audit.record(acts.WORK_TAKEN_BACK, by, item_id, holder=item["assignee_id"])
    change = {"status": "open", "assignee_id": None, "assignee": None}
    return _hand(uow, store, item, change, by)


def _hand(
    uow: UnitOfWork, store: Store, item: JsonObject, change: JsonObject, by: Actor
) -> WorkItem:
    change = {**change, "revision": item["revision"] + 1}
    store.connection.execute(update(ITEM).where(ITEM.c.id == item["id"]).values(**change))
    store.drop(INBOX.c.item_id, [item["id"]])
    store.insert(INBOX, entries_of(item | change))
    kind = "claimed" if change["status"] == "claimed" else "unclaimed"
    row = {"id": item["instance_id"], "root_id": item["root_id"]}
    line = history_row(row, uow.now, kind, None, by, {"item": str(item["id"])})
    line |= {"element_id": item["element_id"], "element_name": item["name"]}
    store.insert(HISTORY, [line])
    uow.outbox.add(
        WorkItemClaimed(item["id"], item["instance_id"], change["assignee_id"], item["principals"])
    )
    return WorkItem(**(item | change))
