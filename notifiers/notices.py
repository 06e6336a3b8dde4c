"""In-app messages of a person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from kernel import new_rows
from kernel.ids import new_id
from kernel.uow import UnitOfWork
from notifiers.events import NoticePosted
from notifiers.tables import Delivery, Notice
from people import Actor


def post_notice(
    uow: UnitOfWork,
    person_id: UUID,
    *,
    title: str,
    text: str = "",
    delivery_id: UUID | None = None,
) -> None:
    """Put a message under a person's bell; open pages hear of it after the commit."""
    notice = Notice(
        id=new_id(),
        person_id=person_id,
        delivery_id=delivery_id,
        title=title,
        text=text,
        created_at=uow.now,
    )
    _post(uow, [notice])


def post_deliveries(uow: UnitOfWork, deliveries: Sequence[Delivery]) -> None:
    """The same for texts that people are told in the product."""
    notices = [
        Notice(
            id=new_id(),
            person_id=UUID(one.address),
            delivery_id=one.id,
            instance_id=one.instance_id,
            item_id=one.item_id,
            title=one.subject,
            text=one.text,
            created_at=uow.now,
        )
        for one in deliveries
    ]
    _post(uow, notices)


def _post(uow: UnitOfWork, notices: Sequence[Notice]) -> None:
    new_rows.write(uow.session, notices)
    for notice in notices:
        uow.outbox.add(NoticePosted(notice.id, notice.person_id))


def mark_read(uow: UnitOfWork, notice_ids: Sequence[UUID] | None = None, *, by: Actor) -> int:
    """Mark one's own notices read, all with None; how many were unread."""
    unread = update(Notice).where(Notice.person_id == by.person_id, Notice.read_at.is_(None))
    if notice_ids is not None:
        unread = unread.where(Notice.id.in_(notice_ids))
    read = uow.session.execute(unread.values(read_at=uow.now).returning(Notice.id))
    return len(read.all())
