"""What names a contact: in their file, and as their cases knew them before it was changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from crm.tables import Contact, ContactPhone, Ticket
from engine.tables import ProcessInstance
from kernel import phone
from kernel.errors import AppError
from kernel.personal import ERASED, ERASED_EN, Identity, Subject
from kernel.text import clean
from people.tables import Person

_PLACEHOLDERS: Final = frozenset({ERASED, ERASED_EN})
COPY: Final = frozenset({"id", "name", "melli_code"})
"""What every copy of a contact in a variable has (`crm.connectors.as_json`)."""


def subject_of(
    session: Session, contact: Contact, cases: Iterable[UUID], known: Subject | None = None
) -> Subject:
    """The contact, as far as they can be found; no case of theirs is placed yet.

    Args:
        cases: instances whose variables and tickets may know former names and numbers.
        known: who they were just now: only what is new is compared with everybody else.
    """
    known = known or Subject()
    own = _on_file(session, contact) | _in_tickets(session, contact.id)
    own = _without_placeholder(own | _in_cases(session, contact.id, cases))
    return Subject(
        contact.id,
        own=own,
        sure=_both(own, known.sure) | _only_theirs(session, contact.id, _without(own, known.own)),
        copies=COPY,
    )


def _on_file(session: Session, contact: Contact) -> Identity:
    numbers = session.scalars(
        select(ContactPhone.number).where(ContactPhone.contact_id == contact.id)
    )
    return Identity(
        names=_some(contact.name, contact.name_en),
        numbers=frozenset(numbers),
        codes=_some(contact.melli_code, contact.legal_id, contact.postal_code),
        mails=_some(contact.email),
        places=_some(contact.address),
        days=_some(contact.birth_date),
    )


def _in_tickets(session: Session, contact_id: UUID) -> Identity:
    """As they called themselves, and from where they called."""
    rows = session.execute(
        select(Ticket.caller_name, Ticket.mobile).where(Ticket.contact_id == contact_id)
    ).all()
    return Identity(
        names=_some(*(row.caller_name for row in rows)),
        numbers=_numbers(row.mobile for row in rows),
    )


def _in_cases(session: Session, contact_id: UUID, cases: Iterable[UUID]) -> Identity:
    """As copies of their file stand in the variables of their cases."""
    query = select(ProcessInstance.variables).where(ProcessInstance.id.in_(list(cases)))
    copies = [
        copy for values in session.scalars(query) for copy in _copies(values, str(contact_id))
    ]
    return Identity(
        names=_some(*(copy.get("name") for copy in copies)),
        numbers=_numbers(copy.get(key) for copy in copies for key in ("mobile", "phone")),
        codes=_some(*(copy.get("melli_code") for copy in copies)),
        mails=_some(*(copy.get("email") for copy in copies)),
        places=_some(*(copy.get("address") for copy in copies)),
        days=_some(*(copy.get("birth_date") for copy in copies)),
    )


def _copies(value: Any, contact_id: str) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if value.keys() >= COPY and value["id"] == contact_id:
            yield value
        for one in value.values():
            yield from _copies(one, contact_id)
    elif isinstance(value, list):
        for one in value:
            yield from _copies(one, contact_id)


def _only_theirs(session: Session, contact_id: UUID, own: Identity) -> Identity:
    """Without what also names another contact or one of the staff."""
    shared_numbers = session.scalars(
        select(ContactPhone.number).where(
            ContactPhone.contact_id != contact_id, ContactPhone.number.in_(own.numbers)
        )
    )
    return replace(
        own,
        names=own.names
        - _others(session, contact_id, Contact.name, own.names)
        - _others(session, contact_id, Contact.name_en, own.names)
        - _staff(session, Person.name, own.names)
        - _staff(session, Person.name_en, own.names),
        numbers=own.numbers - {*shared_numbers} - _staff(session, Person.mobile, own.numbers),
        codes=own.codes - _others(session, contact_id, Contact.postal_code, own.codes),
        mails=own.mails
        - _others(session, contact_id, Contact.email, own.mails)
        - _staff(session, Person.email, own.mails),
        places=own.places - _others(session, contact_id, Contact.address, own.places),
        days=frozenset(),
    )


def _others(
    session: Session, contact_id: UUID, column: Any, values: frozenset[str]
) -> frozenset[str]:
    return _found(session, column, values, Contact.id != contact_id)


def _staff(session: Session, column: Any, values: frozenset[str]) -> frozenset[str]:
    return _found(session, column, values, Person.id.is_not(None))


def _found(
    session: Session, column: Any, values: frozenset[str], besides: ColumnElement[bool]
) -> frozenset[str]:
    query = select(column).where(column.in_(values), besides)
    return frozenset(session.scalars(query)) if values else frozenset()


def _both(one: Identity, other: Identity) -> Identity:
    return Identity(*(getattr(one, f.name) & getattr(other, f.name) for f in fields(one)))


def _without(one: Identity, other: Identity) -> Identity:
    return Identity(*(getattr(one, f.name) - getattr(other, f.name) for f in fields(one)))


def _without_placeholder(known: Identity) -> Identity:
    return Identity(*(getattr(known, one.name) - _PLACEHOLDERS for one in fields(known)))


def _some(*values: object) -> frozenset[str]:
    texts = (one.isoformat() if isinstance(one, date) else str(one or "") for one in values)
    return frozenset(text for text in map(clean, texts) if text)


def _numbers(values: Iterable[object]) -> frozenset[str]:
    found = set()
    for value in values:
        try:
            found.add(phone.normalise(str(value or "")))
        except AppError:
            continue
    return frozenset(found)
