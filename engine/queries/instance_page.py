"""One case as its page shows it: a bounded number of statements, however large its tree is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.definitions import Definition, specs
from engine.errors import InstanceUnknown
from engine.queries.elements import ElementState, elements
from engine.queries.seeing import may_see_root
from engine.queries.waits import Place, Wait, waits_of
from engine.tables import (
    HistoryEvent,
    Incident,
    InstanceLink,
    ProcessDefinition,
    ProcessInstance,
    WorkItem,
)
from kernel.types import JsonObject
from people.actor import Actor

OPEN = ("open", "claimed")
RUNNING = ("running", "suspended")


@dataclass(frozen=True)
class Child:
    """A called process of a case, or the case that called it."""

    element_id: str | None
    id: UUID
    parent_id: UUID | None
    definition_key: str
    definition_name: str
    definition_name_en: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    definition_id: UUID
    active: list[Any]

    @property
    def is_open(self) -> bool:
        """Still running."""
        return self.status in RUNNING


@dataclass(frozen=True)
class Standing:
    """Where one running instance of a case stands."""

    definition: Definition
    items: list[WorkItem] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)


@dataclass(frozen=True)
class InstanceView:
    """One instance with everything its page shows; `tree` is its whole case, root first."""

    instance: ProcessInstance
    definition: Definition
    elements: list[ElementState]
    items: list[WorkItem]
    tree: list[Child]
    incidents: list[Incident]
    waits: list[Wait]
    links: list[InstanceLink]
    variables: JsonObject

    @property
    def children(self) -> list[Child]:
        """The processes that this instance called."""
        return [one for one in self.tree if one.parent_id == self.instance.id]

    @property
    def is_open(self) -> bool:
        """Still running."""
        return self.instance.status in RUNNING

    @property
    def standing(self) -> Standing:
        """Where this instance stands."""
        return Standing(self.definition, self.items, self.incidents, self.waits)


def instance(session: Session, actor: Actor, instance_id: UUID) -> InstanceView:
    """One instance of a case the actor may see.

    Raises: InstanceUnknown
    """
    found = session.scalars(
        select(ProcessInstance).where(
            ProcessInstance.id == instance_id, may_see_root(actor, ProcessInstance.root_id)
        )
    ).first()
    if found is None:
        raise InstanceUnknown(instance=str(instance_id))
    definition = specs.get(session, found.definition_id)
    own = _Open(session, {instance_id: Place(definition.model, found.active or [])})
    items, stopped = own.items[instance_id], own.incidents[instance_id]
    links = session.scalars(select(InstanceLink).where(InstanceLink.instance_id == found.root_id))
    return InstanceView(
        instance=found,
        definition=definition,
        elements=elements(session, found, definition.model, items, stopped),
        items=items,
        tree=_tree(session, found.root_id),
        incidents=stopped,
        waits=own.waits[instance_id],
        links=list(links),
        variables=found.variables,
    )


def standing(session: Session, view: InstanceView, depth: int) -> list[Standing]:
    """This instance and the running ones below it, each before those that it called.

    Args:
        depth: how many calls inside calls are looked into.
    """
    children: dict[UUID | None, list[Child]] = defaultdict(list)
    for one in view.tree:
        if one.is_open:
            children[one.parent_id].append(one)
    below = list(_below(children, view.instance.id, depth))
    known_as = {one.id: specs.get(session, one.definition_id) for one in below}
    places = {one.id: Place(known_as[one.id].model, one.active or []) for one in below}
    known = _Open(session, places) if below else None
    return [view.standing] + [
        Standing(
            known_as[one.id],
            known.items[one.id],
            known.incidents[one.id],
            known.waits[one.id],
        )
        for one in below
        if known
    ]


def _below(
    children: Mapping[UUID | None, list[Child]], instance_id: UUID, depth: int
) -> Iterator[Child]:
    if depth:
        for child in children.get(instance_id, ()):
            yield child
            yield from _below(children, child.id, depth - 1)


class _Open:
    """Open work, incidents and waits of some instances, by a few statements for all of them."""

    def __init__(self, session: Session, places: Mapping[UUID, Place]) -> None:
        ids = list(places)
        self.items = _grouped(
            session,
            select(WorkItem).where(WorkItem.instance_id.in_(ids), WorkItem.status.in_(OPEN)),
        )
        self.incidents = _grouped(
            session,
            select(Incident).where(Incident.instance_id.in_(ids), Incident.state == "open"),
        )
        self.waits = waits_of(session, places)


def _grouped(session: Session, query: Select[Any]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for one in session.scalars(query):
        found[one.instance_id].append(one)
    return found


def _tree(session: Session, root_id: UUID) -> list[Child]:
    """The whole case, by two statements."""
    called = select(HistoryEvent.activation_id, HistoryEvent.element_id).where(
        HistoryEvent.root_id == root_id, HistoryEvent.kind == "called"
    )
    steps = {row.activation_id: row.element_id for row in session.execute(called)}
    rows = session.execute(
        select(
            ProcessInstance.parent_activation_id,
            ProcessInstance.id,
            ProcessInstance.parent_id,
            ProcessInstance.definition_key,
            ProcessDefinition.name,
            ProcessDefinition.name_en,
            ProcessInstance.status,
            ProcessInstance.started_at,
            ProcessInstance.ended_at,
            ProcessInstance.definition_id,
            ProcessInstance.active,
        )
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.root_id == root_id)
        .order_by(ProcessInstance.started_at, ProcessInstance.id)
    )
    return [Child(steps.get(activation), *row) for activation, *row in rows]
