"""Taking the copy, while the installation works on."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from kernel import clock
from kernel.archive.contents import MANIFEST, Contents, Digest, TableSum
from kernel.archive.rows import lines
from kernel.db import Base, Database
from kernel.files import FileStore, FileUnknown, StoredFile


def write(database: Database, files: FileStore, path: Path) -> Contents:
    """Write everything into one new zip file; it appears under its name only when it is whole.

    All rows are of one instant. Files never change, so those that the rows name are of it too;
    one whose bytes are gone is listed as missing.
    """
    beside = path.with_name(path.name + ".part")
    with database.engine.connect() as connection:
        # SQLite's read transaction is a snapshot by itself
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            revision = MigrationContext.configure(connection).get_current_revision() or ""
            tables = {
                str(table.name): _write_table(archive, connection, table.name)
                for table in Base.metadata.sorted_tables
            }
            kept, missing = _write_files(archive, connection, files)
            taken = clock.now().isoformat()
            contents = Contents(revision, taken, tables, kept, missing)
            archive.writestr(MANIFEST, contents.dump())
    _reach_disk(beside)
    beside.replace(path)
    _reach_disk(path.parent)
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
) -> tuple[dict[str, str], list[str]]:
    kept: dict[str, str] = {}
    missing: list[str] = []
    for file_id in connection.execute(select(StoredFile.id)).scalars():
        try:
            data = files.read(file_id)
        except FileUnknown:
            missing.append(str(file_id))
            continue
        archive.writestr(f"files/{file_id}", data)
        kept[str(file_id)] = hashlib.sha256(data).hexdigest()
    return kept, missing


def _reach_disk(path: Path) -> None:
    """A copy that a power cut takes away again is none."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
