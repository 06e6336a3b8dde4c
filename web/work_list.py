"""The pieces of work behind a figure: by unit, step or process; open, late or done this week."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from engine.queries.seeing import may_see_root
from engine.tables import WorkItem
from kernel import clock
from kernel.i18n import gettext as _
from people import directory
from people.actor import Actor
from reports import lists
from reports.dashboard import process_names
from reports.sheet import Column, Sheet
from reports.work import WAITING, week_start
from web.case_words import holder
from web.filters import named

NOWHERE = "-"  # in the address: work that lies in no unit


@dataclass(frozen=True)
class Wish:
    """What the reader asks for. `state`: open, late or done."""

    state: str = "open"
    unit: str = ""
    process: str = ""
    step: str = ""


def work(
    session: Session, actor: Actor, wish: Wish, *, after: Any = None, limit: int = 50
) -> list[WorkItem]:
    """Items of cases the actor may see; what is open by its due time, what is done newest first."""
    query = _narrowed(select(WorkItem).where(may_see_root(actor, WorkItem.root_id)), wish)
    if wish.state == "done":
        query = query.where(
            WorkItem.status == "completed", WorkItem.closed_at >= week_start(clock.now())
        )
        at = WorkItem.closed_at
    else:
        query = query.where(WorkItem.status.in_(WAITING))
        at = WorkItem.opened_at
        if wish.state == "late":
            query = query.where(WorkItem.due_at < clock.now())
    if after is not None:
        query = query.where(tuple_(at, WorkItem.id) < tuple_(*after))
    return list(session.scalars(query.order_by(at.desc(), WorkItem.id.desc()).limit(limit)))


def end_of(row: WorkItem, wish: Wish) -> tuple[Any, UUID]:
    """Where the next page goes on."""
    return (row.closed_at if wish.state == "done" else row.opened_at), row.id


def _narrowed(query: Select[WorkItem], wish: Wish) -> Select[WorkItem]:
    if wish.unit == NOWHERE:
        query = query.where(WorkItem.unit_key.is_(None))
    elif wish.unit:
        query = query.where(WorkItem.unit_key == wish.unit)
    if wish.process:
        query = query.where(WorkItem.definition_key == wish.process)
    if wish.step:
        query = query.where(WorkItem.element_id == wish.step)
    return query


def sheet(session: Session, actor: Actor, wish: Wish) -> Sheet:
    """The list as a file, all rows of the filter up to the limit of a printed list.

    Raises: PermissionMissing without `report.export`.
    """
    actor.require(lists.PERMISSION)
    chart, names = directory.of(session), process_names(session)
    done = wish.state == "done"
    rows = work(session, actor, wish, limit=lists.LIMIT)
    return Sheet(
        title=_("Work"),
        columns=[
            Column("step", _("Step")),
            Column("number", _("Number"), "code"),
            Column("process", _("Process")),
            Column("subject", _("Subject")),
            Column("holder", _("With")),
            Column("unit", _("Unit")),
            Column("opened", _("Opened"), "instant"),
            Column("due", _("Due"), "instant"),
            Column("closed", _("Done (column)"), "instant"),
        ][: 9 if done else 8],
        rows=[
            {
                "step": named(row),
                "number": row.number,
                "process": names.get(row.definition_key, row.definition_key),
                "subject": row.subject,
                "holder": row.closed_by if done else holder(row, chart),
                "unit": named(chart.units.get(row.unit_key or "")),
                "opened": row.opened_at,
                "due": row.due_at,
                "closed": row.closed_at,
            }
            for row in rows
        ],
    )
