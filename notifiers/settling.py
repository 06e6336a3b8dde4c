"""The last states of a delivery, and telling the others about them."""

from datetime import datetime

from sqlalchemy import select

from kernel import metrics
from kernel.uow import UnitOfWork
from notifiers.channels import Report
from notifiers.events import DeliveryReported, DeliverySettled
from notifiers.tables import FAILED, SENT, UNCERTAIN, Delivery, Notification, ReceiptRow

DETAIL = 500


def fail(delivery: Delivery, now: datetime, code: str, detail: str = "") -> None:
    """This text will not go out; the first reason stays."""
    if delivery.settled:
        return
    delivery.state, delivery.settled, delivery.done_at = FAILED, True, now
    delivery.code, delivery.detail = code[:80], detail[:DETAIL]
    delivery.next_try_at = delivery.next_poll_at = delivery.check_at = None


def leave(uow: UnitOfWork, delivery: Delivery) -> None:
    """Nobody knows whether it arrived, and it is not sent again."""
    delivery.state, delivery.settled, delivery.done_at = UNCERTAIN, True, uow.now
    delivery.next_try_at = delivery.check_at = None
    record(uow, delivery, "delivery.left")


def record(uow: UnitOfWork, delivery: Delivery, code: str = "", detail: str = "") -> None:
    """Keep the provider's word as a receipt."""
    uow.session.add(
        ReceiptRow(
            delivery_id=delivery.id,
            at=uow.now,
            state=delivery.state,
            code=code[:80],
            detail=detail[:DETAIL],
        )
    )


def announce(uow: UnitOfWork, delivery: Delivery) -> None:
    """Tell the others that a delivery is settled; nothing while it is not."""
    if not delivery.settled:
        return
    uow.session.flush()
    # Two deliveries of one notification may settle at once; each must count the other.
    notification = uow.session.get_one(
        Notification, delivery.notification_id, with_for_update=True, populate_existing=True
    )
    states = uow.session.execute(
        select(Delivery.settled, Delivery.state).where(
            Delivery.notification_id == delivery.notification_id
        )
    ).all()
    last = notification.settled_at is None and all(settled for settled, _ in states)
    if last:
        notification.settled_at = uow.now
    tell(uow, delivery, last=last, failed=sum(state == FAILED for _, state in states))


def tell(uow: UnitOfWork, delivery: Delivery, *, last: bool, failed: int) -> None:
    """What `announce` says, once it is known how the notification's other deliveries stand."""
    settled = metrics.DELIVERIES.labels(delivery.channel, delivery.state)
    uow.after_commit(settled.inc)
    uow.outbox.add(
        DeliverySettled(
            delivery_id=delivery.id,
            notification_id=delivery.notification_id,
            channel=delivery.channel,
            state=delivery.state,
            code=delivery.code or "",
            detail=delivery.detail or "",
            last=last,
            failed=failed,
            instance_id=delivery.instance_id,
            root_id=delivery.root_id,
            element_id=delivery.element_id,
            item_id=delivery.item_id,
            activation_id=delivery.activation_id,
        )
    )


def apply_report(uow: UnitOfWork, delivery: Delivery, report: Report) -> None:
    """Take over what the provider says of a text it has; a final state is never left again."""
    if delivery.state != SENT or report.state in (None, SENT):
        return
    delivery.state = str(report.state)
    delivery.done_at, delivery.next_poll_at = uow.now, None
    delivery.code = "" if delivery.state == "delivered" else report.code
    record(uow, delivery, report.code)
    uow.outbox.add(
        DeliveryReported(
            delivery_id=delivery.id,
            state=delivery.state,
            code=report.code,
            instance_id=delivery.instance_id,
            root_id=delivery.root_id,
            element_id=delivery.element_id,
        )
    )
