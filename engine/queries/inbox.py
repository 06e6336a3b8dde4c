"""The inbox: the first rows of each address, merged; no sort over everything that is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, and_, case, func, or_, select, tuple_, type_coerce, union_all
from sqlalchemy.orm import Session

from engine.settings import settings
from engine.tables import InboxEntry, ProcessDefinition, WorkItem
from kernel import clock
from kernel.text import latin_digits
from people.actor import Actor

CAP = 1000  # counts stop here, per address; pages show "1000+"
SPARE = 10  # rows more than asked for, against those that four eyes hide

After = tuple[datetime, UUID]


@dataclass(frozen=True)
class InboxRow:
    """One piece of work in a list. `sort_at` and `id` are where the next page goes on."""

    id: UUID
    instance_id: UUID
    root_id: UUID
    element_id: str
    name: str
    name_en: str
    definition_key: str
    definition_name: str
    definition_name_en: str
    number: str
    subject: str
    status: str
    priority: str
    unit_key: str | None
    position_key: str | None
    assignee_id: UUID | None
    assignee: str | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    sort_at: datetime


@dataclass(frozen=True)
class InboxCounts:
    """How much lies in an inbox, each at most `CAP` per address."""

    open: int
    claimed: int
    overdue: int
    today: int


@dataclass(frozen=True)
class InboxProcess:
    """A process that has work in an inbox."""

    key: str
    name: str
    name_en: str


_ITEM = (
    WorkItem.id,
    WorkItem.instance_id,
    WorkItem.root_id,
    WorkItem.element_id,
    WorkItem.name,
    WorkItem.name_en,
    WorkItem.definition_key,
    ProcessDefinition.name.label("definition_name"),
    ProcessDefinition.name_en.label("definition_name_en"),
    WorkItem.number,
    WorkItem.subject,
    WorkItem.status,
    WorkItem.priority,
    WorkItem.unit_key,
    WorkItem.position_key,
    WorkItem.assignee_id,
    WorkItem.assignee,
    WorkItem.opened_at,
    WorkItem.due_at,
    WorkItem.closed_at,
    WorkItem.outcome,
)


def inbox(
    session: Session,
    actor: Actor,
    *,
    status: str = "open",
    due_before: datetime | None = None,
    definition_key: str | None = None,
    root_id: UUID | None = None,
    search: str | None = None,
    after: After | None = None,
    limit: int = 50,
) -> list[InboxRow]:
    """Work of this actor, the most urgent first; closed work, the latest first.

    Args:
        status: `open` (everything that lies here), `claimed` (taken by the actor) or
            `completed` (done by the actor).
        after: `(sort_at, id)` of the last row of the page before.
    """
    narrow = _narrow(definition_key, root_id, search)
    if status == "completed":
        query = _done(actor, after, limit)
    else:
        if status == "claimed":
            narrow.append(WorkItem.assignee_id == actor.person_id)
            narrow.append(WorkItem.status == "claimed")
        query = _open(actor, narrow, due_before, after, limit)
        narrow = [_not_barred(actor)]
    for condition in narrow:
        query = query.where(condition)
    return [InboxRow(*row) for row in session.execute(query.limit(limit))]


def _narrow(definition_key: str | None, root_id: UUID | None, search: str | None) -> list[Any]:
    conditions: list[Any] = []
    if definition_key:
        conditions.append(WorkItem.definition_key == definition_key)
    if root_id:
        conditions.append(WorkItem.root_id == root_id)
    if search and search.strip():
        words = f"%{latin_digits(search).strip()}%"
        conditions.append(
            or_(
                WorkItem.name.ilike(words),
                WorkItem.name_en.ilike(words),
                WorkItem.subject.ilike(words),
                WorkItem.number.like(words),
            )
        )
    return conditions


def _open(
    actor: Actor, narrow: list[Any], due_before: datetime | None, after: After | None, limit: int
) -> Select[*tuple[Any, ...]]:
    parts = [
        _top(principal, narrow, due_before, after, limit + SPARE)
        for principal in sorted(actor.principals) or [""]
    ]
    merged = union_all(*parts).subquery()
    rows = select(merged.c.item_id, func.min(merged.c.due).label("due")).group_by(merged.c.item_id)
    found = rows.subquery()
    query: Select[*tuple[Any, ...]] = (
        select(*_ITEM, found.c.due.label("sort_at"))
        .join(found, found.c.item_id == WorkItem.id)
        .join(ProcessDefinition, ProcessDefinition.id == WorkItem.definition_id)
        .order_by(found.c.due, WorkItem.id)
    )
    return query


def _top(
    principal: str,
    narrow: list[Any],
    due_before: datetime | None,
    after: After | None,
    limit: int,
) -> Select[*tuple[Any, ...]]:
    """The first entries of one address: a walk along the primary key."""
    query = select(InboxEntry.item_id, InboxEntry.due).where(InboxEntry.principal == principal)
    if due_before is not None:
        query = query.where(InboxEntry.due <= due_before)
    if after is not None:
        query = query.where(tuple_(InboxEntry.due, InboxEntry.item_id) > tuple_(*after))
    if narrow:
        query = query.join(WorkItem, WorkItem.id == InboxEntry.item_id).where(*narrow)
    top = query.order_by(InboxEntry.due, InboxEntry.item_id).limit(limit).subquery()
    return select(top.c.item_id, top.c.due)


def _done(actor: Actor, after: After | None, limit: int) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(*_ITEM, WorkItem.closed_at.label("sort_at"))
        .join(ProcessDefinition, ProcessDefinition.id == WorkItem.definition_id)
        .where(WorkItem.closed_by_id == actor.person_id, WorkItem.status == "completed")
        .order_by(WorkItem.closed_at.desc(), WorkItem.id.desc())
    )
    if after is not None:
        query = query.where(tuple_(WorkItem.closed_at, WorkItem.id) < tuple_(*after))
    return query


def _not_barred(actor: Actor) -> Any:
    """Four eyes: what this person may not do does not lie in their inbox."""
    barred = type_coerce(WorkItem.excluded, Text)
    return or_(barred == "[]", barred.not_like(f"%{actor.person_id}%"))


def inbox_counts(session: Session, actor: Actor) -> InboxCounts:
    """One statement for the numbers of an inbox."""
    now = clock.now()
    local = now.astimezone(settings().zone).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight = local + timedelta(days=1)
    parts = [_top(principal, [], None, None, CAP) for principal in sorted(actor.principals) or [""]]
    merged = union_all(*parts).subquery()
    each = (
        select(merged.c.item_id, func.min(merged.c.due).label("due"))
        .group_by(merged.c.item_id)
        .subquery()
    )
    claimed = (
        select(func.count())
        .where(WorkItem.assignee_id == actor.person_id, WorkItem.status == "claimed")
        .scalar_subquery()
    )
    row = session.execute(
        select(
            func.count(),
            claimed,
            func.coalesce(func.sum(case((each.c.due <= now, 1), else_=0)), 0),
            func.coalesce(
                func.sum(case((and_(each.c.due > now, each.c.due < midnight), 1), else_=0)), 0
            ),
        )
        .select_from(each)
        .join(WorkItem, WorkItem.id == each.c.item_id)
        .where(_not_barred(actor))
    ).one()
    return InboxCounts(int(row[0]), int(row[1]), int(row[2]), int(row[3]))


def inbox_processes(session: Session, actor: Actor) -> list[InboxProcess]:
    """The processes whose work lies here, for a filter."""
    here = select(InboxEntry.item_id).where(InboxEntry.principal.in_(sorted(actor.principals)))
    rows = session.execute(
        select(
            WorkItem.definition_key,
            func.max(ProcessDefinition.name),
            func.max(ProcessDefinition.name_en),
        )
        .join(ProcessDefinition, ProcessDefinition.id == WorkItem.definition_id)
        .where(WorkItem.id.in_(here))
        .group_by(WorkItem.definition_key)
        .order_by(WorkItem.definition_key)
    )
    return [InboxProcess(*row) for row in rows]


def closed_count(session: Session, actor: Actor, *, since: datetime) -> int:
    """How many pieces of work the actor has done since an instant."""
    counted = select(func.count()).where(
        WorkItem.closed_by_id == actor.person_id,
        WorkItem.status == "completed",
        WorkItem.closed_at >= since,
    )
    return int(session.scalar(counted) or 0)
