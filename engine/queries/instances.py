"""Lists of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.queries.seeing import may_see_root
from engine.queries.wording import ESCAPE, patterns
from engine.tables import (
    Incident,
    InstanceLink,
    ProcessDefinition,
    ProcessInstance,
    WorkItem,
)
from kernel import clock
from people.actor import Actor

OPEN = ("open", "claimed")
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


def numbers(session: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of cases by id, whoever may see the cases; of those that exist."""
    query = select(ProcessInstance.id, ProcessInstance.number).where(ProcessInstance.id.in_(ids))
    return {row.id: row.number for row in session.execute(query)} if ids else {}
