"""How a process reads and writes contacts and tickets.

Each connector's inputs and outputs are part of the diagram's vocabulary: names are kept.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import contacts, queries, tables, tickets
from crm.contacts import ContactData
from engine.connectors import BpmnError, ConnectorCall, connectors
from engine.tables import InstanceLink
from kernel import text
from kernel.types import JsonObject
from kernel.uow import UnitOfWork


class MatchContact:
    """Find the contact of a call.

    In: `mobile`, `melli_code` (either may be empty), `name` (only tells candidates apart).
    Out: `contact` (null when nobody is known), `candidates` (list).
    Error: `DUPLICATE` when several fit; then `candidates` is set too.
    """

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        """Exactly one with this national id wins over several with this number."""
        mobile, code = _text(call, "mobile"), _text(call, "melli_code")
        found = queries.candidates(uow.session, melli_code=code) if code else []
        if len(found) != 1:
            found = queries.candidates(uow.session, mobile=mobile, melli_code=code)
        listed = [as_json(uow.session, row.id) for row in found]
        if len(found) > 1:
            raise BpmnError(
                "DUPLICATE",
                f"{len(found)} contacts fit {mobile}",
                variables={"candidates": listed, "contact": None},
            )
        return {"contact": listed[0] if listed else None, "candidates": listed}


class SaveContact:
    """Open a contact's file or complete it; empty inputs leave what is stored.

    In: `contact_id` (null for a new one), `name`, `mobile`, `phone`, `melli_code`, `legal_id`,
    `kind`, `title`, `gender`, `birth_date`, `city`, `area`, `address`, `postal_code`, `email`,
    `roles` (list); `deceased` (true: never to be greeted or offered anything again);
    `patient` (object with `name`, `birth_date`, `gender`, `relation`): when it is somebody
    else, their file is opened too and the two are related.
    Out: `contact`; `patient` (null when none was given).
    The file of a contact who was erased takes nothing new; the case goes on without it.
    """

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        """The contact as it is now, linked to the instance and its ticket."""
        known = _erased(uow, _id(call, "contact_id"))
        if known is not None:
            return {"contact": as_json(uow.session, known), "patient": None}
        contact = _save(uow, call)
        contact.deceased = contact.deceased or call.inputs.get("deceased") is True
        link(uow, call.root_id, contact.id)
        saved = as_json(uow.session, contact.id)
        return {"contact": saved, "patient": _save_patient(uow, contact, call)}


class UpdateTicket:
    """Carry the ticket on.

    In: `ticket_id` (the instance's own ticket when empty), `status` (open, in_progress,
    closed), `outcome`, `note`, `next_date`, `contact_id`. Out: `ticket_status`.
    An instance that no ticket started passes through unchanged.
    """

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        """The ticket's new status; null without a ticket."""
        ticket_id = _id(call, "ticket_id") or _linked(uow.session, call.root_id, "ticket")
        if ticket_id is None:
            return {"ticket_status": None}
        ticket = tickets.update_ticket(
            uow,
            ticket_id,
            status=_text(call, "status") or None,
            outcome=_text(call, "outcome") or None,
            note=_text(call, "note") or None,
            next_date=_date(call, "next_date"),
            contact_id=_id(call, "contact_id"),
            by=call.by,
        )
        return {"ticket_status": ticket.status}


class LogLine:
    """Write a line in a contact's file.

    In: `text`, `contact_id` (the instance's own contact when empty), `kind` (process unless
    said otherwise). An instance without a contact passes through unchanged.
    """

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        """Whether a line was written."""
        contact_id = _id(call, "contact_id") or _contact_of(uow.session, call.root_id)
        line = _text(call, "text")
        if contact_id is None or not line or _erased(uow, contact_id):
            return {"logged": False}
        contacts.log(
            uow,
            contact_id,
            line,
            kind=_text(call, "kind") or "process",
            instance_id=call.instance_id,
            by=call.by,
        )
        return {"logged": True}


def _erased(uow: UnitOfWork, contact_id: UUID | None) -> UUID | None:
    """The contact, when what was known of them was erased."""
    found = uow.session.get(tables.Contact, contact_id) if contact_id else None
    return found.id if found is not None and found.erased_at is not None else None


def link(uow: UnitOfWork, instance_id: UUID, contact_id: UUID) -> None:
    """Let an instance stand in a contact's file."""
    uow.session.merge(InstanceLink(instance_id=instance_id, kind="contact", ref=str(contact_id)))
    ticket_id = _linked(uow.session, instance_id, "ticket")
    if ticket_id is not None and (ticket := uow.session.get(tables.Ticket, ticket_id)):
        ticket.contact_id = ticket.contact_id or contact_id


