"""Files that people and processes leave: bytes in a folder, what is known of them in a row."""

import hashlib
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel.db import Base, UtcDateTime
from kernel.errors import Invalid, NotFound
from kernel.ids import new_id
from kernel.text import clean
from kernel.uow import UnitOfWork

MAX_BYTES = 20 * 1024 * 1024


class FileTooLarge(Invalid):
    """A file over the limit; nothing was kept."""

    code = "file.too-large"


class FileUnknown(NotFound):
    """No such file, or its bytes are gone."""

    code = "file.unknown"


class StoredFile(Base):
    """One file. `scope` says on what it hangs (`instance:<id>`, `contact:<id>`, …): who may see
    that may download it."""

    __tablename__ = "stored_file"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(120), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


def hang_on(session: Session, file_ids: Iterable[str], scope: str) -> None:
    """Let files hang on something else from now on: who may see that may download them."""
    ids = [UUID(one) for one in file_ids]
    if ids:
        session.execute(update(StoredFile).where(StoredFile.id.in_(ids)).values(scope=scope))


def _tidy(name: str) -> str:
    """The file's own name as it is stored and handed out again.

    Without folders, control characters, and direction marks that make `gpj.exe` read `exe.jpg`.
    """
    bare = "".join(letter for letter in clean(name) if unicodedata.category(letter) != "Cc")
    return Path(bare.replace("\\", "/")).name[:255] or "file"


@dataclass
class FileStore:
    """A directory; names on disk are the files' ids, never what a person typed."""

    folder: Path

    def put(
        self, uow: UnitOfWork, data: bytes | BinaryIO, *, name: str, content_type: str, scope: str
    ) -> StoredFile:
        """Keep the bytes; at most 20 MiB.

        The bytes are written before the row is committed: a rollback leaves an orphan that a
        sweep removes, never a row without bytes.
        """
        content = data if isinstance(data, bytes) else data.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise FileTooLarge(name=name, limit=MAX_BYTES // 1024 // 1024)
        stored = StoredFile(
            id=new_id(),
            name=_tidy(name),
            content_type=content_type[:120],
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            scope=scope,
            created_at=uow.now,
        )
        self.keep(stored.id, content)
        uow.session.add(stored)
        return stored

    def keep(self, file_id: UUID, content: bytes) -> None:
        """Write the bytes of a file whose row is written by others, such as a restored one.

        They are on the disk when this returns: a row never outlives its bytes in a power cut.
        """
        path = self._path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())

    def forget(self, file_id: UUID) -> None:
        """Remove the bytes of a file whose row is gone."""
        self._path(file_id).unlink(missing_ok=True)

    def find(self, session: Session, file_id: UUID) -> StoredFile:
        """What is known of the file."""
        stored = session.get(StoredFile, file_id)
        if stored is None:
            raise FileUnknown(id=str(file_id))
        return stored

    def read(self, file_id: UUID) -> bytes:
        """The bytes."""
        try:
            return self._path(file_id).read_bytes()
        except FileNotFoundError:
            raise FileUnknown(id=str(file_id)) from None

    def open(self, uow: UnitOfWork, file_id: UUID) -> tuple[StoredFile, bytes]:
        """What is known of the file, and its bytes."""
        return self.find(uow.session, file_id), self.read(file_id)

    def _path(self, file_id: UUID) -> Path:
        # The last digits are random, the first are the time: folders fill evenly.
        return self.folder / file_id.hex[-2:] / file_id.hex


_store: FileStore | None = None


def configure(folder: Path) -> FileStore:
    """Keep files in `folder`, made when the first one comes."""
    global _store
    _store = FileStore(folder)
    return _store


def store() -> FileStore:
    """The process's file store."""
    if _store is None:
        raise RuntimeError("no file store: call kernel.files.configure(folder) first")
    return _store
