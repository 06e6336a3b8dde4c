"""Texts that come in: taken once, tied to the newest text that was sent to the same phone."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kernel import phone
from kernel.errors import AppError
from kernel.ids import new_id
from kernel.text import clean, latin_digits
from kernel.uow import UnitOfWork
from notifiers import settling
from notifiers.channels import Incoming, Report
from notifiers.events import ReplyReceived
from notifiers.kavenegar_sms import STATE_OF_STATUS
from notifiers.tables import FAILED, PARKED, READY, Delivery, InboundMessage
from notifiers.text import plain

LONGEST = 2_000
ANSWERED_WITHIN = timedelta(days=30)
_SENDER_NAMES = ("from", "sender")
_LINE_NAMES = ("to", "receptor")


def receive_sms(
    uow: UnitOfWork, provider_id: str, sender: str, to: str, text: str
) -> InboundMessage:
    """Take one text in; the same `provider_id` again changes nothing.

    Who sent it is only what the network says: a sender's number can be forged.
    """
    known = select(InboundMessage).where(
        InboundMessage.channel == "sms", InboundMessage.provider_id == provider_id[:80]
    )
    if (earlier := uow.session.scalar(known)) is not None:
        return earlier
    sender, to, text = (_storable(one) for one in (sender, to, text))
    number = _number(sender)
    asked = _newest_delivery(uow, number)
    row = InboundMessage(
        id=new_id(),
        channel="sms",
        provider_id=provider_id[:80],
        sender=number,
        line=to[:80],
        text=_folded(text),
        raw_text=text[:LONGEST],
        instance_id=asked.instance_id if asked else None,
        delivery_id=asked.id if asked else None,
        received_at=uow.now,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:  # the callback and the sweep brought it at the same instant
        return uow.session.scalars(known).one()
    uow.outbox.add(ReplyReceived(row.id, row.sender, row.text, row.instance_id, row.delivery_id))
    return row


def read_callback(values: Mapping[str, str]) -> Incoming | None:
    """The text in a provider's callback (query or form); None when its id or sender is missing."""
    provider_id, sender = values.get("messageid", ""), _first(values, _SENDER_NAMES)
    if not provider_id.strip() or not sender.strip():
        return None
    line = _first(values, _LINE_NAMES)
    return Incoming(provider_id.strip(), sender, line, values.get("message", ""))


def read_status_callback(values: Mapping[str, str]) -> Report | None:
    """The state in a provider's delivery callback; None when it cannot be read."""
    provider_id, status = values.get("messageid", "").strip(), values.get("status", "").strip()
    if not provider_id or not (status.isascii() and status.isdigit()):
        return None
    return Report(provider_id, STATE_OF_STATUS.get(int(status)), status)


def report_status(uow: UnitOfWork, report: Report) -> UUID | None:
    """Take over a reported state; the delivery's id, or None for a text that is not ours."""
    delivery = uow.session.scalar(
        select(Delivery)
        .where(Delivery.channel == "sms", Delivery.provider_id == report.provider_id)
        .with_for_update()
    )
    if delivery is None:
        return None
    settling.apply_report(uow, delivery, report)
    return delivery.id


def secret_matches(given: str, secret: str | None) -> bool:
    """Whether a callback's path carries the secret; without a secret no callback is taken."""
    return bool(secret) and hmac.compare_digest(given.encode(), str(secret).encode())


def _newest_delivery(uow: UnitOfWork, number: str) -> Delivery | None:
    return uow.session.scalars(
        select(Delivery)
        .where(
            Delivery.channel == "sms",
            Delivery.address == number,
            Delivery.instance_id.is_not(None),
            Delivery.state.not_in((READY, PARKED, FAILED)),
            Delivery.created_at >= uow.now - ANSWERED_WITHIN,
        )
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
        .limit(1)
    ).first()


def _storable(text: str) -> str:
    """Without NUL, which one database does not keep, and halves of letters, which neither does.

    A long text may be cut in the middle of an emoji; its other half comes with the next one.
    """
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _number(sender: str) -> str:
    try:
        return phone.normalise(sender)
    except AppError:
        return plain(sender)[:80]


def _folded(text: str) -> str:
    return latin_digits(clean(plain(text)))[:LONGEST].strip()


def _first(values: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((values[name] for name in names if values.get(name)), "")
