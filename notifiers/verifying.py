"""Whether any text left the house more often than somebody wished it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from kernel.findings import Finding
from notifiers.tables import CALL_REFUSED, SENT, Delivery, DeliveryCall, ReceiptRow


def verify(session: Session) -> Iterator[Finding]:
    """Texts that a provider took twice, that were called for twice, or that share one id of it."""
    yield from _called_twice(session)
    taken = (
        select(ReceiptRow.delivery_id, func.count().label("times"))
        .where(ReceiptRow.state == SENT)
        .group_by(ReceiptRow.delivery_id)
        .having(func.count() > 1)
        .subquery()
    )
    query = (
        select(Delivery.instance_id, Delivery.id, Delivery.channel)
        .join(taken, taken.c.delivery_id == Delivery.id)
        .where(taken.c.times > Delivery.round + 1)
    )
    for instance_id, delivery_id, channel in session.execute(query):
        yield Finding("sent-twice", instance_id, {"delivery": str(delivery_id), "channel": channel})
    shared = (
        select(Delivery.channel, Delivery.provider_id)
        .where(Delivery.provider_id.is_not(None))
        .group_by(Delivery.channel, Delivery.provider_id)
        .having(func.count() > 1)
    )
    for channel, provider_id in session.execute(shared):
        yield Finding("one-text-for-two", None, {"channel": channel, "provider_id": provider_id})


def _called_twice(session: Session) -> Iterator[Finding]:
    """A second call for one key, without leave, after one that may have done something."""
    first, again, leave = aliased(DeliveryCall), aliased(DeliveryCall), aliased(DeliveryCall)
    # A call between them had leave, and was refused: earlier versions did not note it once more.
    allowed = exists().where(
        leave.localid == again.localid,
        leave.number.between(first.number + 1, again.number - 1),
        leave.permit != "",
    )
    query = (
        select(Delivery.instance_id, Delivery.id, Delivery.channel)
        .join(again, again.delivery_id == Delivery.id)
        .join(first, (first.localid == again.localid) & (first.number < again.number))
        .where(again.permit == "", first.outcome != CALL_REFUSED, ~allowed)
        .distinct()
    )
    for instance_id, delivery_id, channel in session.execute(query):
        facts = {"delivery": str(delivery_id), "channel": channel}
        yield Finding("called-twice", instance_id, facts)
