"""The entries of the side navigation, of the phone's bottom bar and of the command palette.

An entry shows when its page exists in this installation and the actor's permissions open it.
"""

from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, url_for

from kernel.i18n import LazyText, lazy_gettext


@dataclass(frozen=True)
class Place:
    """A page that the navigation may show.

    Attributes:
        area: its blueprint; the page is `area.page` (or `area.index`).
        count_kind: "" (no number), "plain", "hot" (my own work) or "bad" (incidents).
    """

    key: str
    area: str
    icon: str
    text: LazyText
    permission: str
    count_kind: str = ""


@dataclass(frozen=True)
class Entry:
    """A place as pages show it; its number, if any, is looked up by its key."""

    key: str
    href: str
    icon: str
    text: str
    short: str
    count_kind: str


@dataclass(frozen=True)
class Group:
    """Entries under one title."""

    title: str
    entries: list[Entry]


_ = lazy_gettext
GROUPS: tuple[tuple[LazyText | None, tuple[Place, ...]], ...] = (
    (
        None,
        (
            Place("day", "my_day", "sun", _("My day"), "inbox.use"),
            Place("inbox", "inbox", "inbox", _("Inbox"), "inbox.use", "hot"),
            Place("start", "start", "play-circle", _("Start a process"), "process.start"),
        ),
    ),
    (
        _("Customers"),
        (
            Place("contacts", "contacts", "person-vcard", _("Files"), "contact.view"),
            Place("tickets", "tickets", "telephone-inbound", _("Tickets"), "ticket.view"),
        ),
    ),
    (
        _("Operate"),
        (
            Place("dashboard", "reports", "bar-chart", _("Dashboard"), "report.view"),
            Place(
                "instances",
                "instances",
                "activity",
                _("Running processes"),
                "instance.view",
                "plain",
            ),
            Place(
                "incidents",
                "incidents",
                "exclamation-octagon",
                _("Incidents"),
                "incident.view",
                "bad",
            ),
            Place("deliveries", "deliveries", "chat-square-text", _("Messages"), "delivery.view"),
        ),
    ),
    (
        _("Design"),
        (Place("definitions", "definitions", "diagram-3", _("Processes"), "process.view"),),
    ),
    (
        _("Administration"),
        (
            Place("people", "people", "people", _("People"), "people.view"),
            Place("calendar", "calendar", "calendar3", _("Working calendar"), "calendar.edit"),
            Place("audit", "audit", "journal-check", _("Audit log"), "audit.view"),
            Place("sms", "sms", "phone", _("Captured messages"), "admin.view"),
        ),
    ),
)
TABBAR = {
    "day": _("My day"),
    "inbox": _("Inbox"),
    "start": _("Start"),
    "contacts": _("Files"),
    "instances": _("Running"),
}


@lru_cache(maxsize=256)
def groups_for(permissions: frozenset[str], language: str) -> list[Group]:
    """What the navigation shows to somebody with these permissions, in this language."""
    shown = []
    for title, places in GROUPS:
        entries = [
            _entry(place, endpoint)
            for place in places
            if place.permission in permissions and (endpoint := _endpoint(place.area))
        ]
        if entries:
            shown.append(Group(str(title) if title else "", entries))
    return shown


@lru_cache(maxsize=256)
def tabbar_for(permissions: frozenset[str], language: str) -> list[Entry]:
    """At most four of the entries, for the bottom of a phone; the fifth opens the rest."""
    groups = groups_for(permissions, language)
    return [entry for group in groups for entry in group.entries if entry.key in TABBAR][:4]


def _endpoint(area: str) -> str:
    views = current_app.view_functions
    return next((name for name in (f"{area}.page", f"{area}.index") if name in views), "")


def _entry(place: Place, endpoint: str) -> Entry:
    return Entry(
        key=place.key,
        href=url_for(endpoint),
        icon=place.icon,
        text=str(place.text),
        short=str(TABBAR.get(place.key, place.text)),
        count_kind=place.count_kind,
    )
