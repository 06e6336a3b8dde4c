"""How each element of one instance stands: what its drawing is coloured by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import HistoryEvent, Incident, ProcessInstance, WorkItem
from kernel import clock


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


def elements(
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
