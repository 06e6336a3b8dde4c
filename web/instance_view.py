"""What the page of one case shows beside its sentence: values, forms, waits, papers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_login import current_user
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

import forms
from crm.tables import Contact
from engine import answers as engine_answers
from engine.definitions import specs
from engine.queries import Child, InstanceView, Wait
from engine.tables import InstanceLink, ProcessInstance, Submission
from forms import showing
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.types import JsonValue
from web import case_words
from web.answering import file_link
from web.case_words import element_name
from web.filters import digits, href, named
from web.when import jdate, smart

# Kept by the engine for expressions; the page shows them with the step instead.
OWN = frozenset({"outcome", "outcomes", "reason"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


@dataclass(frozen=True)
class Value:
    """One variable as people read it; `code` is set where no form knows it."""

    key: str
    label: str
    text: str
    code: bool
    ltr: bool


@dataclass(frozen=True)
class Visit:
    """What somebody sent at one visit of a step, drawn as it was then."""

    step: str
    submission: Submission
    outcome: str
    parts: list[Markup]


REPLY = "sms.reply"  # the message that a phone's answer brings


@dataclass(frozen=True)
class Waiting:
    """Something other than a person that the case waits for.

    `message` is the name of a message that somebody in charge may deliver by hand; texts of
    phones are not among them. `listening`: it may come at any time; nobody waits for it.
    """

    icon: str
    kind: str
    name: str
    detail: str
    at: datetime | None
    message: str = ""
    since: datetime | None = None
    listening: bool = False
    error: str = ""


def values(session: Session, view: InstanceView) -> list[Value]:
    """The case's variables with the labels of the forms that asked for them."""
    known = _known_fields(session, view)
    shown = [
        _value(key, stored, known.get(key))
        for key, stored in view.variables.items()
        if key not in OWN
    ]
    return sorted(shown, key=lambda one: one.code)


def _known_fields(session: Session, view: InstanceView) -> dict[str, forms.Field]:
    """The fields of its own forms, then those of the whole case: values travel under their key."""
    family = select(ProcessInstance.definition_id).where(
        ProcessInstance.root_id == view.instance.root_id
    )
    ids = [view.definition.id, *session.scalars(family.distinct())]
    known: dict[str, forms.Field] = {}
    for definition in (specs.get(session, one) for one in dict.fromkeys(ids)):
        for form_id in definition.form_ids.values():
            for key, one in engine_answers.form_of(session, UUID(str(form_id))).fields.items():
                known.setdefault(key, one)
    return known


def _value(key: str, stored: JsonValue, known: forms.Field | None) -> Value:
    if known is None:
        return Value(key, key, _plain(stored), True, isinstance(stored, str))
    text = _said(known, stored)
    ltr = known.kind in ("phone", "sheba", "email", "melli-code", "legal-id", "postal-code")
    return Value(key, str(known.label) or key, text, False, ltr)


def _said(known: forms.Field, stored: JsonValue) -> str:
    if stored is None or stored == "" or stored == []:
        return ""
    if known.sensitive:
        return showing.masked(str(stored))
    if known.kind == "rows" and isinstance(stored, list):
        return _("%(count)s rows", count=len(stored))
    if isinstance(stored, list):
        return _(", ").join(_said(known, one) for one in stored)
    if isinstance(stored, dict):
        return str(stored.get("name") or _plain(stored))
    labels = {str(option.value): str(option.label) for option in known.options}
    return labels.get(str(stored)) or showing.read_only(known, stored)


def _plain(stored: Any) -> str:
    """A value that no form asked for: short, readable, never the source of a structure."""
    if stored is None or stored == "":
        return ""
    if isinstance(stored, bool):
        return _("Yes") if stored else _("No")
    if isinstance(stored, Mapping):
        title = stored.get("name") or stored.get("number")
        told = [f"{key}: {_plain(value)}" for key, value in stored.items() if key != "id"]
        return str(title) if title else _(", ").join(told)
    if isinstance(stored, list):
        return _(", ").join(_plain(one) for one in stored)
    return digits(stored) if isinstance(stored, int | float) else _readable(str(stored))


