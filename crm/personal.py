"""What the CRM's own tables hold of a contact; importing it completes the map of all packages."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from crm import tables
from crm.tables import Contact, ContactLog, ContactPhone, ContactRelation, ContactRole, Ticket
from engine import personal as _engine  # declares cases
from kernel.personal import Subject, declare
from kernel.personal.columns import DAY, ENGLISH, FADES, FREE_VALUES, LINE, NONE, TEXT
from notifiers import personal as _notifiers  # declares messages
from people import personal as _people  # declares the staff's tables

__all__ = ["_engine", "_notifiers", "_people"]


def _themselves(subject: Subject) -> ColumnElement[bool]:
    return Contact.id == subject.id


def _their_numbers(subject: Subject) -> ColumnElement[bool]:
    return ContactPhone.contact_id == subject.id


def _their_roles(subject: Subject) -> ColumnElement[bool]:
    return ContactRole.contact_id == subject.id


def _their_relations(subject: Subject) -> ColumnElement[bool]:
    relation = ContactRelation
    return or_(relation.contact_id == subject.id, relation.other_id == subject.id)


def _their_file(subject: Subject) -> ColumnElement[bool]:
    return ContactLog.contact_id == subject.id


def _their_tickets(subject: Subject) -> ColumnElement[bool] | None:
    """Tickets of the contact, and calls from a number of theirs that nobody tied to anyone."""
    if subject.id is None:  # only a case goes: tickets that are nobody's are not the case's
        return None
    called = Ticket.mobile.in_(subject.sure.numbers)
    return or_(Ticket.contact_id == subject.id, Ticket.contact_id.is_(None) & called)


declare(
    Contact,
    "contact",
    free="kind locale created_by",
    personal={
        "title": FADES,
        "name": TEXT,
        "name_en": ENGLISH,
        "sort_key": TEXT,
        "search_key": FADES,
        "gender": FADES,
        "birth_date": DAY,
        "melli_code": NONE,
        "legal_id": NONE,
        "city": FADES,
        "area": FADES,
        "address": FADES,
        "postal_code": FADES,
        "email": NONE,
        "details": FREE_VALUES,
    },
    owned=_themselves,
)
declare(
    ContactPhone,
    "phone",
    free="label rank",
    personal={"number": LINE},
    owned=_their_numbers,
    removed=True,
)
declare(ContactRole, "role", free="role", owned=_their_roles, removed=True)
declare(ContactRelation, "relation", free="kind", owned=_their_relations, removed=True)
declare(
    ContactLog,
    "log-line",
    free="kind by",
    personal={"text": TEXT},
    case="instance_id",
    owned=_their_file,
)
declare(tables.TicketType, free="key name name_en process_key")
declare(
    Ticket,
    "ticket",
    free="number type_key channel relation status outcome next_date request_id opened_by",
    personal={
        "caller_name": TEXT,
        "mobile": FADES,
        "city": FADES,
        "area": FADES,
        "subject": TEXT,
        "text": TEXT,
        "search_key": FADES,
        "note": TEXT,
    },
    case="instance_id",
    owned=_their_tickets,
)
declare(tables.ContactErasure, free="by reason counts stays waiting")
declare(tables.CaseRedaction)
