"""What an ad-hoc subprocess offers people now, from the projection of where a case stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.bpmn.model import Node, NodeKind
from engine.bpmn.walk import startable
from engine.definitions import Definition
from engine.evaluate import Evaluator, Scope
from engine.performers import Resolver, functions
from engine.spiff.faults import Fault
from engine.tables import ProcessInstance
from people import directory
from people.actor import Actor


@dataclass(frozen=True)
class Offered:
    """An open ad-hoc subprocess: what this actor may start in it, and whether they may end it."""

    node: Node
    activities: tuple[Node, ...]
    can_finish: bool


def offered(
    session: Session, actor: Actor, instance: ProcessInstance, definition: Definition
) -> list[Offered]:
    """The open ad-hoc subprocesses of a running instance in which this actor may do something."""
    if instance.status != "running":
        return []
    model = definition.model
    standing: Any = instance.active
    active = {element for element, *_ in standing}
    found = []
    for node in (model.nodes[one] for one in active if one in model.nodes):
        if node.kind is not NodeKind.ADHOC or node.adhoc is None:
            continue
        busy = node.adhoc.sequential and any(model.nodes[a].parent == node.id for a in active)
        mine = [one for one in startable(model, node.id) if _may(session, actor, instance, one)]
        can_finish = bool(mine) and node.adhoc.until is None
        if mine:
            found.append(Offered(node, () if busy else tuple(mine), can_finish))
    return found


def _may(session: Session, actor: Actor, instance: ProcessInstance, node: Node) -> bool:
    if actor.can("instance.operate"):
        return True
    if node.performer is None:
        return False
    chart = directory.of(session)
    evaluator = Evaluator(Scope({}, None, instance.variables), functions(chart, {}))
    try:
        offer = Resolver(chart, evaluator, instance.initiator, {}).offer(node.performer)
    except Fault:
        return False
    return any(actor.principals & set(group) for group in offer.groups)
