"""The headings of the inbox: what is late, a day, a week, according to the list's order."""

from dataclasses import dataclass
from typing import Any

from engine.queries import InboxPage
from kernel import clock
from kernel.i18n import gettext as _
from web.when import jdate, local_day, today


@dataclass
class Section:
    """Rows under one heading; not `whole` when more of them may stand on another page."""

    title: str
    rows: list[Any]
    whole: bool = True


def sections(page: InboxPage, tab: str, wish: dict[str, str]) -> list[Section]:
    """Neighbouring rows of one heading together; the query has sorted them."""
    made: list[Section] = []
    for row in page.rows:
        title = _title(row, tab, wish)
        if not made or made[-1].title != title:
            made.append(Section(title, []))
        made[-1].rows.append(row)
    if made:
        made[0].whole = page.previous is None
        made[-1].whole &= page.next is None
    return made


def _title(row: Any, tab: str, wish: dict[str, str]) -> str:
    if tab == "done":
        return jdate(row.closed_at, "day") if row.closed_at else ""
    if tab == "now" and wish["due"] == "later" and row.follow_up_at:
        return jdate(row.follow_up_at, "day")
    if tab == "now" and wish["order"] == "new":
        return jdate(row.opened_at, "day")
    return _by_limit(row)


def _by_limit(row: Any) -> str:
    if row.due_at is None:
        return _("Without a limit")
    if row.due_at <= clock.now():
        return _("Late")
    away = (local_day(row.due_at) - today()).days
    if away <= 0:
        return _("Today, %(day)s", day=jdate(row.due_at, "day"))
    if away == 1:
        return _("Tomorrow")
    return _("This week") if away <= 6 else _("Later")
