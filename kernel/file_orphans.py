"""Files that nothing refers to any more: rows first, then bytes; and rows whose bytes are gone.

A file hangs on what its scope names and is kept as long as its row is. The row of an upload that
waited for a button and was left goes after two days; bytes without a row go after some more, so
that a backup taken meanwhile is whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kernel import clock, files
from kernel.file_stores import Kept
from kernel.file_stores.folder import is_aside
from kernel.files import StoredFile, id_of
from kernel.findings import Finding
from kernel.jobs import outside, sweeps
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only

JOB = "files.orphans"
BATCH = 500
EVERY = timedelta(days=1)
LEFT = timedelta(days=2)
UPLOAD = "upload:"  # the scope of what waits for its owner's next press of a button
_keep = timedelta(days=7)


def configure(days: int) -> None:
    """How long bytes without a row are kept: longer than two backups lie apart."""
    global _keep
    _keep = timedelta(days=max(days, 1))


@dataclass(frozen=True)
class Looked:
    """One batch was looked through; `last` is empty at the end of the place."""

    last: str
    removed: int


class RemoveOrphans:
    """Goes through the place in order of names, one batch a job; the next day from the start."""

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> str:
        """Where to go on."""
        return str(payload.get("after", ""))

    def act(self, request: str) -> Looked:
        """Take away what has no row and is old; what was put just now may get its row yet."""
        place = files.store().place
        listed = place.listed(request, BATCH)
        before = clock.now() - _keep
        old = [one for one in listed if one.changed_at < before]
        gone = _without_row(old)
        for one in gone:
            place.delete(one.name)
        return Looked(listed[-1].name if len(listed) == BATCH else "", len(gone))

    def settle(self, uow: UnitOfWork, payload: JsonObject, result: Looked) -> None:
        """Queue the next batch."""
        if result.last:
            uow.jobs.add(JOB, {"after": result.last}, key=JOB)


def _without_row(some: list[Kept]) -> list[Kept]:
    """Those whose names are of our making; what others put into the place is theirs."""
    ids = {one.name: id_of(one.name) for one in some}
    asked = [file_id for file_id in ids.values() if file_id is not None]
    with read_only() as session:
        known = set(session.scalars(select(StoredFile.id).where(StoredFile.id.in_(asked))))
    return [
        one
        for one in some
        if is_aside(one.name) or (ids[one.name] is not None and ids[one.name] not in known)
    ]


class StartLooking:
    """Once a day: rows of uploads that were left go, then one look through the place, as jobs."""

    every = EVERY

    def __call__(self, uow: UnitOfWork) -> int:
        """Queue the first batch, unless one is at work."""
        left = StoredFile.scope.startswith(UPLOAD), StoredFile.created_at < uow.now - LEFT
        gone = delete(StoredFile).where(*left)
        uow.session.execute(gone.execution_options(synchronize_session=False))
        uow.jobs.add(JOB, {}, key=JOB)
        return 0


def missing_bytes(session: Session) -> Iterator[Finding]:
    """Rows whose bytes are gone; asks the place once for each file."""
    last: UUID | None = None
    while rows := _next_rows(session, last):
        last = rows[-1].id
        for row in rows:
            if not files.store().place.exists(files.name_of(row.id)):
                yield Finding("file-missing", None, {"file": str(row.id), "scope": row.scope})


def _next_rows(session: Session, after: UUID | None) -> list[Any]:
    query = select(StoredFile.id, StoredFile.scope).order_by(StoredFile.id).limit(BATCH)
    if after is not None:
        query = query.where(StoredFile.id > after)
    return list(session.execute(query))


outside.add(JOB, RemoveOrphans())
sweeps.add("files.orphans", StartLooking())
