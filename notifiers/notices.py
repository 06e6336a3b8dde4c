"""In-app messages of a person."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import update

from kernel.ids import new_id
from kernel.uow import UnitOfWork
from notifiers.events import NoticePosted
from notifiers.tables import Notice
from people import Actor


def post_notice(
    uow: UnitOfWork,
    person_id: UUID,
    *,
    title: str,
    text: str = "",
    instance_id: UUID | None = None,
    item_id: UUID | None = None,
    delivery_id: UUID | None = None,
) -> Notice:
    """Put a message under a person's bell; open pages hear of it after the commit."""
    notice = Notice(
        id=new_id(),
        person_id=person_id,
        delivery_id=delivery_id,
        instance_id=instance_id,
        item_id=item_id,
        title=title,
        text=text,
        created_at=uow.now,
    )
    uow.session.add(notice)
    uow.outbox.add(NoticePosted(notice.id, person_id))
    return notice


def mark_read(uow: UnitOfWork, notice_ids: Sequence[UUID] | None = None, *, by: Actor) -> int:
    """Mark one's own notices read, all with None; how many were unread."""
    unread = update(Notice).where(Notice.person_id == by.person_id, Notice.read_at.is_(None))
    if notice_ids is not None:
        unread = unread.where(Notice.id.in_(notice_ids))
    read = uow.session.execute(unread.values(read_at=uow.now).returning(Notice.id))
    return len(read.all())
