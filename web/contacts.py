"""Customers' files: the list, one file, a new file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import contacts as book
from crm import lists, queries
from crm.errors import ContactExists, ContactInvalid
from crm.tables import ContactLog, Ticket
from crm.vocabulary import KINDS, LOG_KINDS, RELATIONS, ROLES
from engine import queries as engine_queries
from engine.queries import InstanceRow
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.uow import unit_of_work
from people import directory
from web.access import permission
from web.database import db
from web.filters import digits, href, named
from web.paging import SIZE, with_query
from web.when import local_day, smart

bp = Blueprint("contacts", __name__, url_prefix="/contacts")
TABS = ("all", "processes", "tickets", "details")


@dataclass(frozen=True)
class Line:
    """One line of a file's timeline, whatever package it comes from."""

    at: datetime
    icon: str
    state: str
    title: str
    text: str
    href: str


@dataclass(frozen=True)
class Standing:
    """A running case in one sentence."""

    case: InstanceRow
    step: str
    sentence: str
    href: str


@bp.get("")
@permission("contact.view")
def page() -> ResponseReturnValue:
    """Files by family name; the part somebody plays and the search stand in the address."""
    role = request.args.get("role", "")
    last = _uuid(request.args.get("after", ""))
    found = lists.contacts(
        db.session,
        current_user.actor,
        query=request.args.get("q", ""),
        role=role if role in ROLES else None,
        after=lists.cursor(db.session, last) if last else None,
        limit=SIZE,
    )
    return render_template(
        "contacts/list.html",
        contacts=found.rows,
        next_href=with_query(after=found.next[1]) if found.next else None,
        cut=found.cut,
        chips=_chips(role),
        roles=ROLES,
    )


@bp.get("/<uuid:contact_id>")
@permission("contact.view")
def show(contact_id: UUID) -> ResponseReturnValue:
    """One file: identity, cases, tickets, one timeline."""
    file = queries.contact_file(db.session, current_user.actor, contact_id)
    cases = engine_queries.instances(
        db.session, current_user.actor, link=("contact", str(contact_id)), limit=SIZE
    )
    tab = request.args.get("tab", "all")
    return render_template(
        "contacts/show.html",
        file=file,
        contact=file.contact,
        cases=cases,
        running=[standing(one) for one in cases if one.status == "running"],
        lines=timeline(file, cases),
        tab=tab if tab in TABS else "all",
        roles=ROLES,
        relations=RELATIONS,
        kinds=KINDS,
    )


@bp.post("/<uuid:contact_id>/notes")
@permission("contact.edit")
def note(contact_id: UUID) -> ResponseReturnValue:
    """Add a line to the file."""
    text = request.form.get("text", "").strip()
    kind = request.form.get("kind", "note")
    if text:
        with unit_of_work() as uow:
            line_kind = kind if kind in LOG_KINDS else "note"
            book.log(uow, contact_id, text, kind=line_kind, by=current_user.actor)
        flash(_("Written into the file."))
    return redirect(url_for("contacts.show", contact_id=contact_id))


@bp.get("/new")
@permission("contact.edit")
def new() -> ResponseReturnValue:
    """The empty form of a file."""
    return _form({}, {})


@bp.post("")
@permission("contact.edit")
def create() -> ResponseReturnValue:
    """Open a file, unless the national id already has one."""
    typed = request.form
    data = book.ContactData(
        name=typed.get("name", ""),
        kind=typed.get("kind", "natural"),
        title=typed.get("title", ""),
        name_en=typed.get("name_en", ""),
        melli_code=typed.get("melli_code", ""),
        legal_id=typed.get("legal_id", ""),
        city=typed.get("city", ""),
        area=typed.get("area", ""),
        address=typed.get("address", ""),
        email=typed.get("email", ""),
        phones=tuple(filter(None, [typed.get("mobile", "").strip()])),
        roles=tuple(typed.getlist("roles")),
    )
    try:
        with unit_of_work() as uow:
            contact_id = book.add_contact(uow, data, by=current_user.actor).id
    except ContactInvalid as error:
        return _form(typed, error.facts["fields"]), 422
    except ContactExists as error:
        return _form(typed, {"melli_code": error.sentence()}), 422
    flash(_("The file is open."))
    return redirect(url_for("contacts.show", contact_id=contact_id))


def _form(values: Mapping[str, Any], wrong: dict[str, str]) -> str:
    chosen = values.getlist("roles") if hasattr(values, "getlist") else ["subscriber"]
    return render_template(
        "contacts/new.html",
        values=values,
        wrong=wrong,
        kinds=[(key, _(label)) for key, label in KINDS.items()],
        roles=[(key, _(label)) for key, label in ROLES.items()],
        chosen=chosen,
    )


def timeline(file: queries.ContactFile, cases: list[InstanceRow]) -> list[tuple[date, list[Line]]]:
    """Everything that happened around a contact, newest first, by day."""
    lines = [_logged(one) for one in file.lines]
    lines += [_ticket(one) for one in file.tickets]
    lines += [_case(one) for one in cases]
    lines.sort(key=lambda line: line.at, reverse=True)
    return [(day, list(those)) for day, those in groupby(lines, lambda line: local_day(line.at))]


_LOG_ICONS = {"call": "telephone", "sms": "chat-left-text", "visit": "house-door", "note": "pencil"}


def _logged(one: ContactLog) -> Line:
    kind = _(LOG_KINDS.get(one.kind, one.kind))
    link = _instance(one.instance_id)
    mark = _LOG_ICONS.get(one.kind, "journal-text")
    return Line(one.at, mark, "", f"{kind} · {one.by}", one.text, link)


def _ticket(one: Ticket) -> Line:
    title = _("Ticket %(number)s", number=digits(one.number))
    link = href("tickets.show", ticket_id=one.id)
    return Line(one.opened_at, "telephone-inbound", "active", title, one.subject, link)


def _case(one: InstanceRow) -> Line:
    title = f"{named(one, 'definition_name')} {digits(one.number)}"
    state = {"running": "active", "completed": "done"}.get(one.status, "")
    return Line(one.started_at, "diagram-3", state, title, "", _instance(one.id))


def _instance(instance_id: UUID | None) -> str:
    if instance_id is None or not current_user.actor.can("instance.view"):
        return ""
    return href("instances.show", instance_id=instance_id)


def standing(case: InstanceRow) -> Standing:
    """Where a case stands, since when, with whom, until when."""
    step = case.steps[0] if case.steps else None
    if step is None:
        return Standing(case, "", _("It waits for an answer or an hour."), _instance(case.id))
    holder = step.assignee or directory.of(db.session).name_of(
        f"position:{step.position_key}", locale()
    )
    until = smart(step.due_at, inside=True)
    facts = {"step": named(step), "since": smart(step.opened_at, inside=True), "holder": holder}
    sentence = (
        _("At “%(step)s” with %(holder)s since %(since)s, until %(until)s.", until=until, **facts)
        if until
        else _("At “%(step)s” with %(holder)s since %(since)s.", **facts)
    )
    return Standing(case, named(step), sentence, _instance(case.id))


def _chips(role: str) -> list[dict[str, Any]]:
    every = [{"text": _("All"), "href": with_query(role=None, after=None), "on": not role}]
    return every + [
        {"text": _(label), "href": with_query(role=key, after=None), "on": role == key}
        for key, label in ROLES.items()
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
