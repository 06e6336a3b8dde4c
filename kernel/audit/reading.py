"""Reading the log, newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.audit.table import AuditEntry


@dataclass(frozen=True)
class Filters:
    """What entries are looked for; what is empty does not matter.

    Attributes:
        person_id: who did it.
        group: the part of an act's name before its dot, or the whole name.
        subject_id: what it was done to.
        until: before this instant.
    """

    person_id: UUID | None = None
    group: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries(
    session: Session, wanted: Filters, *, before: int | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Entries that fit, newest first; those before the number `before`."""
    query = select(AuditEntry)
    if wanted.person_id is not None:
        query = query.where(AuditEntry.person_id == wanted.person_id)
    if "." in wanted.group:
        query = query.where(AuditEntry.act == wanted.group)
    elif wanted.group:
        query = query.where(AuditEntry.act.startswith(f"{wanted.group}.", autoescape=True))
    if wanted.subject_id:
        query = query.where(AuditEntry.subject_id == wanted.subject_id)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    if before is not None:
        query = query.where(AuditEntry.number < before)
    return list(session.scalars(query.order_by(AuditEntry.number.desc()).limit(limit)))
