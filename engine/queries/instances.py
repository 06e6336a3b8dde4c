"""Cases: lists, one case on its diagram, its history."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.definitions import Definition, specs
from engine.errors import InstanceUnknown
from engine.queries.seeing import may_see_root
from engine.queries.wording import ESCAPE, patterns
from engine.tables import (
    HistoryEvent,
    Incident,
    InstanceLink,
    ProcessDefinition,
    ProcessInstance,
    Submission,
    Subscription,
    Timer,
    WorkItem,
)
from engine.waits import EARLY_END
from kernel import clock
from kernel.types import JsonObject
from people.actor import Actor

OPEN = ("open", "claimed")
HISTORY_LINES = 1000
After = tuple[datetime, UUID]


@dataclass(frozen=True)
class InstanceRow:
    """A case in a list. `steps`: the open items of its whole tree."""

    id: UUID
    root_id: UUID
    parent_id: UUID | None
    number: str
    subject: str
    business_key: str | None
    definition_id: UUID
    definition_key: str
    definition_name: str
    definition_name_en: str
    version: int
    status: str
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    end_reason: str | None
    steps: list[WorkItem] = field(default_factory=list)
    incidents: int = 0

    @property
    def due_at(self) -> datetime | None:
        """The earliest time limit of its open work."""
        return min((one.due_at for one in self.steps if one.due_at), default=None)

    @property
    def is_overdue(self) -> bool:
        """Whether somebody is late now."""
        return self.due_at is not None and self.due_at <= clock.now()

    @property
    def sort_at(self) -> datetime:
        """Where the next page goes on, with `id`."""
        return self.started_at


@dataclass(frozen=True)
class ElementState:
    """How an element stands on the diagram: done, current, overdue, incident or cancelled."""

    element_id: str
    state: str
    since: datetime | None
    until: datetime | None
    count: int
    person: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Child:
    """A called process of a case, or the case that called it."""

    id: UUID
    parent_id: UUID | None
    element_id: str | None
    definition_key: str
    definition_name: str
    definition_name_en: str
    status: str
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class Wait:
    """What an instance waits for besides people: `timer`, `reminder`, `message`, `signal`."""

    kind: str
    element_id: str
    due_at: datetime | None
    name: str | None
    key: str | None


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened; `facts` by kind (outcome, template, reason, …)."""

    id: UUID
    instance_id: UUID
    at: datetime
    kind: str
    element_id: str | None
    element_name: str | None
    started_at: datetime | None
    person_id: UUID | None
    person: str | None
    facts: JsonObject
    definition_key: str
    definition_name: str
    definition_name_en: str


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
        return self.instance.status in ("running", "suspended")


def instances(
    session: Session,
    actor: Actor,
    *,
    status: str | None = None,
    definition_key: str | None = None,
    search: str | None = None,
    started_by_me: bool = False,
    overdue: bool = False,
    stopped: bool = False,
    element_id: str | None = None,
    link: tuple[str, str] | None = None,
    roots: bool = True,
    since: datetime | None = None,
    until: datetime | None = None,
    after: After | None = None,
    limit: int = 50,
) -> list[InstanceRow]:
    """Cases this actor may see, the latest first.

    Args:
        status: running, completed, cancelled, suspended; None for all.
        stopped: only those with an open incident.
        element_id: only those with open work at this step.
        link: `(kind, ref)`, such as `("contact", id)`.
        roots: cases only; False lists called processes too.
    """
    query = _rows().where(may_see_root(actor, ProcessInstance.root_id))
    if roots:
        query = query.where(ProcessInstance.parent_id.is_(None))
    for column, value in (
        (ProcessInstance.status, status),
        (ProcessInstance.definition_key, definition_key),
    ):
        if value:
            query = query.where(column == value)
    if started_by_me:
        query = query.where(ProcessInstance.started_by_id == actor.person_id)
    if overdue:
        query = query.where(_has_work(WorkItem.due_at <= clock.now()))
    if element_id:
        query = query.where(_has_work(WorkItem.element_id == element_id))
    if stopped:
        query = query.where(
            exists().where(Incident.root_id == ProcessInstance.root_id, Incident.state == "open")
        )
    if link is not None:
        query = query.where(
            exists().where(
                InstanceLink.instance_id == ProcessInstance.id,
                InstanceLink.kind == link[0],
                InstanceLink.ref == str(link[1]),
            )
        )
    if since is not None:
        query = query.where(ProcessInstance.started_at >= since)
    if until is not None:
        query = query.where(ProcessInstance.started_at < until)
    if search and search.strip():
        query = query.where(*_search(search))
    if after is not None:
        query = query.where(tuple_(ProcessInstance.started_at, ProcessInstance.id) < tuple_(*after))
    order = (ProcessInstance.started_at.desc(), ProcessInstance.id.desc())
    found = [InstanceRow(*row) for row in session.execute(query.order_by(*order).limit(limit))]
    return _with_work(session, found)


