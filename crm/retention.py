"""What is old enough loses what it holds of people, by the organisation's own periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from crm import personal as personal  # the whole map is declared
from crm.keeping import rules
from crm.tables import CaseRedaction
from engine.personal import ALIVE, facts_of, place
from engine.tables import ProcessInstance
from kernel import jobs, traces
from kernel.personal import ERASED, Depth, Subject, apply, changes
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from notifiers.tables import Delivery, InboundMessage, Notice

SWEEP: Final = "crm.retention"
AT_ONCE: Final = 50  # cases in one transaction
TEXTS_AT_ONCE: Final = 500
EVERY: Final = timedelta(hours=1)

_next: datetime | None = None


def due(session: Session, now: datetime) -> Counter[str]:
    """How much would go now: cases, and messages by kind."""
    counts: Counter[str] = Counter()
    if old := _old_cases(now):
        query = select(func.count()).select_from(ProcessInstance).where(*old)
        counts["case"] = session.scalar(query) or 0
    for kind, table, condition, _ in _old_texts(now):
        query = select(func.count()).select_from(table).where(condition)
        counts[kind] = session.scalar(query) or 0
    return +counts


def carry_out(uow: UnitOfWork) -> Counter[str]:
    """Let some of what is due go; empty when nothing is left."""
    counts: Counter[str] = Counter()
    if old := _old_cases(uow.now):
        oldest = select(ProcessInstance.id).where(*old).order_by(ProcessInstance.ended_at)
        roots = uow.session.scalars(oldest.limit(AT_ONCE)).all()
        redact_cases(uow, roots)
        counts["case"] += len(roots)
    for kind, table, condition, values in _old_texts(uow.now):
        some = select(table.id).where(condition).limit(TEXTS_AT_ONCE)
        changed = uow.session.execute(update(table).where(table.id.in_(some)).values(values))
        counts[kind] += changed.rowcount  # type: ignore[attr-defined]  # an UPDATE's result has one
    if +counts:
        uow.after_commit(partial(traces.clean_up_unseen, uow.db))
    return +counts


def redact_cases(uow: UnitOfWork, roots: Collection[UUID]) -> None:
    """Take everything personal out of cases that have ended, with their papers.

    All at once: what no index finds by its case is read through once for all of them.
    """
    subject = Subject()
    for case in facts_of(uow.session, roots, lock=True) if roots else ():
        place(uow.session, subject, case, Depth.WHOLE)
        uow.session.merge(CaseRedaction(root_id=case.id, at=uow.now))
    if subject.cases:
        apply(uow, changes(uow.session, subject, lock=True))


def sweep(uow: UnitOfWork) -> int:
    """Once an hour, as much as is due; how much went."""
    global _next
    if _next is not None and uow.now < _next:
        return 0
    done = sum(carry_out(uow).values())
    if not done:
        _next = uow.now + EVERY
    return done


def begin() -> None:
    """Let the runner do it, where the rules let anything go by itself; composition only."""
    global _next
    _next = None
    if rules().do_something:
        jobs.sweeps.add(SWEEP, sweep)


def _old_cases(now: datetime) -> list[ColumnElement[bool]]:
    """Roots that have ended long enough ago, which the law does not want kept; none by default."""
    periods = dict(rules().cases)
    if not periods:
        return []
    others = periods.pop("*", None)
    old = [
        and_(ProcessInstance.definition_key == key, ProcessInstance.ended_at < now - period)
        for key, period in periods.items()
    ]
    if others is not None:
        rest = ProcessInstance.definition_key.not_in(periods)
        old.append(and_(rest, ProcessInstance.ended_at < now - others))
    done = exists().where(CaseRedaction.root_id == ProcessInstance.id)
    return [
        ProcessInstance.parent_id.is_(None),
        ProcessInstance.status.not_in(ALIVE),
        or_(*old),
        ~done,
        *(~one for one in _kept(now)),
    ]


def _kept(now: datetime) -> Iterator[ColumnElement[bool]]:
    """Trees with a process that the law still wants."""
    part = aliased(ProcessInstance)
    for key, period in rules().keep.items():
        yield and_(
            ProcessInstance.ended_at > now - period,
            exists().where(part.root_id == ProcessInstance.id, part.definition_key == key),
        )


def _old_texts(now: datetime) -> Iterator[tuple[str, Any, ColumnElement[bool], JsonObject]]:
    """Kind, table, which rows, and what becomes of them."""
    periods = rules()
    if periods.messages is not None:
        cutoff = now - periods.messages
        has_words = and_(Delivery.text != "", Delivery.text != ERASED)
        old = and_(Delivery.created_at < cutoff, Delivery.settled, has_words)
        yield "message", Delivery, old, {"text": ERASED, "subject": ""}
        old = and_(Notice.created_at < cutoff, Notice.title != ERASED)
        yield "notice", Notice, old, {"title": ERASED, "text": ""}
    if periods.replies is not None:
        cutoff = now - periods.replies
        old = and_(InboundMessage.received_at < cutoff, InboundMessage.raw_text != ERASED)
        yield "reply", InboundMessage, old, {"text": ERASED, "raw_text": ERASED}
