"""One work item with everything its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, or_, select, true
from sqlalchemy.orm import Session

from engine.bpmn.model import Node
from engine.definitions import Definition, specs
from engine.errors import WorkItemUnknown
from engine.queries.seeing import sees_all, takes_part
from engine.spiff import peek
from engine.store import Store
from engine.tables import InboxEntry, ProcessInstance, Submission, WorkItem
from kernel.types import JsonObject
from people.actor import Actor

OPEN = ("open", "claimed")


@dataclass(frozen=True)
class ItemView:
    """A work item, its case and its step.

    Attributes:
        variables: the instance's, for what forms show of earlier steps; those that the step has
            to itself come first.
        can_act: whether this actor may complete it now.
        sent: what was sent at this visit, once it is closed.
    """

    item: WorkItem
    instance: ProcessInstance
    definition: Definition
    node: Node
    variables: JsonObject
    can_act: bool
    sent: Submission | None

    @property
    def is_open(self) -> bool:
        """Neither done nor cancelled."""
        return self.item.status in OPEN


def item(session: Session, actor: Actor, item_id: UUID) -> ItemView:
    """One item that lies or lay in the actor's inbox, was the actor's, or is of a case they see.

    Raises: WorkItemUnknown
    """
    row = session.execute(
        _statement(sees_all(actor)),
        {"item": item_id, "person": actor.person_id, "principals": sorted(actor.principals)},
    ).first()
    # Whoever it was offered to reads who closed it: closed work lies in no inbox any more.
    if row is None or not (row[2] or actor.principals & set(row[0].principals)):
        raise WorkItemUnknown(item=str(item_id))
    found, instance, _visible = row
    definition = specs.get(session, found.definition_id)
    node = definition.model.nodes[found.element_id]
    sent = None
    if found.status == "completed":
        sent = session.scalars(
            select(Submission).where(Submission.item_id == item_id).limit(1)
        ).first()
    return ItemView(
        item=found,
        instance=instance,
        definition=definition,
        node=node,
        variables=_variables(session, found, instance, node),
        can_act=_can_act(found, actor),
        sent=sent,
    )


def _variables(
    session: Session, found: WorkItem, instance: ProcessInstance, node: Node
) -> JsonObject:
    """The instance's variables, below those of the step; most steps have none of their own."""
    alone = not (node.inputs or node.data or node.repeat or node.parent)
    if alone or found.status not in OPEN:
        return instance.variables
    store = Store(session)
    own = peek.own_values(
        instance.state, found.activation_id, lambda numbers: store.parts(instance.id, numbers)
    )
    return {**instance.variables, **own}


@cache
def _statement(sees_all: bool) -> Select[*tuple[Any, ...]]:
    """The item, its instance and whether it may be seen; built once, as every request asks it."""
    person = bindparam("person", type_=WorkItem.assignee_id.type)
    principals: Any = bindparam("principals", expanding=True)
    lies_here = (
        select(InboxEntry.item_id)
        .where(InboxEntry.item_id == WorkItem.id, InboxEntry.principal.in_(principals))
        .correlate(WorkItem)
        .exists()
    )
    visible = or_(
        lies_here,
        WorkItem.assignee_id == person,
        WorkItem.closed_by_id == person,
        true() if sees_all else takes_part(WorkItem.root_id, person, principals),
    )
    return (
        select(WorkItem, ProcessInstance, visible)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .where(WorkItem.id == bindparam("item"))
    )


def _can_act(found: WorkItem, actor: Actor) -> bool:
    people = {str(actor.person_id), str(actor.on_behalf_of)}
    if found.status not in OPEN or people & set(found.excluded):
        return False
    if found.status == "claimed":
        return found.assignee_id in (actor.person_id, actor.on_behalf_of)
    return bool(actor.principals & set(found.principals))
