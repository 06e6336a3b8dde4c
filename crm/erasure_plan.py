"""What is to be erased of a contact: what names them, from which cases it goes, what stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm import personal as personal  # the whole map is declared
from crm.errors import ContactUnknown
from crm.keeping import rules
from crm.tables import Contact, Ticket
from crm.whose import subject_of
from engine.personal import CaseFacts, cases_of, facts_of, place
from kernel.files import StoredFile
from kernel.personal import Depth, Subject


@dataclass(frozen=True)
class Stay:
    """What stays and `why`: running, law, shared, shared-number or shared-name.

    `cases` are numbers of cases; `count` how many rows, numbers or files; `until` an ISO instant.
    """

    why: str
    count: int = 0
    cases: tuple[str, ...] = ()
    until: str | None = None


@dataclass(frozen=True)
class Plan:
    """A contact, what names them, and how much goes from which of their cases, until when not."""

    contact: Contact
    subject: Subject
    cases: tuple[tuple[CaseFacts, Depth, datetime | None], ...]

    @property
    def waiting(self) -> list[tuple[str, str | None]]:
        """The cases whose data goes later."""
        return [
            (str(case.id), until.isoformat() if until else None)
            for case, depth, until in self.cases
            if depth in (Depth.NAMED, Depth.KEPT)
        ]

    @property
    def traces(self) -> frozenset[bytes]:
        """By what they would be recognised in files; nothing while a case that is kept may."""
        is_kept = any(depth is Depth.KEPT for _, depth, _ in self.cases)
        return frozenset() if is_kept else self.subject.sure.traces()

    @property
    def running(self) -> tuple[str, ...]:
        """The numbers of cases that still run."""
        return tuple(case.number for case, _, _ in self.cases if case.is_running)


def plan(
    session: Session,
    contact_id: UUID,
    now: datetime,
    *,
    lock: bool,
    known: Subject | None = None,
) -> Plan:
    """Where the contact's data lies, and how much of it may go now; `known` as in `subject_of`.

    Raises: ContactUnknown
    """
    contact = session.get(Contact, contact_id, with_for_update=lock or None)
    if contact is None:
        raise ContactUnknown(contact=str(contact_id))
    cases = _cases(session, contact_id, lock)
    members = [one for case in cases for one in case.members]
    subject = subject_of(session, contact, members, known)
    placed = []
    for case in cases:
        depth, until = _depth(session, case, contact_id, now)
        place(session, subject, case, depth)
        placed.append((case, depth, until))
    return Plan(contact, subject, tuple(placed))


def _cases(session: Session, contact_id: UUID, lock: bool) -> list[CaseFacts]:
    """The cases about a contact, and those that their tickets began."""
    linked = cases_of(session, contact_id, lock=lock)
    tickets = select(Ticket.instance_id).where(
        Ticket.contact_id == contact_id, Ticket.instance_id.is_not(None)
    )
    begun = {one for one in session.scalars(tickets) if one is not None}
    begun -= {one for case in linked for one in case.members}
    return linked + facts_of(session, begun, lock=lock)


def _depth(
    session: Session, case: CaseFacts, contact_id: UUID, now: datetime
) -> tuple[Depth, datetime | None]:
    """How much of a case goes now, and until when it stays where that is known."""
    if case.is_running:
        return (Depth.KEPT if rules().must_be_kept(case) else Depth.NAMED), None
    until = rules().kept_until(case)
    if until is not None and until > now:
        return Depth.KEPT, until
    return (Depth.SHARED if _others_in(session, case, contact_id) else Depth.WHOLE), None


def _others_in(session: Session, case: CaseFacts, contact_id: UUID) -> bool:
    """Whether a case is about another contact too, who was not erased."""
    others = [UUID(one) for one in case.about if one != str(contact_id)]
    alive = select(Contact.id).where(Contact.id.in_(others), Contact.erased_at.is_(None))
    return session.scalar(alive.limit(1)) is not None


def stays(session: Session, plan: Plan) -> Iterator[Stay]:
    """What stays, and why."""
    by_why: dict[tuple[str, str | None], list[CaseFacts]] = {}
    for case, depth, until in plan.cases:
        why = _why(case, depth)
        if why:
            by_why.setdefault((why, until.isoformat() if until else None), []).append(case)
    for (why, when), cases in by_why.items():
        numbers = tuple(case.number for case in cases)
        yield Stay(why, _files_in(session, cases), numbers, when)
    own, sure = plan.subject.own, plan.subject.sure
    if shared := len(own.numbers - sure.numbers) + len(own.mails - sure.mails):
        yield Stay("shared-number", shared)
    if shared := len(own.names - sure.names):
        yield Stay("shared-name", shared)


def _why(case: CaseFacts, depth: Depth) -> str:
    if depth is Depth.KEPT:
        return "law"
    return {Depth.NAMED: "running", Depth.SHARED: "shared"}.get(depth, "")


def _files_in(session: Session, cases: list[CaseFacts]) -> int:
    scopes = [f"instance:{one}" for case in cases for one in case.members]
    return session.scalar(select(func.count()).where(StoredFile.scope.in_(scopes))) or 0
