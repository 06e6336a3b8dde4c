"""What an operator may do with a delivery, and with people who want no messages."""

from uuid import UUID

from kernel.audit import acts
from kernel.uow import UnitOfWork
from notifiers import queueing, settling, uncertain
from notifiers.errors import DeliveryNotRepeatable, DeliveryNotUncertain, DeliveryUnknown
from notifiers.notify import local_id
from notifiers.tables import (
    DELIVERED,
    LOST,
    READY,
    UNCERTAIN,
    ContactOptOut,
    Delivery,
    Notification,
)
from people import Actor

DECIDE = "incident.retry"
# Repeating cannot mend these: the address or the text itself was wrong.
_HOPELESS = ("recipient.", "message.", "message-template.", "channel.unknown")


def retry_delivery(uow: UnitOfWork, delivery_id: UUID, *, by: Actor) -> Delivery:
    """Send a failed text, or one of unknown fate, once more.

    A text of unknown fate keeps its local id and is asked for first, where that is possible; any
    other gets a new one, for the provider would answer with its record of the failed try.

    Raises: PermissionMissing, DeliveryUnknown, DeliveryNotRepeatable
    """
    by.require(DECIDE)
    delivery = _locked(uow, delivery_id)
    repeatable = delivery.state in LOST or _unknown_fate(delivery)
    if not repeatable or delivery.code.startswith(_HOPELESS):
        raise DeliveryNotRepeatable(delivery=delivery_id, state=delivery.state)
    uncertain.found_out(uow, delivery, arrived=False, by=by.name)
    delivery.settled, delivery.attempts, delivery.questions = False, 0, 0
    delivery.done_at = delivery.next_poll_at = None
    if delivery.unsure:
        _repeat_unsure(uow, delivery)
    else:
        _repeat_lost(uow, delivery)
    uow.audit.record(acts.DELIVERY_RETRIED, by, delivery_id, channel=delivery.channel)
    return delivery


def confirm_arrival(uow: UnitOfWork, delivery_id: UUID, *, by: Actor) -> Delivery:
    """Take a person's word that a text of unknown fate arrived.

    Raises: PermissionMissing, DeliveryUnknown, DeliveryNotUncertain
    """
    by.require(DECIDE)
    delivery = _locked(uow, delivery_id)
    if not _unknown_fate(delivery):
        raise DeliveryNotUncertain(delivery=delivery_id, state=delivery.state)
    settled = delivery.settled
    uncertain.found_out(uow, delivery, arrived=True, by=by.name)
    delivery.state, delivery.unsure, delivery.settled = DELIVERED, False, True
    delivery.done_at, delivery.sent_at = uow.now, delivery.sent_at or delivery.unsure_since
    delivery.next_try_at = delivery.check_at = None
    delivery.code = delivery.detail = delivery.permit = ""
    settling.record(uow, delivery, "delivery.person-said")
    uow.audit.record(acts.DELIVERY_CONFIRMED, by, delivery_id, channel=delivery.channel)
    if not settled:
        settling.announce(uow, delivery)
    return delivery


def _locked(uow: UnitOfWork, delivery_id: UUID) -> Delivery:
    delivery = uow.session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise DeliveryUnknown(delivery=delivery_id)
    return delivery


def _unknown_fate(delivery: Delivery) -> bool:
    return delivery.state == UNCERTAIN and (delivery.settled or delivery.undecided)


def _repeat_unsure(uow: UnitOfWork, delivery: Delivery) -> None:
    delivery.state, delivery.permit = UNCERTAIN, uncertain.BY_PERSON
    settling.record(uow, delivery, "delivery.person-repeats")
    if uncertain.can_ask(uow, delivery):
        queueing.hurry(uow, queueing.ASK_JOB, delivery)
    else:
        queueing.hurry(uow, queueing.SEND_JOB, delivery)


def _repeat_lost(uow: UnitOfWork, delivery: Delivery) -> None:
    delivery.round += 1
    delivery.localid = _next_local_id(uow, delivery)
    delivery.provider_id = delivery.unsure_since = None
    delivery.state, delivery.code, delivery.detail, delivery.permit = READY, "", "", ""
    queueing.hurry(uow, queueing.SEND_JOB, delivery)


def _next_local_id(uow: UnitOfWork, delivery: Delivery) -> int:
    notification = uow.session.get_one(Notification, delivery.notification_id)
    return local_id(notification.dedupe_key, delivery.channel, delivery.address, delivery.round)


def opt_out(uow: UnitOfWork, channel: str, address: str, *, reason: str = "") -> None:
    """Send nothing more to this address, save what a diagram marks with the policy `always`."""
    if uow.session.get(ContactOptOut, (channel, address)) is None:
        uow.session.add(
            ContactOptOut(channel=channel, address=address, reason=reason, since=uow.now)
        )
        uow.session.flush()


def opt_in(uow: UnitOfWork, channel: str, address: str) -> None:
    """Take an opt-out back."""
    row = uow.session.get(ContactOptOut, (channel, address))
    if row is not None:
        uow.session.delete(row)
        uow.session.flush()
