"""Every call to a provider, written down before it is made, so that none is made twice unseen.

A key (`localid`) may be called again only when the earlier call is known to have done nothing,
or when somebody allowed it: the provider did not know the key, the policy, or a person.
"""

from sqlalchemy import func, select

from kernel.uow import UnitOfWork
from notifiers.tables import (
    CALL_OPEN,
    CALL_REFUSED,
    CALL_SILENT,
    CALL_TAKEN,
    Delivery,
    DeliveryCall,
)

__all__ = ["CALL_REFUSED", "CALL_SILENT", "CALL_TAKEN", "begin", "end"]


def begin(uow: UnitOfWork, delivery: Delivery) -> None:
    """Note the call that is about to be made, and by whose leave."""
    mine = DeliveryCall.delivery_id == delivery.id
    last = uow.session.scalar(select(func.max(DeliveryCall.number)).where(mine)) or 0
    uow.session.add(
        DeliveryCall(
            delivery_id=delivery.id,
            number=last + 1,
            localid=delivery.localid,
            permit=delivery.permit,
            outcome=CALL_OPEN,
            began_at=uow.now,
        )
    )
    delivery.permit = ""


def end(uow: UnitOfWork, delivery: Delivery, outcome: str) -> None:
    """Note how the last call ended; nothing when its end is known already.

    What the provider turns out to have taken, it has from the last call that it did not refuse.

    A call that did nothing has not used up the leave it was made by: the next one goes by it.
    """
    call = uow.session.scalar(
        select(DeliveryCall)
        .where(DeliveryCall.delivery_id == delivery.id, DeliveryCall.outcome != CALL_REFUSED)
        .order_by(DeliveryCall.number.desc())
        .limit(1)
    )
    if call is not None and (call.outcome == CALL_OPEN or outcome == CALL_TAKEN):
        call.outcome, call.ended_at = outcome, uow.now
        if outcome == CALL_REFUSED:
            delivery.permit = call.permit
