"""Reports that nobody programmed: the fields of a process's forms become columns (C03)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine.queries.seeing import may_see_root
from engine.tables import ProcessInstance
from people import Actor
from reports import fields
from reports.conditions import Condition, holds
from reports.errors import ColumnUnknown
from reports.fields import Source
from reports.grouping import grouped
from reports.sheet import Column, Sheet

PERMISSION: Final = "report.view"
SCAN: Final = 20_000  # instances looked at, newest first
USUAL: Final = ("number", "subject", "status", "started_at")


@dataclass(frozen=True)
class Report:
    """The sheet, how many instances fit the conditions, and whether older ones were left out.

    `instances`: the ids behind the rows of an ungrouped sheet, in the same order.
    """

    sheet: Sheet
    count: int
    truncated: bool
    instances: tuple[str, ...] = ()


def columns_of(session: Session, actor: Actor, definition_key: str) -> list[Source]:
    """What a report on this process can show: the instance's own data, then its forms' fields.

    Fields marked as sensitive are not offered.
    Raises: PermissionMissing, ProcessUnknown.
    """
    actor.require(PERMISSION)
    return fields.sources(session, definition_key)


def process_report(
    session: Session,
    actor: Actor,
    definition_key: str,
    columns: Sequence[str] = USUAL,
    filters: Sequence[Condition] = (),
    group_by: str | None = None,
) -> Report:
    """The instances of a process, all versions together, newest first.

    Args:
        columns: keys out of `columns_of`.
        filters: all must hold.
        group_by: one row per value of this column: how many, and of every number among
            `columns` the sum and the mean.

    Only instances that the actor may see (`engine.queries.seeing`).
    Raises: PermissionMissing, ProcessUnknown, ColumnUnknown, FilterInvalid.
    """
    known = {source.key: source for source in columns_of(session, actor, definition_key)}
    chosen = [_known(known, key) for key in columns]
    tests = [(_known(known, one.column), one) for one in filters]
    scanned = _instances(session, actor, definition_key)
    rows = [row for row in scanned[:SCAN] if all(holds(s, c, s.value(row)) for s, c in tests)]
    filtered = " · ".join(condition.sentence(source) for source, condition in tests)
    title = fields.title(session, definition_key)
    if group_by is not None:
        sheet = grouped(title, _known(known, group_by), chosen, rows, filtered)
        return Report(sheet, len(rows), len(scanned) > SCAN)
    sheet = Sheet(
        title=title,
        columns=[Column(source.key, source.label, source.kind) for source in chosen],
        rows=[{source.key: source.shown(row) for source in chosen} for row in rows],
        filtered=filtered,
    )
    return Report(sheet, len(rows), len(scanned) > SCAN, tuple(str(row["id"]) for row in rows))


def _known(known: Mapping[str, Source], key: str) -> Source:
    try:
        return known[key]
    except KeyError:
        raise ColumnUnknown(column=key[:80]) from None


def _instances(session: Session, actor: Actor, key: str) -> list[Mapping[str, Any]]:
    of = aliased(ProcessInstance)  # apart from the one in the condition of who may see it
    statement = (
        select(
            of.id,
            of.number,
            of.business_key,
            of.subject,
            of.status,
            of.started_at,
            of.started_by,
            of.ended_at,
            of.end_event,
            of.variables,
        )
        .where(of.definition_key == key, may_see_root(actor, of.root_id))
        .order_by(of.started_at.desc(), of.id.desc())
        .limit(SCAN + 1)
    )
    return [dict(row._mapping) for row in session.execute(statement)]
