"""The inbox: two panes, the list of work at the start side, the open item beside it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine import queries
from engine.queries import InboxPage
from kernel import clock
from kernel.i18n import gettext as _
from notifiers import queries as messages
from web import counts
from web.access import permission
from web.database import db
from web.inbox_sections import Section, sections
from web.paging import SIZE, cursor, instant_cursor
from web.shell import link
from web.when import local

bp = Blueprint("inbox", __name__)

# tab -> status the query knows
TABS = {"now": "open", "mine": "claimed", "done": "completed"}
FILTERS = ("tab", "due", "process", "kind", "q", "order")


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
    place = {name: request.args.get(name, "") for name in ("after", "before")}
    page = InboxPage([]) if wish["kind"] == "reminder" else _page(wish, tab, place)
    counted = counts.of(db.session, current_user.actor)
    kept = {name: value for name, value in {**wish, **place}.items() if value}
    shown = sections(page, tab, wish)
    return {
        "sections": shown + (_reminders(wish, tab, place, counted) if reminders else []),
        "tabs": _tabs(wish, counted),
        "tab": tab,
        "chips": _chips(wish, counted, page.rows),
        "now": clock.now(),
        "wish": wish,
        "filtered": any(wish[name] for name in ("due", "process", "kind", "q")),
        "processes": counts.processes(db.session, current_user.actor),
        "cut": page.cut,
        "next_href": _address(wish, after=cursor(*page.next)) if page.next else None,
        "previous_href": _address(wish, before=cursor(*page.previous)) if page.previous else None,
        "first_href": _address(wish) if page.previous else None,
        "query": kept,
        "items_base": link("inbox.page").removesuffix("inbox") + "items/",
        "items_query": f"?{urlencode(kept)}" if kept else "",
    }


def _page(wish: dict[str, str], tab: str, place: dict[str, str]) -> InboxPage:
    due = {"late": clock.now(), "today": _end_of_today()}.get(wish["due"])
    return queries.inbox_page(
        db.session,
        current_user.actor,
        status=TABS[tab],
        due_before=due,
        later_than=clock.now() if wish["due"] == "later" and tab == "now" else None,
        definition_key=wish["process"] or None,
        search=wish["q"] or None,
        newest=wish["order"] == "new",
        after=instant_cursor(place["after"]),
        before=instant_cursor(place["before"]),
        limit=SIZE,
    )


def _end_of_today() -> Any:
    midnight = local(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=1)


def _reminders(
    wish: dict[str, str], tab: str, place: dict[str, str], counted: Mapping[str, int]
) -> list[Section]:
    """Unread reminders stand with the work they remind of (A05); all of them when asked for."""
    narrowed = any(place.values()) or wish["kind"] == "step" or wish["q"] or wish["due"]
    if tab != "now" or narrowed or not counted.get("notices"):
        return []
    limit = SIZE if wish["kind"] == "reminder" else 3
    found = messages.notices(db.session, current_user.person.id, unread_only=True, limit=limit)
    return [Section(_("Reminders"), list(found.rows))] if found.rows else []


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
