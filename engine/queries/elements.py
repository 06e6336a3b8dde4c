"""How each element of one instance stands: what its drawing is coloured by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.model import ProcessModel
from engine.tables import HistoryEvent, Incident, ProcessInstance, WorkItem
from kernel import clock


@dataclass(frozen=True)
class ElementState:
    """How an element stands on the diagram: done, current, overdue, incident or cancelled.

    Attributes:
        runs: of an activity that runs several times: how many runs are done, and how many it
            has in all; None for all where the runs come one after the other.
    """

    element_id: str
    state: str
    since: datetime | None
    until: datetime | None
    count: int
    person: str | None = None
    due_at: datetime | None = None
    runs: tuple[int, int | None] | None = None


def elements(
    session: Session,
    found: ProcessInstance,
    model: ProcessModel,
    items: list[WorkItem],
    stopped: list[Incident],
) -> list[ElementState]:
    """The state of every element that was reached; what is current covers what is done."""
    past = _past(session, found)
    states = _reached(past)
    due = {one.element_id: one for one in items}
    now = clock.now()
    for element_id, at, kind, *many in found.active or []:
        work = due.get(element_id)
        late = work is not None and work.due_at is not None and work.due_at <= now
        before, since = states.get(element_id), datetime.fromisoformat(at)
        standing = many[0] if many else 1
        states[element_id] = ElementState(
            element_id,
            "incident" if kind == "incident" else "overdue" if late else "current",
            since,
            None,
            (before.count if before else 0) + standing,
            work.assignee if work else None,
            work.due_at if work else None,
            _runs(model, element_id, since, standing, past),
        )
    for one in stopped:
        if one.element_id not in states:
            states[one.element_id] = ElementState(
                one.element_id, "incident", one.opened_at, None, 1
            )
    return list(states.values())


def _past(session: Session, found: ProcessInstance) -> Sequence[Any]:
    query = select(
        HistoryEvent.element_id,
        HistoryEvent.kind,
        HistoryEvent.started_at,
        HistoryEvent.at,
        HistoryEvent.person,
    ).where(
        HistoryEvent.instance_id == found.id,
        HistoryEvent.kind.in_(("passed", "completed", "cancelled")),
    )
    return session.execute(query.order_by(HistoryEvent.id)).all()


def _reached(past: Sequence[Any]) -> dict[str, ElementState]:
    states: dict[str, ElementState] = {}
    for line in past:
        key = line.element_id or ""
        before = states.get(key)
        state = "cancelled" if line.kind == "cancelled" else "done"
        if state == "cancelled" and before is not None:
            state = before.state
        count = (before.count if before else 0) + 1
        states[key] = ElementState(key, state, line.started_at, line.at, count, line.person)
    return states


def _runs(
    model: ProcessModel, element_id: str, since: datetime, standing: int, past: Sequence[Any]
) -> tuple[int, int | None] | None:
    """How far an activity that runs several times has come; one of its tokens is the host."""
    node = model.nodes.get(element_id)
    if node is None or node.repeat is None:
        return None
    done = sum(
        line.kind != "cancelled" and line.started_at is not None and line.started_at >= since
        for line in past
        if line.element_id == element_id
    )
    return done, done + standing - 1 if node.repeat.kind == "parallel" else None
