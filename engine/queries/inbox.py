"""The inbox as pages ask for it; how it is read stands in `inbox_statements`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.queries import inbox_statements as statements
from engine.queries.inbox_statements import Shape
from engine.queries.wording import patterns
from engine.settings import settings
from engine.tables import InboxEntry, ProcessDefinition, WorkItem
from kernel import clock
from people.actor import Actor

CAP = 1000  # counts stop here, per address; pages show "1000+"
AHEAD = 20  # rows in which the next work of a case is looked for
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
    follow_up_at: datetime | None
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


def inbox(
    session: Session,
    actor: Actor,
    *,
    status: str = "open",
    due_before: datetime | None = None,
    later_than: datetime | None = None,
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
        later_than: only open work that is to be taken up after this instant.
        after: `(sort_at, id)` of the last row of the page before.
    """
    asked: dict[str, Any] = {
        "definition_key": definition_key,
        "root_id": root_id,
        "due_before": due_before if status != "completed" else None,
        "later_than": later_than if status != "completed" else None,
    }
    asked = {name: value for name, value in asked.items() if value is not None}
    given = {**asked, "limit": limit}
    if words := patterns(search or ""):
        asked["search"] = True
        given |= {"search": words[0], "search_fa": words[1]}
    if after is not None:
        given |= {"after_at": after[0], "after_id": after[1]}
    conditions = dict.fromkeys(asked, True) | {"after": after is not None}
    if status == "completed":
        query = statements.closed_items(Shape(0, **conditions))
        given["closer"] = actor.person_id
    else:
        parts = statements.addresses(actor.principals)
        claimed = status == "claimed"
        query = statements.open_items(Shape(len(parts), claimed=claimed, **conditions))
        given |= parts | {"person": f"%{actor.person_id}%", "top": limit + SPARE}
        if claimed:
            given["assignee"] = actor.person_id
    return [InboxRow(*row) for row in query.all(session.connection(), given)]


def next_item(session: Session, actor: Actor, root_id: UUID) -> UUID | None:
    """What to go on with: the first work of the same case when it is near, else the first."""
    parts = statements.addresses(actor.principals)
    given = parts | {"person": f"%{actor.person_id}%", "top": AHEAD + SPARE, "limit": AHEAD}
    query = statements.next_item(len(parts))
    row = query.first(session.connection(), given | {"root": root_id})
    return row[0] if row else None


def inbox_counts(session: Session, actor: Actor) -> InboxCounts:
    """One statement for the numbers of an inbox."""
    now = clock.now()
    local = now.astimezone(settings().zone).replace(hour=0, minute=0, second=0, microsecond=0)
    midnight = local + timedelta(days=1)
    parts = statements.addresses(actor.principals)
    given = parts | {
        "now": now,
        "midnight": midnight,
        "person": f"%{actor.person_id}%",
        "assignee": actor.person_id,
        "top": CAP,
    }
    [row] = statements.counts(len(parts)).all(session.connection(), given)
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