def as_json(session: Session, contact_id: UUID) -> JsonObject:
    """A contact as a process knows it."""
    contact = session.get_one(tables.Contact, contact_id)
    numbers = session.scalars(
        select(tables.ContactPhone.number)
        .where(tables.ContactPhone.contact_id == contact_id)
        .order_by(tables.ContactPhone.rank)
    ).all()
    return {
        "id": str(contact.id),
        "name": contact.name,
        "title": contact.title,
        "kind": contact.kind,
        "mobile": numbers[0] if numbers else None,
        "phone": numbers[1] if len(numbers) > 1 else None,
        "melli_code": contact.melli_code,
        "email": contact.email,
        "city": contact.city,
        "area": contact.area,
        "address": contact.address,
        "gender": contact.gender,
        "birth_date": contact.birth_date.isoformat() if contact.birth_date else None,
        "locale": contact.locale,
        "opt_out": contact.opt_out or contact.deceased,
    }


_TEXTS = (
    "name",
    "kind",
    "title",
    "gender",
    "melli_code",
    "legal_id",
    "city",
    "area",
    "address",
    "postal_code",
    "email",
)


def _save(uow: UnitOfWork, call: ConnectorCall) -> tables.Contact:
    given: dict[str, Any] = {name: _text(call, name) for name in _TEXTS}
    given["birth_date"] = _date(call, "birth_date")
    given = {name: value for name, value in given.items() if value}
    phones = tuple(filter(None, (_text(call, "mobile"), _text(call, "phone"))))
    roles = tuple(call.inputs.get("roles") or ())
    contact_id = _id(call, "contact_id")
    if contact_id is None:
        given.setdefault("name", phones[0] if phones else "")
        return contacts.add_contact(
            uow, ContactData(**given, phones=phones, roles=roles), by=call.by
        )
    stored = contacts.current_data(uow, contacts.get(uow, contact_id))
    changed = replace(stored, **given, phones=(*phones, *stored.phones), roles=roles)
    return contacts.change_contact(uow, contact_id, changed, by=call.by)


def _save_patient(
    uow: UnitOfWork, subscriber: tables.Contact, call: ConnectorCall
) -> JsonObject | None:
    """The patient's own file, found among the subscriber's relations by name, or opened."""
    wanted = call.inputs.get("patient")
    if not isinstance(wanted, Mapping) or not str(wanted.get("name") or "").strip():
        return None
    name, relation = str(wanted["name"]), str(wanted.get("relation") or "other")
    if relation == "self" or name.strip() == subscriber.name:
        contacts.add_roles(uow, subscriber.id, ["patient"])
        return as_json(uow.session, subscriber.id) | {"relation": "self"}
    known = _related_by_name(uow.session, subscriber.id, name)
    given: dict[str, Any] = {
        "gender": str(wanted.get("gender") or ""),
        "birth_date": _as_date(wanted.get("birth_date")),
        "city": subscriber.city,
        "area": subscriber.area,
        "address": subscriber.address,
    }
    if known is None:
        data = ContactData(name=name, roles=("patient",), **given)
        patient = contacts.add_contact(uow, data, by=call.by)
    else:
        stored = contacts.current_data(uow, contacts.get(uow, known))
        told = {key: value for key, value in given.items() if value}
        changed = replace(stored, roles=("patient",), **told)
        patient = contacts.change_contact(uow, known, changed, by=call.by)
    contacts.relate(uow, subscriber.id, patient.id, relation, by=call.by)
    link(uow, call.root_id, patient.id)
    return as_json(uow.session, patient.id) | {"relation": relation}


def _related_by_name(session: Session, subscriber_id: UUID, name: str) -> UUID | None:
    relation = tables.ContactRelation
    return session.scalar(
        select(relation.other_id)
        .join(tables.Contact, tables.Contact.id == relation.other_id)
        .where(relation.contact_id == subscriber_id, tables.Contact.name == text.clean(name))
    )


def _contact_of(session: Session, root_id: UUID) -> UUID | None:
    """Whom a case is about: its ticket's contact, else the one it is linked with."""
    ticket_id = _linked(session, root_id, "ticket")
    ticket = session.get(tables.Ticket, ticket_id) if ticket_id else None
    return (ticket.contact_id if ticket else None) or _linked(session, root_id, "contact")


def _linked(session: Session, root_id: UUID, kind: str) -> UUID | None:
    """The first thing of a kind that a case is about."""
    found = session.scalar(
        select(InstanceLink.ref)
        .where(InstanceLink.instance_id == root_id, InstanceLink.kind == kind)
        .order_by(InstanceLink.ref)
        .limit(1)
    )
    return UUID(found) if found else None


def _text(call: ConnectorCall, name: str) -> str:
    value = call.inputs.get(name)
    return "" if value is None else str(value).strip()


def _id(call: ConnectorCall, name: str) -> UUID | None:
    value = _text(call, name)
    return UUID(value) if value else None


def _date(call: ConnectorCall, name: str) -> date | None:
    return _as_date(call.inputs.get(name))


def _as_date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10]) if value else None


connectors.add("crm.match_contact", MatchContact())
connectors.add("crm.save_contact", SaveContact())
connectors.add("crm.update_ticket", UpdateTicket())
connectors.add("crm.log", LogLine())
