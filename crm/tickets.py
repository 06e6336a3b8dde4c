"""A ticket: one call, message or visit. Saving it starts exactly one instance."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import engine
from crm import contacts, queries, tables
from crm.errors import TicketInvalid, TicketTypeUnknown, TicketUnknown
from crm.lengths import cut, too_long
from crm.seed import INTAKE, REPLY
from crm.vocabulary import CHANNEL_NAMES_TOO, CHANNELS, RELATIONS, STATUSES
from kernel import phone, text
from kernel.errors import AppError
from kernel.i18n import gettext as _
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import SYSTEM, Actor


@dataclass(frozen=True)
class TicketData:
    """What the clerk writes down; phones in any usual form."""

    channel: str
    caller_name: str
    mobile: str
    subject: str
    text: str = ""
    city: str = ""
    area: str = ""
    relation: str = ""
    type_key: str = INTAKE
    contact_id: UUID | None = None


def open_ticket(
    uow: UnitOfWork,
    data: TicketData,
    *,
    by: Actor,
    request_id: UUID | str | None = None,
) -> tables.Ticket:
    """Record a ticket and start the process its type is bound to; both know each other.

    Args:
        request_id: the same one twice gives the same ticket, and one instance (C08).

    Raises:
        TicketInvalid: `fields` names everything that is missing or wrong.
        TicketTypeUnknown, ContactUnknown, and what `engine.start` raises; nothing is stored.
    """
    by.require("ticket.create")
    if earlier := _earlier(uow, request_id):
        return earlier
    kind = uow.session.get(tables.TicketType, data.type_key)
    if kind is None or not kind.active:
        raise TicketTypeUnknown(type=data.type_key)
    ticket = _new(uow, data, by, request_id)
    try:
        with uow.session.begin_nested():
            uow.session.add(ticket)
    except IntegrityError:  # the same request, a moment ago, on another connection
        if earlier := _earlier(uow, request_id):
            return earlier
        raise
    if kind.process_key:
        _start(uow, ticket, kind.process_key, by)
    return ticket


def reply_ticket(
    uow: UnitOfWork,
    mobile: str,
    message: str,
    *,
    contact_id: UUID | None = None,
    message_id: str,
) -> tables.Ticket:
    """A clerk's ticket for a text message that no waiting case could be found for.

    It is never lost: when the bound process is not released, the ticket stands alone.
    """
    if earlier := _earlier(uow, f"sms:{message_id}"):
        return earlier
    theirs = queries.contacts_by_phone(uow.session, mobile)
    if contact_id is None and len(theirs) == 1:
        contact_id = theirs[0].id
    known = contacts.get(uow, contact_id).name if contact_id else _("Unknown sender")
    data = TicketData(
        channel="sms",
        caller_name=known,
        mobile=mobile,
        subject=_("A text message without a waiting case"),
        text=message,
        type_key=REPLY,
        contact_id=contact_id,
    )
    ticket = _new(uow, data, SYSTEM, f"sms:{message_id}", foreign=True)
    uow.session.add(ticket)
    uow.session.flush()
    kind = uow.session.get(tables.TicketType, REPLY)
    if kind is not None and kind.process_key:
        try:
            with uow.session.begin_nested():
                _start(uow, ticket, kind.process_key, SYSTEM)
        except AppError:
            ticket.instance_id = None
    return ticket


def update_ticket(
    uow: UnitOfWork,
    ticket_id: UUID,
    *,
    status: str | None = None,
    outcome: str | None = None,
    note: str | None = None,
    next_date: date | None = None,
    contact_id: UUID | None = None,
    by: Actor,
) -> tables.Ticket:
    """Carry a ticket on; what is None stays as it is. Closing it notes the time.

    Raises: TicketUnknown, TicketInvalid (unknown status), ContactUnknown
    """
    by.require("ticket.create")
    ticket = uow.session.get(tables.Ticket, ticket_id)
    if ticket is None:
        raise TicketUnknown(ticket=str(ticket_id))
    if status is not None:
        if status not in STATUSES:
            raise TicketInvalid(fields={"status": _("Choose one of the list.")})
        ticket.status = status
        ticket.closed_at = uow.now if status == "closed" else None
    if contact_id is not None:
        ticket.contact_id = contacts.get(uow, contact_id).id
    ticket.outcome = outcome if outcome is not None else ticket.outcome
    ticket.note = note if note is not None else ticket.note
    ticket.next_date = next_date if next_date is not None else ticket.next_date
    return ticket


def _start(uow: UnitOfWork, ticket: tables.Ticket, process_key: str, by: Actor) -> None:
    links: dict[str, str] = {"ticket": str(ticket.id)}
    if ticket.contact_id:
        links["contact"] = str(ticket.contact_id)
    instance = engine.start(
        uow,
        process_key,
        variables=_variables(ticket),
        links=links,
        by=by,
        request_id=f"ticket:{ticket.id}",
    )
    ticket.instance_id, ticket.number = instance.id, instance.number
    uow.session.flush()


def _variables(ticket: tables.Ticket) -> JsonObject:
    """What the process knows from the start, under the names its first form uses."""
    fields: dict[str, Any] = {
        "channel": ticket.channel,
        "caller_name": ticket.caller_name,
        "mobile": ticket.mobile,
        "city": " ، ".join(part for part in (ticket.city, ticket.area) if part),
        "relation": ticket.relation,
        "subject": ticket.subject,
        "text": ticket.text,
    }
    known = {name: value for name, value in fields.items() if value}
    return {"ticket": {"id": str(ticket.id), "type": ticket.type_key}, **known}


def _new(
    uow: UnitOfWork,
    data: TicketData,
    by: Actor,
    request_id: UUID | str | None,
    *,
    foreign: bool = False,
) -> tables.Ticket:
    """The checked row. `foreign` numbers (short codes of senders) are taken as they come."""
    number = cut(tables.Ticket, "mobile", data.mobile) if foreign else _check(data)
    if data.contact_id is not None:
        contacts.get(uow, data.contact_id)
    words = f"{data.caller_name} {data.subject} {data.text[:300]} {data.city} {data.area}"
    return tables.Ticket(
        id=new_id(),
        type_key=data.type_key,
        channel=CHANNEL_NAMES_TOO.get(data.channel, data.channel),
        caller_name=text.clean(data.caller_name),
        mobile=number,
        city=text.clean(data.city),
        area=text.clean(data.area),
        relation=data.relation,
        subject=text.clean(data.subject),
        text=text.clean(data.text),
        search_key=cut(tables.Ticket, "search_key", text.search_key(words)),
        contact_id=data.contact_id,
        request_id=str(request_id) if request_id is not None else None,
        opened_at=uow.now,
        opened_by_id=by.person_id,
        opened_by=by.name,
    )


def _check(data: TicketData) -> str:
    """The number in E.164.

    Raises: TicketInvalid, with every wrong field at once.
    """
    wrong = too_long(tables.Ticket, data, ("caller_name", "subject", "text", "city", "area"))
    number = ""
    if not data.caller_name.strip():
        wrong["caller_name"] = _("Write the caller's name.")
    if not data.subject.strip():
        wrong["subject"] = _("Write the subject.")
    if CHANNEL_NAMES_TOO.get(data.channel, data.channel) not in CHANNELS:
        wrong["channel"] = _("Choose one of the list.")
    if data.relation and data.relation not in RELATIONS:
        wrong["relation"] = _("Choose one of the list.")
    if not data.mobile.strip():
        wrong["mobile"] = _("Write the telephone number.")
    else:
        try:
            number = phone.normalise(data.mobile)
        except AppError as error:
            wrong["mobile"] = error.sentence()
    if wrong:
        raise TicketInvalid(fields=wrong)
    return number


def _earlier(uow: UnitOfWork, request_id: UUID | str | None) -> tables.Ticket | None:
    if request_id is None:
        return None
    return uow.session.scalar(
        select(tables.Ticket).where(tables.Ticket.request_id == str(request_id))
    )
