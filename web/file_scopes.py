"""Whoever may see what a file hangs on may download it; nobody else learns that it exists."""

from uuid import UUID

from sqlalchemy.orm import Session

from crm import queries as crm_queries
from engine import queries as engine_queries
from kernel.errors import AppError
from kernel.files import FileUnknown, StoredFile
from people import Actor


def require_visible(session: Session, actor: Actor, stored: StoredFile) -> None:
    """Let the actor have the file.

    Raises: FileUnknown for a file that hangs on something the actor may not see.
    """
    kind, _colon, key = stored.scope.partition(":")
    try:
        if kind == "instance":
            engine_queries.instance(session, actor, UUID(key))
            return
        if kind == "contact":
            crm_queries.contact_file(session, actor, UUID(key))
            return
        if kind in {"upload", "start"} and key == str(actor.person_id):
            return
    except AppError:
        raise FileUnknown(id=str(stored.id)) from None
    raise FileUnknown(id=str(stored.id))
