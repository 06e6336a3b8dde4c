"""What happened in a case, and what people sent in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.tables import (
    HistoryEvent,
    InstanceSnapshot,
    ProcessDefinition,
    ProcessInstance,
    Submission,
)
from kernel.types import JsonObject

HISTORY_LINES = 1000


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
    definition_version: int
    is_called: bool


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
            ProcessDefinition.version,
            ProcessInstance.parent_id.is_not(None),
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


def rewindable(session: Session, instance_id: UUID) -> frozenset[UUID]:
    """The submissions whose steps a running instance can be taken back to."""
    query = select(InstanceSnapshot.submission_id).join(
        ProcessInstance, ProcessInstance.id == InstanceSnapshot.instance_id
    )
    found = session.scalars(
        query.where(
            ProcessInstance.id == instance_id,
            ProcessInstance.status == "running",
            ProcessInstance.definition_id == InstanceSnapshot.definition_id,
        )
    )
    return frozenset(found)
