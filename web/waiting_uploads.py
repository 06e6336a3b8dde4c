"""Uploads that wait for answers or for the button that stores them: each person's own few."""

import io
import zipfile
from datetime import timedelta
from uuid import UUID

from flask_login import current_user
from sqlalchemy import delete, select

from engine.bundle import Bundle, read_zip
from kernel import clock, files
from kernel.errors import NotFound
from kernel.files import StoredFile
from kernel.uow import unit_of_work
from web.database import db

MOST = 5
FOR = timedelta(days=1)


def keep(bundle: Bundle) -> UUID:
    """Put an upload aside; the same person's oldest and those of yesterday go."""
    with unit_of_work() as uow:
        stored = files.store().put(
            uow,
            packed(bundle),
            name=f"{bundle.name or 'bundle'}.zip",
            content_type="application/zip",
            scope=_scope(),
        )
        uow.session.flush()
        own = select(StoredFile.id, StoredFile.created_at).where(StoredFile.scope == _scope())
        newest = uow.session.execute(own.order_by(StoredFile.created_at.desc())).all()
        old = [
            row.id
            for place, row in enumerate(newest)
            if row.id != stored.id and (place >= MOST or row.created_at < uow.now - FOR)
        ]
        uow.session.execute(delete(StoredFile).where(StoredFile.id.in_(old)))
    for one in old:
        files.store().forget(one)
    return stored.id


def find(upload: UUID | str) -> Bundle:
    """The upload of that id.

    Raises: NotFound for one that is somebody else's, too old, or never was.
    """
    try:
        stored = files.store().find(db.session, UUID(str(upload)))
    except ValueError:
        raise NotFound() from None
    if stored.scope != _scope() or stored.created_at < clock.now() - FOR:
        raise NotFound()
    return read_zip(files.store().read(stored.id), stored.name.removesuffix(".zip"))


def packed(bundle: Bundle) -> bytes:
    """The bundle's files as one zip."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as inside:
        for name, data in bundle.files.items():
            inside.writestr(name, data)
    return archive.getvalue()


def _scope() -> str:
    return f"upload:{current_user.person.id}"
