"""Counts that must agree: what a case's history says, and what stands in the other tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.store import HISTORY, INSTANCE, ITEM, SUBMISSION
from kernel.findings import Finding
from kernel.types import JsonObject

AT_ONCE = 500  # instances in memory
ALIVE = ("running", "suspended")
# Lines that are only written together with the case's state, which gets a new revision then.
SAVED = (
    "adhoc-finished",
    "completed",
    "item-completed",
    "machine",
    "message",
    "migrated",
    "offer-taken",
    "retried",
    "rewound",
    "started",
    "timer",
)


def verify(session: Session) -> Iterator[Finding]:
    """Cases whose history and rows tell different stories."""
    last: UUID | None = None
    columns = (INSTANCE.c.id, INSTANCE.c.number, INSTANCE.c.status, INSTANCE.c.revision)
    while True:
        query = select(*columns).order_by(INSTANCE.c.id).limit(AT_ONCE)
        if last is not None:
            query = query.where(INSTANCE.c.id > last)
        rows = [dict(row) for row in session.execute(query).mappings()]
        if not rows:
            break
        last = rows[-1]["id"]
        yield from _histories(session, rows)
    yield from _unproved_work(session)


def _histories(session: Session, rows: list[JsonObject]) -> Iterator[Finding]:
    ids = [row["id"] for row in rows]
    told = _lines(session, ids)
    saves = _saves(session, ids)
    for row in rows:
        about: JsonObject = {"number": row["number"]}
        if told[row["id"], "started"] != 1:
            yield Finding("not-begun-once", row["id"], about)
        ended = told[row["id"], "ended"]
        if ended != (0 if row["status"] in ALIVE else 1):
            yield Finding("end-disagrees", row["id"], {**about, "ends": ended})
        if saves[row["id"]] > row["revision"]:
            yield Finding("older-than-history", row["id"], about)


def _lines(session: Session, ids: list[UUID]) -> Counter[tuple[UUID, str]]:
    query = (
        select(HISTORY.c.instance_id, HISTORY.c.kind, func.count())
        .where(HISTORY.c.instance_id.in_(ids), HISTORY.c.kind.in_(("started", "ended")))
        .group_by(HISTORY.c.instance_id, HISTORY.c.kind)
    )
    return Counter({(one, kind): count for one, kind, count in session.execute(query)})


def _saves(session: Session, ids: list[UUID]) -> Counter[UUID]:
    """Instants at which something was written that came with the state of its case.

    Never more than the case has revisions: all that one transaction writes has one instant.
    """
    query = (
        select(HISTORY.c.instance_id, func.count(HISTORY.c.at.distinct()))
        .where(HISTORY.c.instance_id.in_(ids), HISTORY.c.kind.in_(SAVED))
        .group_by(HISTORY.c.instance_id)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def _unproved_work(session: Session) -> Iterator[Finding]:
    """Completed work has one submission, and what was submitted is completed."""
    sent = (
        select(SUBMISSION.c.item_id, func.count().label("times"))
        .where(SUBMISSION.c.item_id.is_not(None))
        .group_by(SUBMISSION.c.item_id)
        .subquery()
    )
    columns = (ITEM.c.instance_id, ITEM.c.element_id, ITEM.c.status, sent.c.times)
    query = select(*columns).outerjoin(sent, sent.c.item_id == ITEM.c.id)
    for code, condition in (
        ("unproved", (ITEM.c.status == "completed") & sent.c.times.is_(None)),
        ("submitted-open", (ITEM.c.status != "completed") & sent.c.times.is_not(None)),
        ("submitted-twice", sent.c.times > 1),
    ):
        for instance_id, element, _status, _times in session.execute(query.where(condition)):
            yield Finding(code, instance_id, {"element": element})
