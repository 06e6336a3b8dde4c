"""Tickets: the list, the form that opens one, and one ticket with the case it started."""

from dataclasses import fields
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from crm import lists, queries
from crm.errors import TicketInvalid
from crm.tables import Ticket, TicketType
from crm.tickets import TicketData, open_ticket
from crm.vocabulary import CHANNELS, RELATIONS, STATUSES
from kernel.errors import AppError
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from web.access import permission
from web.database import db
from web.filters import named
from web.paging import SIZE, cursor, instant_cursor, with_query

bp = Blueprint("tickets", __name__, url_prefix="/tickets")
_TYPED = tuple(field.name for field in fields(TicketData) if field.name != "contact_id")


@bp.get("")
@permission("ticket.view")
def page() -> ResponseReturnValue:
    """Tickets, newest first; status and search stand in the address."""
    status = request.args.get("status", "")
    found = lists.tickets(
        db.session,
        current_user.actor,
        query=request.args.get("q", ""),
        status=status if status in STATUSES else None,
        after=instant_cursor(request.args.get("after")),
        limit=SIZE,
    )
    return render_template(
        "tickets/list.html",
        tickets=found.rows,
        next_href=with_query(after=cursor(*found.next)) if found.next else None,
        cut=found.cut,
        chips=_chips(status),
        channels=CHANNELS,
    )


@bp.get("/new")
@permission("ticket.create")
def new() -> ResponseReturnValue:
    """The empty form; `contact` fills in who calls."""
    known = _caller(request.args.get("contact", ""))
    return _form(known | {"request_id": str(uuid4())}, {})


@bp.post("")
@permission("ticket.create")
def create() -> ResponseReturnValue:
    """Record the ticket and start its process; the same form twice gives one ticket."""
    typed = {name: request.form.get(name, "").strip() for name in _TYPED}
    data = TicketData(**typed, contact_id=_uuid(request.form.get("contact_id", "")))
    request_id = _uuid(request.form.get("request_id", "")) or uuid4()
    try:
        with unit_of_work() as uow:
            ticket = open_ticket(uow, data, by=current_user.actor, request_id=request_id)
            number, ticket_id = ticket.number, ticket.id
    except TicketInvalid as error:
        return _form(request.form.to_dict(), error.facts["fields"]), 422
    flash(_("Ticket %(number)s is recorded.", number=number) if number else _("Recorded."))
    return redirect(url_for("tickets.show", ticket_id=ticket_id))


@bp.get("/candidates")
@permission("contact.view")
def candidates() -> ResponseReturnValue:
    """Files with this number, offered beside the form (a part of a page)."""
    try:
        found = queries.candidates(db.session, mobile=request.args.get("mobile", ""))
    except AppError:
        found = []
    return render_template("tickets/candidates.html", found=found, chosen="")


@bp.get("/<uuid:ticket_id>")
@permission("ticket.view")
def show(ticket_id: UUID) -> ResponseReturnValue:
    """One ticket: what was said, whose file, which case."""
    ticket = queries.ticket(db.session, current_user.actor, ticket_id)
    kind = db.session.get(TicketType, ticket.type_key)
    return render_template(
        "tickets/show.html",
        ticket=ticket,
        kind=kind,
        contact=_contact(ticket),
        channels=CHANNELS,
        relations=RELATIONS,
    )


def _contact(ticket: Ticket) -> Any:
    if ticket.contact_id is None or not current_user.actor.can("contact.view"):
        return None
    return queries.contact_file(db.session, current_user.actor, ticket.contact_id).contact


def _form(values: dict[str, Any], wrong: dict[str, str]) -> str:
    kinds = db.session.scalars(select(TicketType).where(TicketType.active))
    chosen = _uuid(values.get("contact_id", ""))
    found = queries.candidates(db.session, mobile=values["mobile"]) if chosen else []
    return render_template(
        "tickets/new.html",
        values=values,
        wrong=wrong,
        kinds=[(kind.key, named(kind)) for kind in kinds],
        channels=[(key, _(label)) for key, label in CHANNELS.items()],
        relations=[(key, _(label)) for key, label in RELATIONS.items()],
        found=found,
        chosen=chosen,
    )


def _caller(contact_id: str) -> dict[str, Any]:
    """What the file already says of the caller."""
    key = _uuid(contact_id)
    if key is None or not current_user.actor.can("contact.view"):
        return {}
    file = queries.contact_file(db.session, current_user.actor, key)
    return {
        "caller_name": file.contact.name,
        "mobile": file.phones[0] if file.phones else "",
        "city": file.contact.city,
        "area": file.contact.area,
        "contact_id": str(key),
    }


def _chips(status: str) -> list[dict[str, Any]]:
    every = [{"text": _("All"), "href": with_query(status=None, after=None), "on": not status}]
    return every + [
        {"text": _(label), "href": with_query(status=key, after=None), "on": status == key}
        for key, label in STATUSES.items()
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