def _rows() -> Any:
    return select(
        ProcessInstance.id,
        ProcessInstance.root_id,
        ProcessInstance.parent_id,
        ProcessInstance.number,
        ProcessInstance.subject,
        ProcessInstance.business_key,
        ProcessInstance.definition_id,
        ProcessInstance.definition_key,
        ProcessDefinition.name,
        ProcessDefinition.name_en,
        ProcessDefinition.version,
        ProcessInstance.status,
        ProcessInstance.started_at,
        ProcessInstance.started_by,
        ProcessInstance.ended_at,
        ProcessInstance.end_reason,
    ).join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)


def _has_work(condition: Any) -> Any:
    return exists().where(
        WorkItem.root_id == ProcessInstance.root_id, WorkItem.status.in_(OPEN), condition
    )


def _search(typed: str) -> list[ColumnElement[bool]]:
    words = patterns(typed)
    if words is None:
        return []
    texts = (ProcessInstance.number, ProcessInstance.subject, ProcessInstance.business_key)
    return [or_(*(text.ilike(one, escape=ESCAPE) for text in texts for one in words))]


def _with_work(session: Session, rows: list[InstanceRow]) -> list[InstanceRow]:
    """Add open work and incidents, by two statements for the whole page."""
    roots = {row.root_id for row in rows if row.status == "running"}
    if not roots:
        return rows
    steps: dict[UUID, list[WorkItem]] = defaultdict(list)
    query = select(WorkItem).where(WorkItem.root_id.in_(roots), WorkItem.status.in_(OPEN))
    for one in session.scalars(query.order_by(WorkItem.opened_at)):
        steps[one.root_id].append(one)
    counted = session.execute(
        select(Incident.root_id, func.count())
        .where(Incident.root_id.in_(roots), Incident.state == "open")
        .group_by(Incident.root_id)
    )
    stopped = {root: int(count) for root, count in counted}
    return [
        InstanceRow(
            **{
                **{name: getattr(row, name) for name in InstanceRow.__dataclass_fields__},
                "steps": steps.get(row.root_id, []),
                "incidents": stopped.get(row.root_id, 0),
            }
        )
        for row in rows
    ]


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
    items = list(
        session.scalars(
            select(WorkItem).where(WorkItem.instance_id == instance_id, WorkItem.status.in_(OPEN))
        )
    )
    stopped = list(
        session.scalars(
            select(Incident).where(Incident.instance_id == instance_id, Incident.state == "open")
        )
    )
    links = session.scalars(select(InstanceLink).where(InstanceLink.instance_id == found.root_id))
    return InstanceView(
        instance=found,
        definition=specs.get(session, found.definition_id),
        elements=_elements(session, found, items, stopped),
        items=items,
        tree=_tree(session, found.root_id),
        incidents=stopped,
        waits=_waits(session, instance_id),
        links=list(links),
        variables=found.variables,
    )


