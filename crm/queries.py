"""Questions about contacts and tickets. Each asks for a permission before it looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from crm import tables
from crm.errors import ContactUnknown, TicketUnknown
from engine.tables import InstanceLink
from kernel import phone, text
from kernel.errors import AppError
from people import Actor


@dataclass(frozen=True)
class ContactRow:
    """A contact in a list or among candidates."""

    id: UUID
    kind: str
    name: str
    name_en: str
    mobile: str | None
    city: str
    area: str
    roles: tuple[str, ...]
    opt_out: bool


@dataclass(frozen=True)
class Related:
    """Another contact and what they are to this one; `outward` when this one is the child, …"""

    contact: ContactRow
    kind: str
    outward: bool


@dataclass(frozen=True)
class ContactFile:
    """Everything the CRM holds of one contact; instances and deliveries are asked elsewhere."""

    contact: tables.Contact
    phones: tuple[str, ...]
    roles: tuple[str, ...]
    related: tuple[Related, ...]
    tickets: tuple[tables.Ticket, ...]
    lines: tuple[tables.ContactLog, ...]
    instance_ids: tuple[UUID, ...]


def contact_file(session: Session, actor: Actor, contact_id: UUID) -> ContactFile:
    """One contact's file.

    Raises: ContactUnknown
    """
    actor.require("contact.view")
    contact = session.get(tables.Contact, contact_id)
    if contact is None:
        raise ContactUnknown(contact=str(contact_id))
    return ContactFile(
        contact=contact,
        phones=tuple(_phones(session, [contact_id]).get(contact_id, ())),
        roles=tuple(_roles(session, [contact_id]).get(contact_id, ())),
        related=_related(session, contact_id),
        tickets=tuple(
            session.scalars(
                select(tables.Ticket)
                .where(tables.Ticket.contact_id == contact_id)
                .order_by(tables.Ticket.opened_at.desc())
            )
        ),
        lines=tuple(
            session.scalars(
                select(tables.ContactLog)
                .where(tables.ContactLog.contact_id == contact_id)
                .order_by(tables.ContactLog.at.desc(), tables.ContactLog.id.desc())
            )
        ),
        instance_ids=_instances(session, contact_id),
    )


def erasures(session: Session, actor: Actor, contact_id: UUID) -> Sequence[tables.ContactErasure]:
    """What was erased of a contact and what had to stay, the latest first."""
    actor.require("contact.erase")
    erasure = tables.ContactErasure
    return session.scalars(
        select(erasure)
        .where(erasure.contact_id == contact_id)
        .order_by(erasure.at.desc(), erasure.id.desc())
    ).all()


def candidates(
    session: Session, *, mobile: str | None = None, melli_code: str | None = None
) -> list[ContactRow]:
    """Contacts who may be the same person: the same number, or the same national id."""
    found: dict[UUID, tables.Contact] = {}
    if melli_code:
        code = text.latin_digits(melli_code).strip().zfill(10)
        for row in session.scalars(select(tables.Contact).where(tables.Contact.melli_code == code)):
            found[row.id] = row
    for row in _by_number(session, mobile) if mobile else ():
        found.setdefault(row.id, row)
    return contact_rows(session, list(found.values()))


def contacts_by_phone(session: Session, number: str) -> list[ContactRow]:
    """Whose number it is, for incoming messages and calls; no permission, not for pages."""
    return contact_rows(session, _by_number(session, number))


def opted_out(session: Session, number: str) -> bool:
    """Whether somebody with this number wants nothing but what concerns their own case."""
    return any(row.opt_out or row.deceased for row in _by_number(session, number))


def ticket(session: Session, actor: Actor, ticket_id: UUID) -> tables.Ticket:
    """Raises: TicketUnknown"""
    actor.require("ticket.view")
    found = session.get(tables.Ticket, ticket_id)
    if found is None:
        raise TicketUnknown(ticket=str(ticket_id))
    return found


def ticket_types(session: Session) -> list[tables.TicketType]:
    """The kinds of tickets that can be recorded."""
    return list(
        session.scalars(
            select(tables.TicketType)
            .where(tables.TicketType.active)
            .order_by(tables.TicketType.key)
        )
    )


def _by_number(session: Session, number: str) -> Sequence[tables.Contact]:
    try:
        number = phone.normalise(number)
    except AppError:
        return []
    statement = (
        select(tables.Contact)
        .join(tables.ContactPhone, tables.ContactPhone.contact_id == tables.Contact.id)
        .where(tables.ContactPhone.number == number)
        .order_by(tables.ContactPhone.rank, tables.Contact.created_at, tables.Contact.id)
    )
    return session.scalars(statement).all()


def contact_rows(session: Session, found: Sequence[tables.Contact]) -> list[ContactRow]:
    """Contacts as lists show them, by two statements for all."""
    ids = [one.id for one in found]
    phones, roles = _phones(session, ids), _roles(session, ids)
    return [
        ContactRow(
            one.id,
            one.kind,
            one.name,
            one.name_en,
            next(iter(phones.get(one.id, ())), None),
            one.city,
            one.area,
            tuple(roles.get(one.id, ())),
            one.opt_out,
        )
        for one in found
    ]


def _phones(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    grouped: dict[UUID, list[str]] = {}
    for row in session.scalars(
        select(tables.ContactPhone)
        .where(tables.ContactPhone.contact_id.in_(ids))
        .order_by(tables.ContactPhone.rank)
    ):
        grouped.setdefault(row.contact_id, []).append(row.number)
    return grouped


def _roles(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    grouped: dict[UUID, list[str]] = {}
    for row in session.scalars(
        select(tables.ContactRole)
        .where(tables.ContactRole.contact_id.in_(ids))
        .order_by(tables.ContactRole.role)
    ):
        grouped.setdefault(row.contact_id, []).append(row.role)
    return grouped


def _related(session: Session, contact_id: UUID) -> tuple[Related, ...]:
    relation = tables.ContactRelation
    links = session.scalars(
        select(relation).where(
            or_(relation.contact_id == contact_id, relation.other_id == contact_id)
        )
    ).all()
    others = {
        link: link.other_id if link.contact_id == contact_id else link.contact_id for link in links
    }
    found = session.scalars(
        select(tables.Contact).where(tables.Contact.id.in_(others.values()))
    ).all()
    rows = {row.id: row for row in contact_rows(session, found)}
    return tuple(
        Related(rows[other], link.kind, link.contact_id == contact_id)
        for link, other in others.items()
    )


def _instances(session: Session, contact_id: UUID) -> tuple[UUID, ...]:
    """Root instances about this contact, newest first (ids sort by time)."""
    return tuple(
        session.scalars(
            select(InstanceLink.instance_id)
            .where(InstanceLink.kind == "contact", InstanceLink.ref == str(contact_id))
            .order_by(InstanceLink.instance_id.desc())
        )
    )
