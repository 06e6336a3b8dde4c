"""Texts that wait in a restored copy: they may have gone out after the copy was made."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from kernel.uow import UnitOfWork
from notifiers import settling
from notifiers.tables import WAITING, Delivery
from people import Actor

LEFT_UNSENT = "hold.left-unsent"


def _would_leave() -> ColumnElement[bool]:
    """Those of unknown fate that were put before a person wait for that person only."""
    return and_(Delivery.state.in_(WAITING), Delivery.undecided.is_(False))


def waiting_texts(session: Session) -> int:
    """How many texts would leave when the hold ends."""
    count = select(func.count()).select_from(Delivery).where(_would_leave())
    return session.scalar(count) or 0


def leave_unsent(uow: UnitOfWork, *, by: Actor) -> int:
    """Settle every waiting text as not sent; how many.

    Each can be sent by hand later, as any that failed.

    Raises: PermissionMissing
    """
    by.require("instance.operate")
    waiting = select(Delivery).where(_would_leave()).with_for_update()
    texts = uow.session.scalars(waiting).all()
    for delivery in texts:
        settling.fail(delivery, uow.now, LEFT_UNSENT)
        settling.record(uow, delivery, LEFT_UNSENT)
        settling.announce(uow, delivery)
    return len(texts)
