"""What is kept of every message: the wish, each text for one person, and what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, UtcDateTime
from kernel.ids import new_id

# The states of a delivery. `sending` is on disk before the provider is called, so a crash
# between the two is seen as "not known", never as "not done".
READY, SENDING, UNCERTAIN, PARKED = "ready", "sending", "uncertain", "parked"
SENT, DELIVERED, UNDELIVERED, BLOCKED, FAILED = (
    "sent",
    "delivered",
    "undelivered",
    "blocked",
    "failed",
)
STATES = (READY, SENDING, UNCERTAIN, PARKED, SENT, DELIVERED, UNDELIVERED, BLOCKED, FAILED)
WAITING = (READY, SENDING, UNCERTAIN, PARKED)
LOST = (UNDELIVERED, BLOCKED, FAILED)

# How one call to a provider ended: open while it is made, silent when nobody knows.
CALL_OPEN, CALL_TAKEN, CALL_REFUSED, CALL_SILENT = "open", "taken", "refused", "silent"


class MessageTemplate(Base):
    """A designer's text in one language for one channel; every deployment stores its own copy."""

    __tablename__ = "message_template"
    __table_args__ = (
        UniqueConstraint("key", "channel", "lang", "version", name="uq_message_template_version"),
        Index("ix_message_template_deployment", "deployment_id", "key"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    deployment_id: Mapped[UUID | None] = mapped_column(Uuid)
    key: Mapped[str] = mapped_column(String(120))
    channel: Mapped[str] = mapped_column(String(20))
    lang: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column(Integer)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Notification(Base):
    """One wish to tell something to somebody, from one place of one instance."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_root", "root_id"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    dedupe_key: Mapped[str] = mapped_column(String(255), unique=True)
    channel: Mapped[str] = mapped_column(String(20))
    template: Mapped[str] = mapped_column(String(120))
    policy: Mapped[str] = mapped_column(String(80), default="")
    instance_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    root_id: Mapped[UUID | None] = mapped_column(Uuid)
    element_id: Mapped[str | None] = mapped_column(String(255))
    item_id: Mapped[UUID | None] = mapped_column(Uuid)
    activation_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Delivery(Base):
    """One text for one person by one channel.

    `localid` is the idempotency key that the provider sees: made from the wish and the address,
    so that even a wish repeated after a restored backup is not sent twice. `round` counts the
    operator's repeats; each has a `localid` of its own.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_instance", "instance_id", "created_at"),
        Index("ix_delivery_root", "root_id", "created_at"),
        Index("ix_delivery_recent", "created_at", "id"),
        Index("ix_delivery_state", "state", "channel", "created_at"),
        Index("ix_delivery_address", "address", "created_at"),
        Index("ix_delivery_poll", "next_poll_at"),
        Index("ix_delivery_check", "check_at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    notification_id: Mapped[UUID] = mapped_column(ForeignKey("notification.id"), index=True)
    instance_id: Mapped[UUID | None] = mapped_column(Uuid)
    root_id: Mapped[UUID | None] = mapped_column(Uuid)
    element_id: Mapped[str | None] = mapped_column(String(255))
    item_id: Mapped[UUID | None] = mapped_column(Uuid)
    activation_id: Mapped[UUID | None] = mapped_column(Uuid)
    channel: Mapped[str] = mapped_column(String(20))
    template: Mapped[str] = mapped_column(String(120))
    address: Mapped[str] = mapped_column(String(254))
    person_id: Mapped[UUID | None] = mapped_column(Uuid)
    recipient: Mapped[str] = mapped_column(String(200), default="")
    lang: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    parts: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(12), default=READY)
    code: Mapped[str] = mapped_column(String(80), default="")
    detail: Mapped[str] = mapped_column(String(500), default="")
    localid: Mapped[int] = mapped_column(BigInteger, unique=True)
    round: Mapped[int] = mapped_column(Integer, default=0)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    provider_id: Mapped[str | None] = mapped_column(String(80), index=True)
    cost: Mapped[int | None] = mapped_column(Integer)
    # True from before the provider is called until its answer is known: ask, then send.
    unsure: Mapped[bool] = mapped_column(Boolean, default=False)
    unsure_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    when_unsure: Mapped[str] = mapped_column(String(8), default="", server_default="")
    questions: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # Why the same key may be called again; see `notifiers.calls`.
    permit: Mapped[str] = mapped_column(String(8), default="", server_default="")
    # A person was told to say what becomes of it; the provider is asked on meanwhile.
    undecided: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # When a sweep looks whether the delivery's job was lost; empty while nobody has to.
    check_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    settled: Mapped[bool] = mapped_column(Boolean, default=False)
    polls: Mapped[int] = mapped_column(Integer, default=0)
    next_poll_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DeliveryCall(Base):
    """One call to a provider, written before it was made; `localid` is the key it carried.

    Attributes:
        permit: why the key was called again after a call of unknown end: the provider did not
            know it (`asked`), the `policy`, or a `person`.
        outcome: `open` while it is made, then `taken`, `refused` (it did nothing) or `silent`.
    """

    __tablename__ = "delivery_call"
    __table_args__ = (
        UniqueConstraint("delivery_id", "number", name="uq_delivery_call_number"),
        Index("ix_delivery_call_key", "localid", "number"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"))
    number: Mapped[int] = mapped_column(Integer)
    localid: Mapped[int] = mapped_column(BigInteger)
    permit: Mapped[str] = mapped_column(String(8), default="")
    outcome: Mapped[str] = mapped_column(String(8), default=CALL_OPEN)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessagePolicy(Base):
    """What the organisation wants for one text when nobody knows whether it arrived."""

    __tablename__ = "message_policy"

    template: Mapped[str] = mapped_column(String(120), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    when_unsure: Mapped[str] = mapped_column(String(8))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str] = mapped_column(String(200), default="")


class ReceiptRow(Base):
    """One answer of a provider about one delivery; never changed afterwards."""

    __tablename__ = "receipt"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    code: Mapped[str] = mapped_column(String(80), default="")
    detail: Mapped[str] = mapped_column(String(500), default="")


class InboundMessage(Base):
    """A text that came from outside; the provider's id makes a repeat harmless."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id", name="uq_inbound_message_provider"),
        Index("ix_inbound_message_recent", "received_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(String(20), default="sms")
    provider_id: Mapped[str] = mapped_column(String(80))
    sender: Mapped[str] = mapped_column(String(80), index=True)
    line: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str] = mapped_column(Text)
    raw_text: Mapped[str] = mapped_column(Text)
    instance_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    delivery_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Notice(Base):
    """A message inside the product, to one person."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person", "person_id", "read_at", "created_at"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(Uuid)
    delivery_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery.id"))
    instance_id: Mapped[UUID | None] = mapped_column(Uuid)
    item_id: Mapped[UUID | None] = mapped_column(Uuid)
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ContactOptOut(Base):
    """An address whose owner wants no messages by this channel."""

    __tablename__ = "contact_opt_out"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class ChannelState(Base):
    """How a channel does: it runs, or its provider refuses everything until an operator acts."""

    __tablename__ = "channel_state"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    parked: Mapped[bool] = mapped_column(Boolean, default=False)
    code: Mapped[str] = mapped_column(String(80), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Written by the release before, which may still run beside this one; they go in the next.
    failures: Mapped[int] = mapped_column(Integer, default=0)
    rest_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_fetch_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # True while texts are being fetched: seen after a crash, what was marked read is asked again.
    fetching: Mapped[bool] = mapped_column(Boolean, default=False)
