"""End a case early, with a reason that its file keeps."""

from __future__ import annotations

from uuid import UUID

from engine.advance import Tree, advance
from engine.bpmn.model import EventKind, Node
from engine.definitions import specs
from engine.errors import CancelReasonMissing, InstanceEnded
from engine.events import NotificationWanted
from engine.family import end_instances, subtree
from engine.settings import settings
from engine.store import Store
from engine.tables import ProcessInstance
from engine.verbs.common import instance_of, lock_instance
from engine.waits import EARLY_END
from kernel.audit import acts
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor

TEMPLATE = "instance_cancelled"


def cancel(uow: UnitOfWork, instance_id: UUID, reason: str, *, by: Actor) -> ProcessInstance:
    """End a running case and everything it called: open work closes, timers die.

    The whole case ends, whichever of its instances is named: a called process cannot be taken
    out of the one that waits for it. A diagram that draws its early end (an event subprocess
    woken by the message `CancelRequest`) goes that way, and is ended when that way is; it reads
    `reason` and `ended_by` (`id`, `name`).

    Raises: PermissionMissing, CancelReasonMissing, InstanceUnknown, InstanceEnded
    """
    by.require("instance.cancel")
    if not reason.strip():
        raise CancelReasonMissing()
    store = Store(uow.session)
    root, _ = lock_instance(store, instance_id)
    if root["status"] not in ("running", "suspended"):
        raise InstanceEnded(number=root["number"], instance=str(root["id"]))
    drawn = _drawn_end(specs.get(uow.session, root["definition_id"]).graph.handlers(None))
    if drawn is None or not _go(uow, store, root, drawn, reason.strip(), by):
        tree = Tree(uow, store, root, by)
        rows = subtree(store.running_tree(root["id"]), {root["id"]})
        end_instances(tree, rows, "cancelled", reason.strip())
        _tell_initiator(uow, root, reason, by)
    uow.audit.record(acts.INSTANCE_CANCELLED, by, root["id"])
    return instance_of(store, root["id"])


def _drawn_end(handlers: list[Node]) -> Node | None:
    """The start of the event subprocess that ends a case early, if the diagram has one."""
    fitting = (n for n in handlers if n.event.kind is EventKind.MESSAGE and n.interrupting)
    return next((node for node in fitting if node.event.name == EARLY_END), None)


def _go(
    uow: UnitOfWork, store: Store, root: JsonObject, drawn: Node, reason: str, by: Actor
) -> bool:
    """Let the case go its drawn way; False when it is on that way already."""
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.live(root["id"])
        listener = next((t for t in live.case.listeners(None) if t.node.id == drawn.id), None)
        if listener is None:
            return False
        live.case.facts["ending"] = reason
        live.history("message", listener, by=by, facts={"name": EARLY_END, "reason": reason})
        who = {"id": str(by.person_id) if by.person_id else None, "name": by.name}
        live.case.trigger(listener, {"reason": reason, "ended_by": who})
        tree.wake(live)
    return True


def _tell_initiator(uow: UnitOfWork, root: JsonObject, reason: str, by: Actor) -> None:
    person = root["initiator"].get("id")
    if not person or person == str(by.person_id):
        return
    about = {"id": str(root["id"]), "number": root["number"], "definition": root["definition_key"]}
    variables = {
        "instance": about,
        "reason": reason,
        "ended_by": {"name": by.name},
        "subject": root["subject"],
    }
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
