"""Erase a contact's personal data wherever it lies, and say what was erased and what must stay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from crm import reapplying
from crm.erasure_plan import Plan, Stay, plan, stays
from crm.errors import ContactBusy
from crm.tables import Contact, ContactErasure
from kernel import clock, db, files, jobs, traces
from kernel.audit import acts
from kernel.ids import new_id
from kernel.personal import Found, Subject, apply, changes
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only
from people import SYSTEM, Actor

ERASE: Final = "contact.erase"
REST: Final = "crm.erase-rest"
SOON: Final = timedelta(minutes=10)
LOOK_AGAIN: Final = timedelta(days=1)
Running = Literal["refuse", "redact"]


class Rest(NamedTuple):
    """Whose data is looked for again, and the files whose bytes must be gone by now."""

    contact_id: UUID
    files: tuple[UUID, ...]


@dataclass(frozen=True)
class Erasure:
    """What was erased, or would be: rows by kind; and what stays.

    `found` are the rows, which a look beforehand names to the erasing itself; `subject` is what
    was looked for, as nobody knows it afterwards.
    """

    contact_id: UUID
    counts: Mapping[str, int]
    stays: tuple[Stay, ...]
    running: tuple[str, ...] = ()
    id: UUID | None = None
    traces: frozenset[bytes] = field(default=frozenset(), repr=False)
    found: Found = field(default_factory=dict, repr=False)
    subject: Subject = field(default_factory=Subject, repr=False)


def preview(session: Session, contact_id: UUID, *, by: Actor, now: datetime) -> Erasure:
    """What `erase_contact` would do now, with names taken out of running cases.

    It reads every row there is; no unit of work should be open meanwhile.

    Raises: ContactUnknown
    """
    by.require(ERASE)
    planned = plan(session, contact_id, now, lock=False)
    counts, found = _found(session, planned.subject)
    what_stays = tuple(stays(session, planned))
    return Erasure(
        contact_id,
        counts,
        what_stays,
        planned.running,
        found=found,
        subject=planned.subject,
    )


def missed(session: Session, erased: Erasure) -> Found:
    """What somebody wrote while the contact was looked for; it reads every row again."""
    return _found(session, erased.subject)[1]


def erase_missed(uow: UnitOfWork, erased: Erasure, found: Found) -> Erasure:
    """Take that out too, and complete the report."""
    more = apply(uow, changes(uow.session, erased.subject, lock=True, found=found))
    row = uow.session.get_one(ContactErasure, erased.id)
    row.counts = dict(Counter(row.counts) + more)
    return replace(erased, counts=row.counts)


def _found(session: Session, subject: Subject) -> tuple[Counter[str], Found]:
    counts: Counter[str] = Counter()
    found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
    for one in changes(session, subject, lock=False):
        counts[one.of.kind] += 1
        found[one.of.table.name].add(one.key)
    return counts, found


def erase_contact(
    uow: UnitOfWork,
    seen: Erasure,
    *,
    by: Actor,
    reason: str = "",
    running: Running = "refuse",
) -> Erasure:
    """Overwrite what the installation holds of a contact; an anonymous file stays in its place.

    The same again finds nothing. Afterwards, outside of the transaction, `kernel.traces.clean_up`
    makes the database's own files forget too; a job sees to it some minutes later, should the
    power go in between.

    Args:
        seen: the `preview` of just now: only the rows that it found are touched, and what an
            index finds of the contact and of their cases.
        running: what to do when cases of theirs run: refuse, or take out only what names them
            and let the rest follow when the case has ended.

    Raises: ContactUnknown, ContactBusy
    """
    by.require(ERASE)
    contact_id = seen.contact_id
    planned = plan(uow.session, contact_id, uow.now, lock=True, known=seen.subject)
    if planned.running and running == "refuse":
        raise ContactBusy(cases="، ".join(planned.running), count=len(planned.running))
    report, removed = _carry_out(uow, planned, seen.found)
    if not report.counts and planned.contact.erased_at is not None:
        return report
    row = ContactErasure(
        id=new_id(),
        contact_id=contact_id,
        at=uow.now,
        by_id=by.person_id,
        by=by.name,
        reason=planned.subject.own.replace(reason.strip())[:500],
        counts=dict(report.counts),
        stays=[asdict(one) for one in report.stays],
        waiting=planned.waiting,
    )
    uow.session.add(row)
    uow.audit.record(
        acts.CONTACT_ERASED, by, contact_id, erasure=row.id, running=len(planned.running)
    )
    _look_at(uow, row, uow.now + SOON, removed)
    return replace(
        report,
        running=planned.running,
        id=row.id,
        traces=planned.traces,
        subject=planned.subject,
    )


class EraseRest:
    """Take out of cases that have ended, or need not be kept any more, what had to wait."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> Rest | None:
        """Whose erasure it was, unless nobody knows of it any more."""
        row = uow.session.get(ContactErasure, UUID(payload["erasure"]))
        return Rest(row.contact_id, tuple(map(UUID, payload.get("files", ())))) if row else None

    def act(self, request: Rest) -> Erasure:
        """Catch up on what follows a commit, then look at what is the contact's still.

        Raises: PlaceAway, ErasureListBroken
        """
        for one in request.files:
            files.store().forget(one)
        reapplying.keep_noted()
        traces.clean_up_unseen(db.database())
        with read_only() as session:
            return preview(session, request.contact_id, by=SYSTEM, now=clock.now())

    def settle(self, uow: UnitOfWork, payload: JsonObject, result: Erasure) -> None:
        """Take it out, and complete the report."""
        row = uow.session.get_one(ContactErasure, UUID(payload["erasure"]))
        planned = plan(uow.session, row.contact_id, uow.now, lock=True, known=result.subject)
        report, removed = _carry_out(uow, planned, result.found)
        row.counts = dict(Counter(row.counts) + Counter(report.counts))
        row.stays, row.waiting = [asdict(one) for one in report.stays], planned.waiting
        if report.counts:
            uow.after_commit(partial(traces.clean_up_unseen, uow.db, planned.traces))
        if removed:
            _look_at(uow, row, uow.now + SOON, removed)
        elif planned.waiting:
            _look_at(uow, row, _next_look(planned.waiting, uow.now), [])


