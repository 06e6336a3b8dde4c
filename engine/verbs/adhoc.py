"""What people do in an ad-hoc subprocess: start one of its activities, say that it is done."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from engine.advance import advance
from engine.bpmn.model import Node
from engine.errors import ActivityNotOffered, AdHocEndsItself
from engine.live import Live
from engine.spiff.faults import Fault
from engine.spiff.token import Token
from engine.store import Store
from engine.tables import ProcessInstance
from engine.verbs.common import lock_instance
from kernel.audit import acts
from kernel.uow import UnitOfWork
from people.actor import Actor

OPERATE = "instance.operate"


def start_activity(
    uow: UnitOfWork, instance_id: UUID, element_id: str, *, by: Actor
) -> ProcessInstance:
    """Start an activity that an ad-hoc subprocess offers; it may be started again later.

    Raises: PermissionMissing for who is neither its performer nor an operator,
        ActivityNotOffered, InstanceUnknown, InstanceEnded
    """
    store = Store(uow.session)
    root, _ = lock_instance(store, instance_id)
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.running(instance_id)
        node = live.definition.model.nodes.get(element_id)
        hosts = live.case.adhoc(node.parent) if node is not None and node.parent else []
        host = next((one for one in hosts if one.task_spec.may_start(one, element_id)), None)
        if node is None or host is None:
            raise ActivityNotOffered(activity=node.name if node else element_id)
        if not _performs(live, host, [node], by):
            by.require(OPERATE)
            uow.audit.record(acts.OFFER_TAKEN, by, instance_id, step=element_id)
        token = live.case.spawn(element_id, scope=host.id)
        live.history("offer-taken", token, by=by)
        tree.wake(live)
    return ProcessInstance(**live.row)


def finish_adhoc(
    uow: UnitOfWork, instance_id: UUID, element_id: str, *, by: Actor
) -> ProcessInstance:
    """Say that an ad-hoc subprocess without a completion condition is done.

    Raises: PermissionMissing for who is neither performer of one of its activities nor an
        operator, ActivityNotOffered, AdHocEndsItself, InstanceUnknown, InstanceEnded
    """
    store = Store(uow.session)
    root, _ = lock_instance(store, instance_id)
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.running(instance_id)
        hosts = live.case.adhoc(element_id)
        if not hosts:
            raise ActivityNotOffered(activity=element_id)
        host = hosts[0]
        if host.node.adhoc is not None and host.node.adhoc.until:
            raise AdHocEndsItself(activity=host.node.name or element_id)
        if not _performs(live, host, live.definition.model.children(element_id), by):
            by.require(OPERATE)
            uow.audit.record(acts.OFFER_FINISHED, by, instance_id, step=element_id)
        live.history("adhoc-finished", host, by=by)
        host.task_spec.close(host)
        tree.wake(live)
    return ProcessInstance(**live.row)


def _performs(live: Live, host: Token, nodes: Iterable[Node], by: Actor) -> bool:
    return any(_is_offered(live, host, node, by) for node in nodes)


def _is_offered(live: Live, host: Token, node: Node, by: Actor) -> bool:
    if node.performer is None:
        return False
    try:
        offer = live.resolver(host).offer(node.performer)
    except Fault:
        return False
    return any(by.principals & set(group) for group in offer.groups)