def _elements(
    session: Session, found: ProcessInstance, items: list[WorkItem], stopped: list[Incident]
) -> list[ElementState]:
    """The state of every element that was reached; what is current covers what is done."""
    states: dict[str, ElementState] = {}
    query = (
        select(HistoryEvent)
        .where(
            HistoryEvent.instance_id == found.id,
            HistoryEvent.kind.in_(("passed", "completed", "cancelled")),
        )
        .order_by(HistoryEvent.id)
    )
    for line in session.scalars(query):
        key = line.element_id or ""
        before = states.get(key)
        state = "cancelled" if line.kind == "cancelled" else "done"
        if state == "cancelled" and before is not None:
            state = before.state
        count = (before.count if before else 0) + 1
        states[key] = ElementState(key, state, line.started_at, line.at, count, line.person)
    due = {one.element_id: one for one in items}
    now = clock.now()
    for element_id, since, kind, *many in found.active or []:
        work = due.get(element_id)
        late = work is not None and work.due_at is not None and work.due_at <= now
        state = "incident" if kind == "incident" else "overdue" if late else "current"
        before = states.get(element_id)
        count = (before.count if before else 0) + (many[0] if many else 1)
        states[element_id] = ElementState(
            element_id,
            state,
            datetime.fromisoformat(since),
            None,
            count,
            work.assignee if work else None,
            work.due_at if work else None,
        )
    for one in stopped:
        if one.element_id not in states:
            states[one.element_id] = ElementState(
                one.element_id, "incident", one.opened_at, None, 1
            )
    return list(states.values())


def _tree(session: Session, root_id: UUID) -> list[Child]:
    caller = (
        select(HistoryEvent.element_id)
        .where(HistoryEvent.activation_id == ProcessInstance.parent_activation_id)
        .limit(1)
        .correlate(ProcessInstance)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            ProcessInstance.id,
            ProcessInstance.parent_id,
            caller,
            ProcessInstance.definition_key,
            ProcessDefinition.name,
            ProcessDefinition.name_en,
            ProcessInstance.status,
            ProcessInstance.started_at,
            ProcessInstance.ended_at,
        )
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.root_id == root_id)
        .order_by(ProcessInstance.started_at, ProcessInstance.id)
    )
    return [Child(*row) for row in rows]


def _waits(session: Session, instance_id: UUID) -> list[Wait]:
    timers = session.scalars(
        select(Timer).where(Timer.instance_id == instance_id).order_by(Timer.due_at)
    )
    waits = [
        Wait(
            "reminder" if one.kind == "reminder" else "timer",
            one.element_id,
            one.due_at,
            None,
            None,
        )
        for one in timers
    ]
    subscriptions = session.scalars(
        select(Subscription).where(
            Subscription.instance_id == instance_id,
            Subscription.name != EARLY_END,  # not waited for: what ends a case at any time
        )
    )
    return waits + [
        Wait(one.kind, one.element_id, None, one.name, one.key) for one in subscriptions
    ]


def history(
    session: Session, instance_id: UUID, *, limit: int = HISTORY_LINES
) -> list[HistoryLine]:
    """What happened, newest first: of a whole case by its root, else of one instance.

    The caller has shown that the actor may see the case (`instance`, `item`).
    """
    query: Select[*tuple[Any, ...]] = (
        select(
            HistoryEvent.id,
            HistoryEvent.instance_id,
            HistoryEvent.at,
            HistoryEvent.kind,
            HistoryEvent.element_id,
            HistoryEvent.element_name,
            HistoryEvent.started_at,
            HistoryEvent.person_id,
            HistoryEvent.person,
            HistoryEvent.facts,
            ProcessInstance.definition_key,
            ProcessDefinition.name,
            ProcessDefinition.name_en,
        )
        .join(ProcessInstance, ProcessInstance.id == HistoryEvent.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(or_(HistoryEvent.root_id == instance_id, HistoryEvent.instance_id == instance_id))
        .order_by(HistoryEvent.id.desc())
        .limit(limit)
    )
    return [HistoryLine(*row) for row in session.execute(query)]


def submissions(session: Session, root_id: UUID, element_id: str | None = None) -> list[Submission]:
    """Every visit's answers in a case, oldest first; a loop overwrites nothing (C09).

    The caller has shown that the actor may see the case.
    """
    query = select(Submission).where(Submission.root_id == root_id)
    if element_id is not None:
        query = query.where(Submission.element_id == element_id)
    return list(session.scalars(query.order_by(Submission.at, Submission.id)))
