"""The inbox: two panes, the list of work at the start side, the open item beside it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine import queries
from kernel import clock
from kernel.i18n import gettext as _
from notifiers import queries as messages
from web import counts
from web.access import permission
from web.database import db
from web.paging import SIZE, cursor, instant_cursor
from web.shell import link
from web.when import jdate, local, local_day, today

bp = Blueprint("inbox", __name__)

# tab -> status the query knows
TABS = {"now": "open", "mine": "claimed", "done": "completed"}
FILTERS = ("tab", "due", "process", "kind", "q")


@dataclass(frozen=True)
class Section:
    """Rows under one heading: a day, a week, or what is late."""

    title: str
    rows: list[Any]


@bp.get("/inbox")
@permission("inbox.use")
def page() -> ResponseReturnValue:
    """The list alone, or with the first item beside it on a wide window."""
    return render_template("inbox/page.html", **listing())


@bp.get("/inbox/next")
@permission("inbox.use")
def following() -> ResponseReturnValue:
    """Straight to the most urgent work, or to the empty inbox."""
    rows = queries.inbox(db.session, current_user.actor, limit=1)
    if not rows:
        return redirect(url_for("inbox.page"))
    return redirect(url_for("items.show", item_id=rows[0].id))


def listing(*, reminders: bool = True) -> dict[str, Any]:
    """What the list pane shows; every choice stands in the address."""
    wish = {name: request.args.get(name, "") for name in FILTERS}
    tab = wish["tab"] if wish["tab"] in TABS else "now"
    after = instant_cursor(request.args.get("after"))
    rows = [] if wish["kind"] == "reminder" else _rows(wish, tab, after)
    following = _address(wish, after=_end(rows)) if len(rows) > SIZE else None
    counted = counts.of(db.session, current_user.actor)
    kept = {name: value for name, value in wish.items() if value}
    return {
        "sections": _sections(rows[:SIZE], tab)
        + (_reminders(wish, tab, after, counted) if reminders else []),
        "tabs": _tabs(wish, counted),
        "tab": tab,
        "chips": _chips(wish, counted, rows),
        "now": clock.now(),
        "wish": wish,
        "filtered": any(wish[name] for name in ("due", "process", "kind", "q")),
        "processes": counts.processes(db.session, current_user.actor),
        "next_href": following,
        "query": kept,
        "items_base": link("inbox.page").removesuffix("inbox") + "items/",
        "items_query": f"?{urlencode(kept)}" if kept else "",
    }


def _rows(wish: dict[str, str], tab: str, after: Any) -> Sequence[Any]:
    due = {"late": clock.now(), "today": _end_of_today()}.get(wish["due"])
    return queries.inbox(
        db.session,
        current_user.actor,
        status=TABS[tab],
        due_before=due,
        later_than=clock.now() if wish["due"] == "later" else None,
        definition_key=wish["process"] or None,
        search=wish["q"] or None,
        after=after,
        limit=SIZE + 1,
    )


def _end_of_today() -> Any:
    midnight = local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def _end(rows: Sequence[Any]) -> str:
    last = rows[SIZE - 1]
    return cursor(last.sort_at, last.id)


def _reminders(
    wish: dict[str, str], tab: str, after: Any, counted: Mapping[str, int]
) -> list[Section]:
    """Unread reminders stand with the work they remind of (A05); all of them when asked for."""
    narrowed = after or wish["kind"] == "step" or wish["q"] or wish["due"]
    if tab != "now" or narrowed or not counted.get("notices"):
        return []
    limit = SIZE if wish["kind"] == "reminder" else 3
    found = messages.notices(db.session, current_user.person.id, unread_only=True, limit=limit)
    return [Section(_("Reminders"), list(found.rows))] if found.rows else []


def _sections(rows: Iterable[Any], tab: str) -> list[Section]:
    """Neighbouring rows of one heading together; the query has sorted them."""
    sections: list[Section] = []
    for row in rows:
        title = _closed_on(row) if tab == "done" else _heading(row)
        if not sections or sections[-1].title != title:
            sections.append(Section(title, []))
        sections[-1].rows.append(row)
    return sections


def _closed_on(row: Any) -> str:
    return jdate(row.closed_at, "day") if row.closed_at else ""


def _heading(row: Any) -> str:
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


def _for_later(row: Any) -> bool:
    return bool(row.follow_up_at and not row.closed_at and row.follow_up_at > clock.now())


def _tabs(wish: dict[str, str], counted: Mapping[str, int]) -> list[dict[str, Any]]:
    named = (
        ("now", _("Current"), counted["inbox"]),
        ("mine", _("Claimed"), counted["claimed"]),
        ("done", _("Closed"), 0),
    )
    return [
        {"key": key, "text": text, "count": count, "href": _address(wish, tab=key)}
        for key, text, count in named
    ]


def _chips(
    wish: dict[str, str], counted: Mapping[str, int], rows: Iterable[Any]
) -> list[dict[str, Any]]:
    """Work for later is offered where the list has some: few processes name follow-up dates."""
    named = [
        ("", _("All"), 0),
        ("late", _("Late"), counted["overdue"]),
        ("today", _("Today"), counted["today"]),
    ]
    if wish["due"] == "later" or any(_for_later(row) for row in rows):
        named.append(("later", _("For later"), 0))
    return [
        {"text": text, "count": count, "on": wish["due"] == key, "href": _address(wish, due=key)}
        for key, text, count in named
    ]


def _address(wish: dict[str, str], **changes: Any) -> str:
    query = {**wish, **changes}
    kept = {key: value for key, value in query.items() if value}
    return link("inbox.page") + (f"?{urlencode(kept)}" if kept else "")
