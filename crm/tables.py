"""Contacts and tickets as they are stored."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, Json, UtcDateTime
from kernel.ids import new_id
from kernel.types import JsonObject, JsonValue


class Contact(Base):
    """A person or firm outside: one file, whatever parts they play."""

    __tablename__ = "contact"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(20), default="natural")  # natural | legal
    title: Mapped[str] = mapped_column(String(40), default="")
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    sort_key: Mapped[str] = mapped_column(String(400), index=True)
    search_key: Mapped[str] = mapped_column(String(800))
    gender: Mapped[str] = mapped_column(String(20), default="")
    birth_date: Mapped[date | None] = mapped_column(Date)
    melli_code: Mapped[str | None] = mapped_column(String(10), unique=True)
    legal_id: Mapped[str | None] = mapped_column(String(11), unique=True)
    city: Mapped[str] = mapped_column(String(120), default="")
    area: Mapped[str] = mapped_column(String(120), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8), default="fa")
    opt_out: Mapped[bool] = mapped_column(Boolean, default=False)  # nothing but service texts
    deceased: Mapped[bool] = mapped_column(Boolean, default=False)  # never marketed to
    details: Mapped[JsonObject] = mapped_column(Json, default=dict)  # skills, areas, …
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(200), default="")
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ContactRole(Base):
    """A part a contact plays: subscriber, patient, caregiver, employee, …"""

    __tablename__ = "contact_role"
    __table_args__ = (Index("ix_contact_role_role", "role"),)

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)


class ContactPhone(Base):
    """A number of a contact, E.164. One number may be several people's, as in a family."""

    __tablename__ = "contact_phone"

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    number: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)
    label: Mapped[str] = mapped_column(String(40), default="mobile")
    rank: Mapped[int] = mapped_column(Integer, default=0)


class ContactRelation(Base):
    """`contact_id` is the `kind` (child, spouse, …) of `other_id`: subscriber to patient."""

    __tablename__ = "contact_relation"

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(40))


class ContactLog(Base):
    """One line of a contact's file; only ever added."""

    __tablename__ = "contact_log"
    __table_args__ = (Index("ix_contact_log_contact_id_at", "contact_id", "at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    kind: Mapped[str] = mapped_column(String(40), default="note")
    text: Mapped[str] = mapped_column(Text)
    instance_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    by_id: Mapped[UUID | None] = mapped_column(Uuid)
    by: Mapped[str] = mapped_column(String(200))


class TicketType(Base):
    """A kind of ticket and the process that every ticket of it starts."""

    __tablename__ = "ticket_type"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    process_key: Mapped[str | None] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class Ticket(Base):
    """One call, message or visit, and the instance it started."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_status_opened_at", "status", "opened_at"),
        Index("ix_ticket_opened_at", "opened_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(40), default="", index=True)
    type_key: Mapped[str] = mapped_column(ForeignKey("ticket_type.key"))
    channel: Mapped[str] = mapped_column(String(20))
    caller_name: Mapped[str] = mapped_column(String(200))
    mobile: Mapped[str] = mapped_column(String(20), index=True)
    city: Mapped[str] = mapped_column(String(120), default="")
    area: Mapped[str] = mapped_column(String(120), default="")
    relation: Mapped[str] = mapped_column(String(40), default="")
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text, default="")
    search_key: Mapped[str] = mapped_column(String(1200), default="")
    status: Mapped[str] = mapped_column(String(20), default="open")
    outcome: Mapped[str | None] = mapped_column(String(80))
    note: Mapped[str | None] = mapped_column(Text)
    next_date: Mapped[date | None] = mapped_column(Date)
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    instance_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    request_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by_id: Mapped[UUID | None] = mapped_column(Uuid)
    opened_by: Mapped[str] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ContactErasure(Base):
    """What was erased of a contact and what had to stay; it holds nothing of them but the id.

    `counts` are rows by kind; `stays` are `Stay`s; `waiting` the cases whose data goes later:
    `[root id, instant or null]`, null for one that still runs.
    """

    __tablename__ = "contact_erasure"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[UUID] = mapped_column(Uuid, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[UUID | None] = mapped_column(Uuid)
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500), default="")
    counts: Mapped[JsonObject] = mapped_column(Json)
    stays: Mapped[JsonValue] = mapped_column(Json)
    waiting: Mapped[JsonValue] = mapped_column(Json)


class CaseRedaction(Base):
    """A case that has ended long ago and lost what it held of people."""

    __tablename__ = "case_redaction"

    root_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
