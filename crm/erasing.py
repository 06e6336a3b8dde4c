"""Erase a contact's personal data wherever it lies, and say what was erased and what must stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from crm import personal as personal  # the whole map is declared
from crm.errors import ContactBusy, ContactUnknown
from crm.keeping import rules
from crm.tables import Contact, ContactErasure, Ticket
from crm.whose import subject_of
from engine.personal import CaseFacts, cases_of, facts_of, place
from kernel import jobs
from kernel.audit import acts
from kernel.files import StoredFile
from kernel.ids import new_id
from kernel.personal import Depth, Subject, apply, changes
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import Actor

ERASE: Final = "contact.erase"
REST: Final = "crm.erase-rest"
LOOK_AGAIN: Final = timedelta(days=1)
Running = Literal["refuse", "redact"]


@dataclass(frozen=True)
class Stay:
    """What stays and `why`: running, law, shared, shared-number, shared-name or account.

    `cases` are numbers of cases; `count` how many rows, numbers or files; `until` an ISO instant.
    """

    why: str
    count: int = 0
    cases: tuple[str, ...] = ()
    until: str | None = None


@dataclass(frozen=True)
class Erasure:
    """What was erased, or would be: rows by kind; and what stays."""

    contact_id: UUID
    counts: Mapping[str, int]
    stays: tuple[Stay, ...]
    running: tuple[str, ...] = ()
    id: UUID | None = None
    traces: frozenset[bytes] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class _Plan:
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


def preview(session: Session, contact_id: UUID, *, by: Actor, now: datetime) -> Erasure:
    """What `erase_contact` would do now, with names taken out of running cases.

    Raises: ContactUnknown
    """
    by.require(ERASE)
    plan = _plan(session, contact_id, now, lock=False)
    counts = Counter(one.of.kind for one in changes(session, plan.subject, lock=False))
    return Erasure(contact_id, counts, tuple(_stays(session, plan)), plan.running)


def erase_contact(
    uow: UnitOfWork,
    contact_id: UUID,
    *,
    by: Actor,
    reason: str = "",
    running: Running = "refuse",
) -> Erasure:
    """Overwrite what the installation holds of a contact; an anonymous file stays in its place.

    The same again finds nothing. Afterwards, outside of the transaction, `kernel.traces.clean_up`
    makes the database's own files forget too.

    Args:
        running: what to do when cases of theirs run: refuse, or take out only what names them
            and let the rest follow when the case has ended.

    Raises: ContactUnknown, ContactBusy
    """
    by.require(ERASE)
    plan = _plan(uow.session, contact_id, uow.now, lock=True)
    if plan.running and running == "refuse":
        raise ContactBusy(cases="، ".join(plan.running), count=len(plan.running))
    report = _carry_out(uow, plan)
    if not report.counts and plan.contact.erased_at is not None:
        return report
    row = ContactErasure(
        id=new_id(),
        contact_id=contact_id,
        at=uow.now,
        by_id=by.person_id,
        by=by.name,
        reason=plan.subject.own.replace(reason.strip())[:500],
        counts=dict(report.counts),
        stays=[asdict(one) for one in report.stays],
        waiting=plan.waiting,
    )
    uow.session.add(row)
    uow.audit.record(acts.CONTACT_ERASED, by, contact_id)
    _look_again(uow, row)
    return Erasure(
        contact_id,
        report.counts,
        report.stays,
        plan.running,
        row.id,
        plan.traces,
    )


@jobs.handlers.register(REST)
def erase_rest(uow: UnitOfWork, payload: JsonObject) -> None:
    """Take out of cases that have ended, or need not be kept any more, what had to wait."""
    row = uow.session.get(ContactErasure, UUID(payload["erasure"]))
    if row is None:
        return
    plan = _plan(uow.session, row.contact_id, uow.now, lock=True)
    report = _carry_out(uow, plan)
    row.counts = dict(Counter(row.counts) + Counter(report.counts))
    row.stays, row.waiting = [asdict(one) for one in report.stays], plan.waiting
    _look_again(uow, row)


def _carry_out(uow: UnitOfWork, plan: _Plan) -> Erasure:
    uow.session.flush()
    stays = tuple(_stays(uow.session, plan))
    counts = apply(uow, changes(uow.session, plan.subject, lock=True))
    uow.session.execute(
        update(Contact)
        .where(Contact.id == plan.contact.id, Contact.erased_at.is_(None))
        .values(erased_at=uow.now, opt_out=True)
    )
    uow.session.expire(plan.contact)
    return Erasure(plan.contact.id, counts, stays)


def _look_again(uow: UnitOfWork, row: ContactErasure) -> None:
    """Once a day while cases run, or when the law lets the first one go."""
    waiting: list[tuple[str, str | None]] = row.waiting
    if waiting:
        instants = [datetime.fromisoformat(until) for _, until in waiting if until]
        is_running = len(instants) < len(waiting)
        at = uow.now + LOOK_AGAIN if is_running else max(min(instants), uow.now + LOOK_AGAIN)
        key = f"{REST}:{row.contact_id}"
        uow.jobs.add(REST, {"erasure": str(row.id)}, run_at=at, key=key)


def _plan(session: Session, contact_id: UUID, now: datetime, *, lock: bool) -> _Plan:
    contact = session.get(Contact, contact_id, with_for_update=lock or None)
    if contact is None:
        raise ContactUnknown(contact=str(contact_id))
    cases = _cases(session, contact_id, lock)
    members = [one for case in cases for one in case.members]
    subject = subject_of(session, contact, members)
    placed = []
    for case in cases:
        depth, until = _depth(session, case, contact_id, now)
        place(session, subject, case, depth)
        placed.append((case, depth, until))
    return _Plan(contact, subject, tuple(placed))


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


def _stays(session: Session, plan: _Plan) -> Iterator[Stay]:
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
