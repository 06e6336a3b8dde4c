"""Entries of the audit log in the reader's words: who, what, to what, by which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from engine import queries
from kernel.audit import ACTS, AuditEntry
from kernel.i18n import LazyText, lazy_gettext
from kernel.i18n import gettext as _
from notifiers.policy import POLICIES
from notifiers.reasons import policy_word
from people.chart import Directory
from web.filters import digits, named
from web.when import jdate

VIAS = {
    "web": lazy_gettext("in the browser"),
    "cli": lazy_gettext("from the terminal"),
    "system": lazy_gettext("by itself"),
}
NETWORKS = {
    "here": lazy_gettext("this machine"),
    "inside": lazy_gettext("an inside network"),
    "outside": lazy_gettext("an outside network"),
}
NOTED = {
    "version": lazy_gettext("version"),
    "from": lazy_gettext("from version"),
    "to": lazy_gettext("to version"),
    "count": lazy_gettext("count"),
    "position": lazy_gettext("position"),
    "person": lazy_gettext("person (audit)"),
    "holder": lazy_gettext("from (holder)"),
    "unit": lazy_gettext("unit"),
    "parent": lazy_gettext("under"),
    "manager": lazy_gettext("under"),
    "instead_of": lazy_gettext("instead of"),
    "since": lazy_gettext("since (day)"),
    "until": lazy_gettext("until (day)"),
    "on": lazy_gettext("on (day)"),
    "day": lazy_gettext("day"),
    "fields": lazy_gettext("fields"),
    "variables": lazy_gettext("changed values"),
    "step": lazy_gettext("step"),
    "message": lazy_gettext("message"),
    "permission": lazy_gettext("missing permission"),
    "error": lazy_gettext("reason"),
    "code": lazy_gettext("reason"),
    "kind": lazy_gettext("kind"),
    "channel": lazy_gettext("channel"),
    "unsent": lazy_gettext("left unsent"),
    "running": lazy_gettext("running cases"),
    "files": lazy_gettext("with files"),
    "policy": lazy_gettext("when nobody knows"),
}
DAYS = frozenset({"since", "until", "on", "day"})
# What stands in an entry for machines, and tells people nothing.
SILENT = frozenset({"incident", "deployment", "id", "hash", "erasure"})


@dataclass(frozen=True)
class _Page:
    """Where a kind of thing is shown, and what it is called without its number."""

    endpoint: str
    id: str
    text: LazyText


PAGES = {
    "instance": _Page("instances.show", "instance_id", lazy_gettext("a case")),
    "item": _Page("items.show", "item_id", lazy_gettext("a piece of work")),
    "delivery": _Page("deliveries.show", "delivery_id", lazy_gettext("a message")),
    "contact": _Page("contacts.show", "contact_id", lazy_gettext("a file")),
}


@dataclass(frozen=True)
class Thing:
    """What an act was done to; `href` is "" where there is no page of it."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it."""

    row: AuditEntry
    who: str
    position: str
    instead_of: str
    act: str
    thing: Thing
    noted: str
    way: str


def lines(rows: Sequence[AuditEntry], chart: Directory, names: Mapping[str, str]) -> list[Line]:
    """The rows in words.

    Args:
        names: of the cases and processes among the subjects, as `names` finds them.
    """
    return [_line(row, chart, names) for row in rows]


def _line(row: AuditEntry, chart: Directory, names: Mapping[str, str]) -> Line:
    act = ACTS.get(row.act)
    return Line(
        row=row,
        who=_who(row, chart),
        position=_of("position", row.position, chart) if row.position else "",
        instead_of=_person(row.on_behalf_of, chart) if row.on_behalf_of else "",
        act=str(act.label) if act else row.act,
        thing=_thing(row, chart, names),
        noted=_noted(row.detail, chart),
        way=_way(row),
    )


def _who(row: AuditEntry, chart: Directory) -> str:
    if row.person_id is not None:
        return _person(row.person_id, chart)
    return {"cli": _("Terminal"), "web": _("A stranger")}.get(row.via, _("Ravand"))


def _person(person_id: UUID, chart: Directory) -> str:
    card = chart.persons.get(person_id)
    return named(card) if card else str(person_id)


def _way(row: AuditEntry) -> str:
    if row.via != "web" and row.person_id is None:
        return ""  # who it was says so already
    via = str(VIAS.get(row.via, row.via))
    network = NETWORKS.get(row.network)
    return _("%(via)s, from %(network)s", via=via, network=network) if network else via


def _thing(row: AuditEntry, chart: Directory, names: Mapping[str, str]) -> Thing:
    key = row.subject_id
    if row.subject == "person":
        href = url_for("people.index", person=key) if key else ""
        return Thing(_of("person", key, chart) if key else _("an unknown user name"), href)
    if row.subject == "definition" and key:
        return Thing(names.get(key, key), url_for("definitions.newest", key=key))
    page = PAGES.get(row.subject)
    if page is None or _id(key) is None:  # who writes past the product writes anything
        return Thing(_of(row.subject, key, chart))
    where: dict[str, Any] = {page.id: key}
    return Thing(names.get(key) or str(page.text), url_for(page.endpoint, **where))


def _id(key: str) -> UUID | None:
    try:
        return UUID(key)
    except ValueError:
        return None


def _of(kind: str, key: str, chart: Directory) -> str:
    """What the chart calls it; the key where it knows none."""
    if kind in ("person", "holder", "instead_of"):
        person_id = _id(key)
        return _person(person_id, chart) if person_id else key
    known: Mapping[str, Any] = {
        "position": chart.positions,
        "manager": chart.positions,
        "unit": chart.units,
        "parent": chart.units,
        "role": chart.roles,
    }.get(kind, {})
    return named(known[key]) if key in known else key


def _noted(detail: Mapping[str, Any], chart: Directory) -> str:
    said = [
        f"{_label(name, value)}: {_value(name, value, chart)}"
        for name, value in detail.items()
        if name not in SILENT
    ]
    return _("; ").join(said)


def _label(name: str, value: Any) -> str:
    if name == "until" and isinstance(value, int):
        return _("up to entry")
    return str(NOTED.get(name, name))


def _value(name: str, value: Any, chart: Directory) -> str:
    if isinstance(value, list):
        return _(", ").join(str(one) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int):
        return digits(value)
    if name in DAYS:
        return _day(value)
    if name == "policy" and value in POLICIES:
        return policy_word(value)
    return _of(name, value, chart)


def _day(value: str) -> str:
    try:
        return jdate(date.fromisoformat(value), "table")
    except ValueError:
        return value


def names(session: Any, rows: Sequence[AuditEntry]) -> dict[str, str]:
    """What entries are about: numbers of cases by id, names of processes by key."""
    ids = [_id(row.subject_id) for row in rows if row.subject == "instance"]
    known = queries.numbers(session, [one for one in ids if one is not None])
    found = {str(key): number for key, number in known.items()}
    if any(row.subject == "definition" for row in rows):
        found |= {one.key: named(one) for one in queries.process_names(session)}
    return found
