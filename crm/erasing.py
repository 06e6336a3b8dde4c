"""Erase a contact's personal data wherever it lies, and say what was erased and what must stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from crm.erasure_plan import Plan, Stay, plan, stays
from crm.errors import ContactBusy
from crm.tables import Contact, ContactErasure
from kernel import jobs, traces
from kernel.audit import acts
from kernel.ids import new_id
from kernel.personal import apply, changes
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import Actor

ERASE: Final = "contact.erase"
REST: Final = "crm.erase-rest"
LOOK_AGAIN: Final = timedelta(days=1)
Running = Literal["refuse", "redact"]


@dataclass(frozen=True)
class Erasure:
    """What was erased, or would be: rows by kind; and what stays."""

    contact_id: UUID
    counts: Mapping[str, int]
    stays: tuple[Stay, ...]
    running: tuple[str, ...] = ()
    id: UUID | None = None
    traces: frozenset[bytes] = field(default=frozenset(), repr=False)


def preview(session: Session, contact_id: UUID, *, by: Actor, now: datetime) -> Erasure:
    """What `erase_contact` would do now, with names taken out of running cases.

    Raises: ContactUnknown
    """
    by.require(ERASE)
    found = plan(session, contact_id, now, lock=False)
    counts = Counter(one.of.kind for one in changes(session, found.subject, lock=False))
    return Erasure(contact_id, counts, tuple(stays(session, found)), found.running)


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
    found = plan(uow.session, contact_id, uow.now, lock=True)
    if found.running and running == "refuse":
        raise ContactBusy(cases="، ".join(found.running), count=len(found.running))
    report = _carry_out(uow, found)
    if not report.counts and found.contact.erased_at is not None:
        return report
    row = ContactErasure(
        id=new_id(),
        contact_id=contact_id,
        at=uow.now,
        by_id=by.person_id,
        by=by.name,
        reason=found.subject.own.replace(reason.strip())[:500],
        counts=dict(report.counts),
        stays=[asdict(one) for one in report.stays],
        waiting=found.waiting,
    )
    uow.session.add(row)
    uow.audit.record(
        acts.CONTACT_ERASED, by, contact_id, erasure=row.id, running=len(found.running)
    )
    _look_again(uow, row)
    return Erasure(
        contact_id,
        report.counts,
        report.stays,
        found.running,
        row.id,
        found.traces,
    )


@jobs.handlers.register(REST)
def erase_rest(uow: UnitOfWork, payload: JsonObject) -> None:
    """Take out of cases that have ended, or need not be kept any more, what had to wait."""
    row = uow.session.get(ContactErasure, UUID(payload["erasure"]))
    if row is None:
        return
    found = plan(uow.session, row.contact_id, uow.now, lock=True)
    report = _carry_out(uow, found)
    row.counts = dict(Counter(row.counts) + Counter(report.counts))
    row.stays, row.waiting = [asdict(one) for one in report.stays], found.waiting
    _look_again(uow, row)
    if report.counts:
        uow.after_commit(partial(traces.clean_up_unseen, uow.db, found.traces))


def _carry_out(uow: UnitOfWork, found: Plan) -> Erasure:
    uow.session.flush()
    what_stays = tuple(stays(uow.session, found))
    counts = apply(uow, changes(uow.session, found.subject, lock=True))
    uow.session.execute(
        update(Contact)
        .where(Contact.id == found.contact.id, Contact.erased_at.is_(None))
        .values(erased_at=uow.now, opt_out=True)
    )
    uow.session.expire(found.contact)
    return Erasure(found.contact.id, counts, what_stays)


def _look_again(uow: UnitOfWork, row: ContactErasure) -> None:
    """Once a day while cases run, or when the law lets the first one go."""
    waiting: list[tuple[str, str | None]] = row.waiting
    if waiting:
        instants = [datetime.fromisoformat(until) for _, until in waiting if until]
        is_running = len(instants) < len(waiting)
        at = uow.now + LOOK_AGAIN if is_running else max(min(instants), uow.now + LOOK_AGAIN)
        key = f"{REST}:{row.contact_id}"
        uow.jobs.add(REST, {"erasure": str(row.id)}, run_at=at, key=key)
