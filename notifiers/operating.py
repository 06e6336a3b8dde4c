"""What an operator may do with a delivery, and with people who want no messages."""

from uuid import UUID

from kernel.audit import acts
from kernel.uow import UnitOfWork
from notifiers.errors import DeliveryNotRepeatable, DeliveryUnknown
from notifiers.notify import local_id
from notifiers.sending import SEND_JOB
from notifiers.tables import LOST, READY, ContactOptOut, Delivery, Notification
from people import Actor

# Repeating cannot mend these: the address or the text itself was wrong.
_HOPELESS = ("recipient.", "message.", "message-template.", "channel.unknown")


def retry_delivery(uow: UnitOfWork, delivery_id: UUID, *, by: Actor) -> Delivery:
    """Send a failed text once more.

    A text of unknown fate keeps its local id and is asked for first; any other gets a new one,
    for the provider would answer with its record of the failed try.

    Raises: PermissionMissing, DeliveryUnknown, DeliveryNotRepeatable
    """
    by.require("incident.retry")
    delivery = uow.session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        raise DeliveryUnknown(delivery=delivery_id)
    if delivery.state not in LOST or delivery.code.startswith(_HOPELESS):
        raise DeliveryNotRepeatable(delivery=delivery_id, state=delivery.state)
    if not delivery.unsure:
        delivery.round += 1
        delivery.localid = _next_local_id(uow, delivery)
        delivery.provider_id = None
    delivery.state, delivery.settled, delivery.attempts = READY, False, 0
    delivery.code = delivery.detail = ""
    delivery.done_at = delivery.next_poll_at = None
    uow.jobs.add(SEND_JOB, {"delivery_id": str(delivery.id)}, group=str(delivery.root_id or ""))
    uow.audit.record(acts.DELIVERY_RETRIED, by, delivery_id, channel=delivery.channel)
    return delivery


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
