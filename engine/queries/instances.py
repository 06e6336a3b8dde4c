"""Lists of cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.queries import few
from engine.queries.seeing import sees_all
from engine.queries.wording import ESCAPE, patterns
from engine.tables import (
    Incident,
    ProcessDefinition,
    ProcessInstance,
    WorkItem,
)
from kernel import clock
from kernel.looking import Looked, look_through
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


@dataclass(frozen=True)
class InstancePage:
    """Cases in order; `next` goes in as `after`.

    Attributes:
        cut: so much was looked through that the rest waits behind `next`, fit or not.
    """

    rows: list[InstanceRow]
    next: After | None = None
    cut: bool = False


def instances(session: Session, actor: Actor, **wish: Any) -> list[InstanceRow]:
    """The rows of `instances_page`."""
    return instances_page(session, actor, **wish).rows


def instances_page(
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
) -> InstancePage:
    """Cases this actor may see, the latest first.

    Args:
        status: running, completed, cancelled, suspended; None for all.
        stopped: only those with an open incident.
        element_id: only those with open work at this step.
        link: `(kind, ref)`, such as `("contact", id)`.
        roots: cases only; False lists called processes too.
    """
    plain: list[ColumnElement[bool]] = [ProcessInstance.parent_id.is_(None)] if roots else []
    plain += [ProcessInstance.status == status] if status else []
    plain += [ProcessInstance.definition_key == definition_key] if definition_key else []
    plain += [ProcessInstance.started_by_id == actor.person_id] if started_by_me else []
    plain += [ProcessInstance.started_at >= since] if since else []
    plain += [ProcessInstance.started_at < until] if until else []
    sets = few.Sets(session)
    if link is not None:
        sets.linked(*link)
    if not sees_all(actor):
        sets.seen_by(actor)
    if overdue:
        sets.overdue()
    if stopped:
        sets.stopped()
    hard = sets.conditions
    if element_id:
        hard.append(few.has_work(WorkItem.element_id == element_id))
    if search and search.strip():
        hard += _search(search)
    plain += [ProcessInstance.root_id.in_(sets.roots)] if sets.roots is not None else []

    found = _found(session, plain, hard, after, limit + 1)
    rows = _with_work(session, found.rows[:limit])
    if len(found.rows) > limit:
        return InstancePage(rows, (rows[-1].started_at, rows[-1].id))
    return InstancePage(rows, found.stopped, cut=found.stopped is not None)


def _found(
    session: Session,
    plain: list[ColumnElement[bool]],
    hard: list[ColumnElement[bool]],
    after: After | None,
    wanted: int,
) -> Looked[InstanceRow]:
    """Rows of which an index answers the `plain` conditions; the `hard` ones are looked at."""

    def walk(place: Any) -> Any:
        at, key = ProcessInstance.started_at, ProcessInstance.id
        query = select(at.label("at"), key.label("id")).where(*plain)
        if place is not None:
            query = query.where(tuple_(at, key) < tuple_(*place))
        return query.order_by(at.desc(), key.desc())

    def fitting(near: Any, count: int) -> list[InstanceRow]:
        query = _rows().join(near, near.c.id == ProcessInstance.id).where(*hard)
        ordered = query.order_by(near.c.at.desc(), near.c.id.desc()).limit(count)
        return [InstanceRow(*row) for row in session.execute(ordered)]

    if hard:
        return look_through(session, walk, fitting, after, wanted)
    return Looked(fitting(walk(after).limit(wanted).subquery("near"), wanted))


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
