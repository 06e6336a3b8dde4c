"""Taking the copy, while the installation works on."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from kernel import clock
from kernel.archive.contents import MANIFEST, Contents, Digest, TableSum
from kernel.archive.rows import lines
from kernel.db import Base, Database
from kernel.errors import Unavailable
from kernel.files import FileStore, FileUnknown, StoredFile


class ArchiveNotWritten(Unavailable):
    """There is no room, no such folder, or nobody may write there. Nothing was left behind."""

    code = "archive.not-written"


def write(database: Database, files: FileStore | None, path: Path) -> Contents:
    """Write everything into one new zip file; it appears under its name only when it is whole.

    All rows are of one instant. Files never change, so those that the rows name are of it too;
    one whose bytes are gone is listed as missing, one whose bytes changed as damaged. It holds
    people's data, so only its owner may read it.

    Args:
        files: None leaves the stored files out, for a copy that is restored beside them.

    Raises: ArchiveNotWritten
    """
    try:
        handle, name = tempfile.mkstemp(".part", f"{path.name}.", path.parent)
        os.close(handle)
        beside = Path(name)
        try:
            contents = _write(database, files, beside)
            _reach_disk(beside)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        _reach_disk(path.parent)
    except OSError as error:
        raise ArchiveNotWritten(path=str(path), reason=error.strerror or str(error)) from error
    return contents


def _write(database: Database, files: FileStore | None, beside: Path) -> Contents:
    with (
        database.snapshot() as connection,
        zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
    ):
        taken = clock.now().isoformat()  # what is done from here on may be missing
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        tables = {
            str(table.name): _write_table(archive, connection, table.name)
            for table in Base.metadata.sorted_tables
        }
        stored = _write_files(archive, connection, files) if files else ()
        contents = Contents(revision, taken, tables, *stored)
        archive.writestr(MANIFEST, contents.dump())
    return contents


def _write_table(archive: zipfile.ZipFile, connection: Connection, name: str) -> TableSum:
    digest = Digest()
    with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
        for line in lines(connection, Base.metadata.tables[name]):
            digest.add(line)
            out.write(line + b"\n")
    return digest.result()


def _write_files(
    archive: zipfile.ZipFile, connection: Connection, files: FileStore
) -> tuple[dict[str, str], list[str], list[str]]:
    """Digests of what was copied, files whose bytes are gone, files whose bytes are others."""
    kept: dict[str, str] = {}
    missing: list[str] = []
    damaged: list[str] = []
    for file_id, wanted in connection.execute(select(StoredFile.id, StoredFile.sha256)):
        try:
            data = files.read(file_id)
        except FileUnknown:
            missing.append(str(file_id))
            continue
        archive.writestr(f"files/{file_id}", data)
        found = kept[str(file_id)] = hashlib.sha256(data).hexdigest()
        if found != wanted:
            damaged.append(str(file_id))
    return kept, missing, damaged


def _reach_disk(path: Path) -> None:
    """A copy that a power cut takes away again is none."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
