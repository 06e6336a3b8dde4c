"""What stopped and needs an operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from engine.queries.seeing import may_see_root
from engine.stranded import CODE as STRANDED
from engine.stranded import SKIPPABLE
from engine.tables import Incident, ProcessDefinition, ProcessInstance
from kernel.counting import capped
from kernel.i18n import translate_code
from kernel.jobs import Job
from kernel.jobs.operating import failed_jobs
from kernel.types import JsonObject
from people.actor import Actor


@dataclass(frozen=True)
class IncidentRow:
    """An incident in a list; `can_retry` when a token waits for it."""

    id: UUID
    instance_id: UUID
    root_id: UUID
    activation_id: UUID | None
    element_id: str
    element_name: str
    code: str
    message: str
    expression: str | None
    facts: JsonObject
    state: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    number: str
    subject: str
    definition_key: str
    definition_name: str
    definition_name_en: str
    version: int

    def sentence(self) -> str:
        """What stopped, in the current locale."""
        known = {"message": self.message, "expression": self.expression or "", "principal": ""}
        return translate_code(self.code, {**known, **self.facts})

    @property
    def can_retry(self) -> bool:
        """Whether retrying runs something again; else it can only be put aside."""
        return self.state == "open" and (self.activation_id is not None or "job" in self.facts)

    @property
    def can_skip(self) -> bool:
        """Whether what failed can be left undone."""
        return self.state == "open" and self.facts.get("kind") in SKIPPABLE


def incidents(
    session: Session,
    actor: Actor,
    *,
    state: str | None = "open",
    definition_key: str | None = None,
    instance_id: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[IncidentRow]:
    """Incidents of cases this actor may see, the latest first."""
    query: Select[*tuple[Any, ...]] = (
        select(
            Incident.id,
            Incident.instance_id,
            Incident.root_id,
            Incident.activation_id,
            Incident.element_id,
            Incident.element_name,
            Incident.code,
            Incident.message,
            Incident.expression,
            Incident.facts,
            Incident.state,
            Incident.opened_at,
            Incident.resolved_at,
            Incident.resolved_by,
            ProcessInstance.number,
            ProcessInstance.subject,
            ProcessInstance.definition_key,
            ProcessDefinition.name,
            ProcessDefinition.name_en,
            ProcessDefinition.version,
        )
        .join(ProcessInstance, ProcessInstance.id == Incident.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(may_see_root(actor, Incident.root_id))
    )
    if state:
        query = query.where(Incident.state == state)
    if definition_key:
        query = query.where(ProcessInstance.definition_key == definition_key)
    if instance_id:
        query = query.where(Incident.instance_id == instance_id)
    if after is not None:
        query = query.where(tuple_(Incident.opened_at, Incident.id) < tuple_(*after))
    order = (Incident.opened_at.desc(), Incident.id.desc())
    return [IncidentRow(*row) for row in session.execute(query.order_by(*order).limit(limit))]


def unattended_jobs(session: Session) -> list[Job]:
    """Failed jobs that no open incident stands for: they belong to no case."""
    shown = session.scalars(
        select(Incident.facts).where(Incident.state == "open", Incident.code == STRANDED)
    )
    known = {facts["job"] for facts in shown}
    return [job for job in failed_jobs(session) if str(job.id) not in known]


def incident_count(session: Session, actor: Actor) -> int:
    """How many are open, at most `CAP`."""
    is_open = Incident.state == "open"
    return capped(
        session, select(Incident.id).where(is_open, may_see_root(actor, Incident.root_id))
    )
