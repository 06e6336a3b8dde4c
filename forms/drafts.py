"""What somebody has written at a work item and not sent: kept until it is."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from forms.tables import FormDraft
from kernel.prepared import Prepared
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

_DROP = Prepared(delete(FormDraft).where(FormDraft.item_id == bindparam("item")))

_LOAD = Prepared(
    select(FormDraft.data, FormDraft.saved_at).where(
        FormDraft.item_id == bindparam("item"), FormDraft.person_id == bindparam("person")
    )
)


@dataclass(frozen=True)
class Draft:
    """`data` is the caller's own; `Entry.to_json()` of each form, by form key, is meant."""

    data: JsonObject
    saved_at: datetime


def save_draft(uow: UnitOfWork, item_id: UUID, person_id: UUID, data: JsonObject) -> Draft:
    """Keep the newest writing of this person at this item; the earlier one is replaced."""
    row = uow.session.get(FormDraft, (item_id, person_id))
    if row is None:
        row = FormDraft(item_id=item_id, person_id=person_id)
        uow.session.add(row)
    row.data, row.saved_at = data, uow.now
    uow.session.flush()
    return Draft(data, uow.now)


def load_draft(session: Session, item_id: UUID, person_id: UUID) -> Draft | None:
    """The person's own draft at this item; nobody sees another's."""
    row = _LOAD.first(session.connection(), {"item": item_id, "person": person_id})
    return None if row is None else Draft(*row)


def drop_drafts(uow: UnitOfWork, item_id: UUID, person_id: UUID | None = None) -> int:
    """Forget the drafts of an item (of one person, or of all); returns how many there were."""
    connection = uow.session.connection()
    if person_id is None:
        return _DROP.change(connection, {"item": item_id})
    own = delete(FormDraft).where(FormDraft.item_id == item_id, FormDraft.person_id == person_id)
    return connection.execute(own).rowcount
