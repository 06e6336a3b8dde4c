"""Files that people and processes leave: bytes in a place, what is known of them in a row."""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast
from uuid import UUID

from sqlalchemy import String, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel import clock
from kernel.db import Base, UtcDateTime
from kernel.errors import Invalid, NotFound
from kernel.file_stores import Place, place_at
from kernel.file_stores.place import PIECE
from kernel.ids import new_id
from kernel.text import clean
from kernel.uow import UnitOfWork

MAX_BYTES = 20 * 1024 * 1024
IN_MEMORY = 1024 * 1024


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
    """A place; names there are the files' ids, never what a person typed.

    Two files of equal bytes are two: taking one person's away leaves the other's.
    """

    place: Place

    def put(
        self, uow: UnitOfWork, data: bytes | IO[bytes], *, name: str, content_type: str, scope: str
    ) -> StoredFile:
        """Keep the bytes; at most 20 MiB.

        The bytes are written before the row is committed: a rollback leaves an orphan that a
        sweep removes, never a row without bytes.

        Raises: FileTooLarge, PlaceAway
        """
        stored = self.take(data, name=name, content_type=content_type, scope=scope)
        uow.session.add(stored)
        return stored

    def take(
        self, data: bytes | IO[bytes], *, name: str, content_type: str, scope: str
    ) -> StoredFile:
        """The same without a transaction, for a place that is far: the caller adds the row.

        Raises: FileTooLarge, PlaceAway
        """
        with SpooledTemporaryFile(max_size=IN_MEMORY) as aside:
            source = BytesIO(data) if isinstance(data, bytes) else data
            size, digest = _copy(source, aside, name)
            stored = StoredFile(
                id=new_id(),
                name=_tidy(name),
                content_type=content_type[:120],
                size=size,
                sha256=digest,
                scope=scope,
                created_at=clock.now(),
            )
            aside.seek(0)
            self.place.put(name_of(stored.id), cast(BinaryIO, aside), size)
        return stored

    def keep(self, file_id: UUID, content: bytes) -> None:
        """Write the bytes of a file whose row is written by others, such as a restored one.

        They last when this returns: a row never outlives its bytes in a power cut.
        """
        self.place.put(name_of(file_id), BytesIO(content), len(content))

    def forget(self, file_id: UUID) -> None:
        """Remove the bytes of a file whose row is gone."""
        self.place.delete(name_of(file_id))

    def find(self, session: Session, file_id: UUID) -> StoredFile:
        """What is known of the file."""
        stored = session.get(StoredFile, file_id)
        if stored is None:
            raise FileUnknown(id=str(file_id))
        return stored

    def read(self, file_id: UUID) -> bytes:
        """The bytes."""
        return b"".join(self.pieces(file_id))

    def pieces(self, file_id: UUID) -> Iterator[bytes]:
        """The bytes, one piece after the other.

        Raises: FileUnknown, PlaceAway, both before there is an answer
        """
        found = self.place.pieces(name_of(file_id))
        try:
            first = next(found)
        except FileNotFoundError:
            raise FileUnknown(id=str(file_id)) from None
        return chain((first,), found)

    def open(self, uow: UnitOfWork, file_id: UUID) -> tuple[StoredFile, bytes]:
        """What is known of the file, and its bytes."""
        return self.find(uow.session, file_id), self.read(file_id)


def name_of(file_id: UUID) -> str:
    """What a file is called in its place."""
    # The last digits are random, the first are the time: folders fill evenly.
    return f"{file_id.hex[-2:]}/{file_id.hex}"


def id_of(name: str) -> UUID | None:
    """The file that bytes belong to; None for what no file is called."""
    try:
        file_id = UUID(name.rpartition("/")[2])
    except ValueError:
        return None
    return file_id if name_of(file_id) == name else None


def _copy(source: IO[bytes], aside: IO[bytes], name: str) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while piece := source.read(PIECE):
        size += len(piece)
        if size > MAX_BYTES:
            raise FileTooLarge(name=name, limit=MAX_BYTES // 1024 // 1024)
        digest.update(piece)
        aside.write(piece)
    return size, digest.hexdigest()


_store: FileStore | None = None


def configure(place: Path | str) -> FileStore:
    """Keep files in a folder, made when the first one comes, or at an address of `file_stores`.

    Raises: PlaceInvalid
    """
    global _store
    _store = FileStore(place_at(place))
    return _store


def store() -> FileStore:
    """The process's file store."""
    if _store is None:
        raise RuntimeError("no file store: call kernel.files.configure(folder) first")
    return _store