jobs.outside.add(REST, EraseRest())


def _carry_out(uow: UnitOfWork, planned: Plan, found: Found) -> tuple[Erasure, list[UUID]]:
    """What was done, and the files whose rows went."""
    uow.session.flush()
    what_stays = tuple(stays(uow.session, planned))
    done = list(changes(uow.session, planned.subject, lock=True, found=found))
    counts = apply(uow, done)
    uow.session.execute(
        update(Contact)
        .where(Contact.id == planned.contact.id, Contact.erased_at.is_(None))
        .values(erased_at=uow.now, opt_out=True)
    )
    uow.session.expire(planned.contact)
    gone = [one.key[0] for one in done if one.values is None and one.of.kind == "file"]
    return Erasure(planned.contact.id, counts, what_stays), gone


def _look_at(uow: UnitOfWork, row: ContactErasure, at: datetime, removed: list[UUID]) -> None:
    told: JsonObject = {"erasure": str(row.id), "files": [str(one) for one in removed]}
    uow.jobs.add(REST, told, run_at=at, key=f"{REST}:{row.id}")


def _next_look(waiting: list[tuple[str, str | None]], now: datetime) -> datetime:
    """Once a day while cases run, or when the law lets the first one go."""
    instants = [datetime.fromisoformat(until) for _, until in waiting if until]
    is_running = len(instants) < len(waiting)
    return now + LOOK_AGAIN if is_running else max(min(instants), now + LOOK_AGAIN)
