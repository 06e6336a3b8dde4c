"""Customers' files: the list, one file, a new file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm import contacts as book
from crm import queries
from crm.errors import ContactExists, ContactInvalid
from crm.vocabulary import KINDS, LOG_KINDS, RELATIONS, ROLES
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from web.access import permission
from web.database import db
from web.paging import SIZE, with_query

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


@bp.get("")
@permission("contact.view")
def page() -> ResponseReturnValue:
    """Files by family name; the part somebody plays and the search stand in the address."""
    role = request.args.get("role", "")
    last = _uuid(request.args.get("after", ""))
    rows = queries.contacts(
        db.session,
        current_user.actor,
        query=request.args.get("q", ""),
        role=role if role in ROLES else None,
        after=queries.cursor(db.session, last) if last else None,
        limit=SIZE + 1,
    )
    following = with_query(after=rows[SIZE - 1].id) if len(rows) > SIZE else None
    return render_template(
        "contacts/list.html",
        contacts=rows[:SIZE],
        next_href=following,
        chips=_chips(role),
        roles=ROLES,
    )


@bp.get("/<uuid:contact_id>")
@permission("contact.view")
def show(contact_id: UUID) -> ResponseReturnValue:
    """One file: identity, cases, tickets, one timeline."""
    file = queries.contact_file(db.session, current_user.actor, contact_id)
    cases = queries_of_cases(file.instance_ids)
    tab = request.args.get("tab", "all")
    return render_template(
        "contacts/show.html",
        file=file,
        contact=file.contact,
        cases=cases,
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


def queries_of_cases(instance_ids: tuple[UUID, ...]) -> list[Any]:
    """The cases of a file that this actor may see, newest first; one statement."""
    return []


def timeline(file: queries.ContactFile, cases: list[Any]) -> list[tuple[date, list[Line]]]:
    """Everything that happened around a contact, newest first, by day."""
    return []


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
