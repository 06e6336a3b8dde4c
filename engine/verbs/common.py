"""What several verbs need: locking by item or instance, and rows that look alike."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from engine.errors import (
    FourEyes,
    InstanceUnknown,
    NotYourWork,
    WorkItemChanged,
    WorkItemClosed,
    WorkItemTaken,
    WorkItemUnknown,
)
from engine.store import OPEN as OPEN
from engine.store import Store
from engine.tables import ProcessInstance
from kernel.ids import new_id
from kernel.types import JsonObject
from people.actor import Actor


def instance_of(store: Store, instance_id: UUID) -> ProcessInstance:
    """An instance as verbs hand it out.

    Raises: InstanceUnknown
    """
    rows = store.instances([instance_id])
    if not rows:
        raise InstanceUnknown(instance=str(instance_id))
    return ProcessInstance.of(rows[0])


def lock_instance(store: Store, instance_id: UUID) -> tuple[JsonObject, JsonObject]:
    """The locked root of an instance, and the instance as it stands under the lock.

    Raises: InstanceUnknown
    """
    found = store.instances([instance_id])
    root = store.lock_root(found[0]["root_id"]) if found else None
    if root is None:
        raise InstanceUnknown(instance=str(instance_id))
    if root["id"] == instance_id:
        return root, root
    return root, store.instances([instance_id])[0]


def lock_item(
    store: Store, item_id: UUID, request_id: UUID | None = None
) -> tuple[JsonObject, JsonObject, bool]:
    """The locked root of an item, the item, and whether the request was answered before.

    Raises: WorkItemUnknown
    """
    found = store.lock_for_item(item_id, request_id)
    if found is None:
        raise WorkItemUnknown(item=str(item_id))
    return found


def require_open(item: JsonObject, revision: int | None) -> None:
    """Refuse an item that is closed, or that moved on since the page was shown.

    Raises: WorkItemClosed, WorkItemChanged
    """
    if item["status"] not in OPEN:
        raise WorkItemClosed(
            item=str(item["id"]),
            name=item["name"],
            closed_by=item["closed_by"] or "",
            closed_at=item["closed_at"],
            status=item["status"],
        )
    if revision is not None and revision != item["revision"]:
        raise WorkItemChanged(item=str(item["id"]), name=item["name"])


def require_actor(item: JsonObject, by: Actor) -> None:
    """Refuse an actor to whom the item is not addressed.

    Raises: WorkItemTaken, NotYourWork, FourEyes
    """
    if by.is_system:
        return
    if {str(by.person_id), str(by.on_behalf_of)} & set(item["excluded"]):
        raise FourEyes(name=item["name"])
    if item["status"] == "claimed":
        if item["assignee_id"] not in (by.person_id, by.on_behalf_of):
            raise WorkItemTaken(name=item["name"], assignee=item["assignee"])
    elif not by.principals & set(item["principals"]):
        raise NotYourWork(name=item["name"])


def submission_row(
    instance: JsonObject,
    item_id: UUID | None,
    element_id: str,
    visit: int,
    by: Actor,
    now: datetime,
) -> JsonObject:
    """What a person sent, before its answers are put in."""
    return {
        "id": new_id(),
        "request_id": None,
        "instance_id": instance["id"],
        "root_id": instance["root_id"],
        "item_id": item_id,
        "element_id": element_id,
        "visit": visit,
        "at": now,
        "person_id": by.person_id,
        "person": by.name,
        "position": by.position,
        "on_behalf_of": by.on_behalf_of,
        "outcome": None,
        "reason": None,
        "answers": {},
        "form_ids": {},
    }
