"""End a case early, with a reason that its file keeps."""

from __future__ import annotations

from uuid import UUID

from engine.advance import Tree
from engine.errors import CancelReasonMissing, InstanceEnded
from engine.events import NotificationWanted
from engine.family import end_instances, subtree
from engine.settings import settings
from engine.store import Store
from engine.tables import ProcessInstance
from engine.verbs.common import instance_of, lock_instance
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor

TEMPLATE = "instance_cancelled"


def cancel(uow: UnitOfWork, instance_id: UUID, reason: str, *, by: Actor) -> ProcessInstance:
    """End a running case and everything it called: open work closes, timers die.

    The whole case ends, whichever of its instances is named: a called process cannot be taken
    out of the one that waits for it.

    Raises: PermissionMissing, CancelReasonMissing, InstanceUnknown, InstanceEnded
    """
    by.require("instance.cancel")
    if not reason.strip():
        raise CancelReasonMissing()
    store = Store(uow.session)
    root, _ = lock_instance(store, instance_id)
    if root["status"] not in ("running", "suspended"):
        raise InstanceEnded(number=root["number"], instance=str(root["id"]))
    tree = Tree(uow, store, root, by)
    rows = subtree(store.running_tree(root["id"]), {root["id"]})
    end_instances(tree, rows, "cancelled", reason.strip())
    _tell_initiator(uow, root, reason, by)
    return instance_of(store, root["id"])


def _tell_initiator(uow: UnitOfWork, root: JsonObject, reason: str, by: Actor) -> None:
    person = root["initiator"].get("id")
    if not person or person == str(by.person_id):
        return
    about = {"id": str(root["id"]), "number": root["number"], "definition": root["definition_key"]}
    variables = {"instance": about, "reason": reason, "by": by.name, "subject": root["subject"]}
    uow.outbox.add(
        NotificationWanted(
            instance_id=root["id"],
            root_id=root["id"],
            element_id="",
            item_id=None,
            channel="inbox",
            to=f"person:{person}",
            template=TEMPLATE,
            variables={**variables, "organisation": settings().organisation()},
            locale_hint=None,
            policy=None,
            dedupe_key=f"{root['id']}:cancelled",
            deployment_id=None,
        )
    )
