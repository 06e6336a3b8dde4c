"""The numbers of an inbox: each stops at `CAP`, so that none grows with what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from engine.queries.definitions import ProcessName
from engine.queries.inbox_statements import ENTRY, ITEM, addresses, ends_arms
from engine.settings import settings
from engine.tables import InboxEntry, ProcessDefinition, WorkItem
from kernel import clock
from kernel.counting import CAP, capped
from kernel.prepared import Prepared
from people.actor import Actor

READ: Final = 2 * CAP  # entries behind one number: an item may lie at several addresses
_READ: Final[Any] = literal_column(str(READ))


@dataclass(frozen=True)
class InboxCounts:
    """How much lies in an inbox, each at most `CAP`."""

    open: int
    claimed: int
    overdue: int
    today: int


def inbox_counts(session: Session, actor: Actor) -> InboxCounts:
    """One statement for the numbers of an inbox."""
    parts = addresses(actor.principals)
    given = {
        **parts,
        "now": clock.now(),
        "midnight": _midnight(),
        "person": f"%{actor.person_id}%",
        "person_id": actor.person_id,
    }
    connection = session.connection()
    found = counts(len(parts), ends_arms(connection)).all(connection, given)
    late, today, ahead, claimed = (
        CAP if read >= READ else min(CAP, int(count)) for count, read in found
    )
    return InboxCounts(min(CAP, late + today + ahead), claimed, late, today)


def _midnight() -> datetime:
    local = clock.now().astimezone(settings().zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


@lru_cache(maxsize=64)
def counts(principals: int, ends_arms: bool) -> Prepared:
    """Rows `count, entries read`: what is late, due today, due later, and claimed.

    Parameters: `principal_0`, …, `now`, `midnight`, `person`, `person_id`.
    """
    now = bindparam("now", type_=ENTRY.due.type)
    midnight = bindparam("midnight", type_=ENTRY.due.type)
    within = (
        (ENTRY.due <= now,),
        (ENTRY.due > now, ENTRY.due < midnight),
        (ENTRY.due >= midnight,),
    )
    here = [ENTRY.principal == bindparam(f"principal_{number}") for number in range(principals)]
    arms = [[_seen(place, *times) for place in here] for times in within]
    if ends_arms and principals > 1:
        arms = [[arm.order_by(ENTRY.due).limit(_READ) for arm in part] for part in arms]
    parts = [union_all(*part) for part in arms]
    mine = _seen(ENTRY.claimed_by == bindparam("person_id", type_=ENTRY.claimed_by.type))
    return Prepared(union_all(*(_counted(part) for part in (*parts, mine))))


def _seen(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Entries to count: those at several addresses by their item, others as they come."""
    shared = case((and_(ENTRY.shared.is_(True), _not_barred()), ENTRY.item_id))
    alone = case((and_(ENTRY.shared.is_not(True), _not_barred()), 1))
    return select(alone.label("alone"), shared.label("shared")).where(*conditions)


def _counted(entries: Any) -> Any:
    some = entries.limit(_READ).subquery()
    count = func.count(some.c.alone) + func.count(some.c.shared.distinct())
    return select(count, func.count()).select_from(some)


def _not_barred() -> ColumnElement[bool]:
    """Four eyes; in the projection, as counting reads nothing else."""
    barred = type_coerce(ENTRY.barred, Text)
    return or_(barred.is_(None), barred.not_like(bindparam("person", type_=Text())))


def inbox_processes(session: Session, actor: Actor) -> list[ProcessName]:
    """The processes whose work lies here, for a filter: one look for each process there is."""
    newer = aliased(ProcessDefinition)
    definition = ProcessDefinition
    is_newest = ~(
        select(literal(1))
        .where(newer.key == definition.key, newer.version > definition.version)
        .exists()
    )
    here = (
        select(literal(1))
        .where(
            InboxEntry.principal.in_(sorted(actor.principals)),
            InboxEntry.definition_key == definition.key,
        )
        .exists()
    )
    columns = (definition.key, definition.name, definition.name_en)
    rows = session.execute(select(*columns).where(is_newest, here).order_by(definition.key))
    return [ProcessName(*row) for row in rows]


def closed_count(session: Session, actor: Actor, *, since: datetime) -> int:
    """How many pieces of work the actor has done since an instant, at most `CAP`."""
    done = select(ITEM.id).where(
        WorkItem.closed_by_id == actor.person_id,
        WorkItem.status == "completed",
        WorkItem.closed_at >= since,
    )
    return capped(session, done)