def _readable(text: str) -> str:
    """ISO days and instants in the reader's calendar, numbers in their digits; else as it is."""
    try:
        if _DAY.fullmatch(text):
            return jdate(date.fromisoformat(text), "table")
        if _INSTANT.match(text):
            return smart(datetime.fromisoformat(text))
    except ValueError:
        return text
    if text.startswith("+98"):
        return digits(f"0{text[3:]}")
    return digits(text) if text.replace("/", "").isdigit() else text


def visits(session: Session, view: InstanceView, sent: list[Submission]) -> list[Visit]:
    """Every visit's forms, the latest first, read-only, in the versions that asked them."""
    return [_visit(session, view, one) for one in reversed(sent)]


def _visit(session: Session, view: InstanceView, one: Submission) -> Visit:
    parts = []
    for key, form_id in one.form_ids.items():
        form = engine_answers.form_of(session, UUID(str(form_id)))
        parts.append(
            forms.render(
                form,
                one.answers.get(key) or {},
                readonly=True,
                prefix=f"v{one.id.hex}.{key}.",
                variables=view.variables,
                files=lambda file_id: file_link(session, file_id),
            )
        )
    model = view.definition.model
    node = model.nodes.get(one.element_id)
    chosen = node.outcomes if node else ()
    label = next((o.label(locale()) for o in chosen if o.key == one.outcome), "")
    return Visit(element_name(model, one.element_id), one, label or one.outcome or "", parts)


def waiting(view: InstanceView) -> list[Waiting]:
    """What it waits for besides people: times first, the nearest before; then what only listens."""
    made = [_wait(view, one) for one in view.waits]
    return sorted(made, key=lambda one: (one.listening, one.at is None, str(one.at or "")))


def _wait(view: InstanceView, one: Wait) -> Waiting:
    words = {
        "timer": ("alarm", _("Timer")),
        "reminder": ("bell", _("Reminder")),
        "message": ("chat-left-text", _("Message")),
        "signal": ("broadcast", _("Signal")),
        "external": ("pc-display", _("Worker outside")),
        "condition": ("question-circle", _("Condition (event)")),
        "join": ("sign-merge-right", _("Other paths")),
        "adhoc": ("person-check", _("What people start")),
        "compensation": ("arrow-counterclockwise", _("Undoing")),
        "activity": ("gear", _("Ravand is working on it")),
    }
    mark, kind = words.get(one.kind, ("hourglass-split", _("Ravand is working on it")))
    model = view.definition.model
    if one.listening and one.kind in ("message", "signal"):
        kind = _("%(kind)s, whenever it comes", kind=kind)
    detail = " · ".join(filter(None, (one.name, one.key, one.worker)))
    if one.kind == "adhoc":
        detail = case_words.offers(model, one.element_id)
    return Waiting(
        mark,
        _("%(kind)s, %(count)s times", kind=kind, count=one.count) if one.count > 1 else kind,
        element_name(model, one.element_id),
        detail,
        one.due_at,
        one.name or "" if one.kind == "message" and one.name != REPLY else "",
        one.since,
        one.listening,
        one.error or "",
    )


def caller(view: InstanceView, child: Child) -> str:
    """The step that called a process: by its history, or the one that calls such a process."""
    model = view.definition.model
    if child.element_id:
        return element_name(model, child.element_id)
    key = child.definition_key
    found = [one.element_id for one in view.elements if _calls(view, one.element_id, key)]
    return element_name(model, found[0]) if found else ""


def _calls(view: InstanceView, element_id: str, key: str) -> bool:
    node = view.definition.model.nodes.get(element_id)
    return node is not None and node.called == key


def linked(session: Session, view: InstanceView) -> list[tuple[str, str]]:
    """What the case is about: words and addresses the reader may open."""
    places = {
        "contact": (_("Customer's file"), "contacts.show", "contact_id", "contact.view"),
        "ticket": (_("Ticket"), "tickets.show", "ticket_id", "ticket.view"),
    }
    found = []
    for link in view.links:
        if link.kind in places:
            text, endpoint, name, needs = places[link.kind]
            address = href(endpoint, **{name: link.ref})
            if address and current_user.actor.can(needs):
                found.append((_contact_name(session, link) or text, address))
    return found


def _contact_name(session: Session, link: InstanceLink) -> str:
    contact = session.get(Contact, UUID(link.ref)) if link.kind == "contact" else None
    return named(contact) if contact else ""
