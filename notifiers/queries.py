"""What pages ask about messages. Lists page by the last row seen, never by number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from kernel.counting import capped
from notifiers.errors import DeliveryUnknown
from notifiers.tables import (
    PARKED,
    ChannelState,
    Delivery,
    InboundMessage,
    Notice,
    ReceiptRow,
)
from people import Actor

T = TypeVar("T")
Cursor = tuple[datetime, UUID]
PAGE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows, newest first; hand `next` in as `after` for those that follow, None at the end."""

    rows: Sequence[T]
    next: Cursor | None


@dataclass(frozen=True)
class ChannelView:
    """How a channel does, for the admins' page."""

    channel: str
    parked: bool
    code: str
    since: datetime
    waiting: int


def of_instance(session: Session, instance_id: UUID, *, whole_tree: bool = True) -> list[Delivery]:
    """Every delivery of an instance and, with `whole_tree`, of those it called; oldest first.

    The caller has checked that the reader may see the instance.
    """
    mine = Delivery.instance_id == instance_id
    wanted = or_(mine, Delivery.root_id == instance_id) if whole_tree else mine
    order = (Delivery.created_at, Delivery.id)
    return list(session.scalars(select(Delivery).where(wanted).order_by(*order).limit(1000)))


def deliveries(
    session: Session,
    actor: Actor,
    *,
    state: str | Sequence[str] | None = None,
    channel: str | None = None,
    address: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    only: ColumnElement[bool] | None = None,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> Page[Delivery]:
    """All deliveries that fit, newest first. `address` fits the beginning or the whole.

    Args:
        only: a condition on those the reader may see; this package does not know cases.

    Raises: PermissionMissing
    """
    actor.require("delivery.view")
    found = select(Delivery)
    if only is not None:
        found = found.where(only)
    if state:
        found = found.where(Delivery.state.in_([state] if isinstance(state, str) else state))
    if channel:
        found = found.where(Delivery.channel == channel)
    if address:
        found = found.where(Delivery.address.startswith(address, autoescape=True))
    if since:
        found = found.where(Delivery.created_at >= since)
    if until:
        found = found.where(Delivery.created_at < until)
    return _page(session, found, Delivery.created_at, Delivery.id, after, limit)


def delivery(
    session: Session,
    actor: Actor,
    delivery_id: UUID,
    *,
    only: ColumnElement[bool] | None = None,
) -> Delivery:
    """One delivery, among those that the condition `only` lets the reader see.

    Raises: PermissionMissing, DeliveryUnknown
    """
    actor.require("delivery.view")
    found = select(Delivery).where(Delivery.id == delivery_id)
    row = session.scalar(found if only is None else found.where(only))
    if row is None:
        raise DeliveryUnknown(delivery=delivery_id)
    return row


def receipts(session: Session, delivery_id: UUID) -> list[ReceiptRow]:
    """What the provider said about one delivery, oldest first."""
    found = select(ReceiptRow).where(ReceiptRow.delivery_id == delivery_id)
    return list(session.scalars(found.order_by(ReceiptRow.at, ReceiptRow.id)))


def counts_by_state(session: Session, actor: Actor) -> dict[str, int]:
    """How many deliveries are in each state.

    Raises: PermissionMissing
    """
    actor.require("delivery.view")
    found = session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
    return dict(found.all())


def notices(
    session: Session,
    person_id: UUID,
    *,
    unread_only: bool = False,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> Page[Notice]:
    """A person's in-app messages, newest first."""
    found = select(Notice).where(Notice.person_id == person_id)
    if unread_only:
        found = found.where(Notice.read_at.is_(None))
    return _page(session, found, Notice.created_at, Notice.id, after, limit)


def unread_count(session: Session, person_id: UUID) -> int:
    """How many in-app messages a person has not read, at most `CAP`."""
    mine = (Notice.person_id == person_id, Notice.read_at.is_(None))
    return capped(session, select(Notice.id).where(*mine))


def inbound(
    session: Session,
    actor: Actor,
    *,
    sender: str | None = None,
    unmatched_only: bool = False,
    only: ColumnElement[bool] | None = None,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> Page[InboundMessage]:
    """Texts that came in, newest first, among those that `only` lets the reader see.

    Raises: PermissionMissing
    """
    actor.require("delivery.view")
    found = select(InboundMessage)
    if only is not None:
        found = found.where(only)
    if sender:
        found = found.where(InboundMessage.sender == sender)
    if unmatched_only:
        found = found.where(InboundMessage.instance_id.is_(None))
    return _page(session, found, InboundMessage.received_at, InboundMessage.id, after, limit)


def inbound_of_instances(session: Session, ids: Sequence[UUID]) -> list[InboundMessage]:
    """The answers that were tied to any of these instances, oldest first."""
    found = select(InboundMessage).where(InboundMessage.instance_id.in_(ids))
    return list(session.scalars(found.order_by(InboundMessage.received_at, InboundMessage.id)))


def channel_states(session: Session) -> list[ChannelView]:
    """How each used channel does, and how many texts wait in a parked one."""
    parked = select(Delivery.channel, func.count()).where(Delivery.state == PARKED)
    waiting = dict(session.execute(parked.group_by(Delivery.channel)).all())
    rows = session.scalars(select(ChannelState).order_by(ChannelState.channel))
    return [
        ChannelView(r.channel, r.parked, r.code, r.changed_at, waiting.get(r.channel, 0))
        for r in rows
    ]


def _page(
    session: Session,
    found: Select[Any],
    when: Any,
    ident: Any,
    after: Cursor | None,
    limit: int,
) -> Page[Any]:
    if after is not None:
        found = found.where(tuple_(when, ident) < tuple_(*after))
    rows = session.scalars(found.order_by(when.desc(), ident.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    more = len(rows) > limit
    cursor = (getattr(shown[-1], when.key), getattr(shown[-1], ident.key)) if more else None
    return Page(shown, cursor)
