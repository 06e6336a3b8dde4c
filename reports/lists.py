"""The lists of pages as sheets: all rows that fit the filter, not only the page on screen."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from engine import queries
from engine.queries import InboxRow, InstanceRow
from kernel.i18n import gettext as _
from people import Actor, directory
from people.chart import in_language
from reports.fields import state_name
from reports.sheet import Column, Row, Sheet

PERMISSION: Final = "report.export"
LIMIT: Final = 5_000  # rows of one file; a printed list takes no more
_PAGE: Final = 500


R = TypeVar("R", covariant=True)
_Key = tuple[datetime, UUID]


class _Page(Protocol[R]):
    @property
    def rows(self) -> Sequence[R]: ...
    @property
    def next(self) -> _Key | None: ...


def inbox_sheet(session: Session, actor: Actor, *, filtered: str = "", **filters: Any) -> Sheet:
    """The actor's inbox; `filters` are those of `engine.queries.inbox`.

    Args:
        filtered: the filters in words, for the head of a printed copy.

    Raises: PermissionMissing without `report.export`.
    """
    actor.require(PERMISSION)
    rows = _every(
        lambda after, limit: queries.inbox_page(session, actor, **filters, after=after, limit=limit)
    )
    return Sheet(
        title=_("My open work") if filters.get("status") != "completed" else _("My closed work"),
        columns=[
            Column("number", _("Number"), "code"),
            Column("work", _("Work")),
            Column("process", _("Process")),
            Column("subject", _("Subject")),
            Column("opened", _("Opened"), "instant"),
            Column("due", _("Due"), "instant"),
            Column("holder", _("Held by")),
        ],
        rows=[_inbox_row(row) for row in rows],
        filtered=filtered,
    )


def _inbox_row(row: InboxRow) -> Row:
    return {
        "number": row.number,
        "work": in_language(row.name, row.name_en),
        "process": in_language(row.definition_name, row.definition_name_en),
        "subject": row.subject,
        "opened": row.opened_at,
        "due": row.due_at,
        "holder": row.assignee,
    }


def instances_sheet(session: Session, actor: Actor, *, filtered: str = "", **filters: Any) -> Sheet:
    """The instances the actor may see; `filters` are those of `engine.queries.instances`.

    Raises: PermissionMissing without `report.export`.
    """
    actor.require(PERMISSION)
    rows = _every(
        lambda after, limit: queries.instances_page(
            session, actor, **filters, after=after, limit=limit
        )
    )
    chart = directory.of(session)
    units = {key: in_language(unit.name, unit.name_en) for key, unit in chart.units.items()}
    return Sheet(
        title=_("Instances"),
        columns=[
            Column("number", _("Number"), "code"),
            Column("process", _("Process")),
            Column("subject", _("Subject")),
            Column("state", _("State")),
            Column("where", _("Where it stands"), "list"),
            Column("unit", _("Unit"), "list"),
            Column("due", _("Due"), "instant"),
            Column("started", _("Started"), "instant"),
            Column("by", _("Started by")),
            Column("ended", _("Ended"), "instant"),
        ],
        rows=[_instance_row(row, units) for row in rows],
        filtered=filtered,
    )


def _instance_row(row: InstanceRow, units: dict[str, str]) -> Row:
    return {
        "number": row.number,
        "process": in_language(row.definition_name, row.definition_name_en),
        "subject": row.subject,
        "state": state_name(row.status),
        "where": [in_language(step.name, step.name_en) for step in row.steps],
        "unit": list(
            dict.fromkeys(units.get(s.unit_key, s.unit_key) for s in row.steps if s.unit_key)
        ),
        "due": row.due_at,
        "started": row.started_at,
        "by": row.started_by,
        "ended": row.ended_at,
    }


def _every(page: Callable[[_Key | None, int], _Page[R]]) -> Iterator[R]:
    """Every row that fits, page by page, until the limit of one file."""
    after, left = None, LIMIT
    while left:
        found = page(after, min(_PAGE, left))
        yield from found.rows
        left, after = left - len(found.rows), found.next
        if after is None:
            return
