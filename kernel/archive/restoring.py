"""Putting a copy into an empty installation, and showing that it is the same."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, exists, insert, select, update

from kernel import hold
from kernel.archive.contents import MANIFEST, ArchiveBroken, Contents, digests
from kernel.archive.rows import AT_ONCE, values
from kernel.db import Base, Database
from kernel.errors import Conflict
from kernel.files import FileStore
from kernel.migrate import upgrade
from kernel.types import JsonObject


class DatabaseNotEmpty(Conflict):
    """There are rows already. Mend: name an empty database; nothing was changed."""

    code = "archive.not-empty"


class ArchiveOfOtherVersion(Conflict):
    """The archive has another schema. Mend: restore it with the version of Ravand that wrote it,
    then upgrade that installation."""

    code = "archive.other-version"


def restore(
    path: Path, database: Database, files: FileStore, *, on_hold: bool | None = None
) -> Contents:
    """Make the tables in an empty database and put all of the archive's rows into them.

    The rows are one transaction: when a digest differs from the archive's, none stays.

    Args:
        on_hold: whether what waits in the copy goes on waiting (`kernel.hold`), from its first
            instant on; None leaves it as it was where the copy was made.

    Raises: ArchiveBroken, ArchiveOfOtherVersion, DatabaseNotEmpty
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, FileNotFoundError, IsADirectoryError) as error:
        raise ArchiveBroken(what=path.name) from error
    with archive:
        contents = _contents(archive)
        upgrade(database)
        _refuse_other_version(database, contents)
        done = database.take_turn()
        try:
            with database.writer.begin() as connection:
                _refuse_a_used_one(connection)
                for table in Base.metadata.sorted_tables:
                    _read_table(archive, connection, table)
                _compare(connection, contents)
                _read_files(archive, contents, files)
                _hold(connection, contents, on_hold)
        finally:
            done()
    return contents


def _hold(connection: Connection, contents: Contents, wanted: bool | None) -> None:
    if wanted:
        hold.begin(connection, copy_made_at=datetime.fromisoformat(contents.taken_at))
    elif wanted is False:
        hold.forget(connection)


def _contents(archive: zipfile.ZipFile) -> Contents:
    try:
        return Contents.load(archive.read(MANIFEST))
    except KeyError as error:
        raise ArchiveBroken(what=MANIFEST) from error


def _refuse_other_version(database: Database, contents: Contents) -> None:
    with database.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision != contents.revision:
        raise ArchiveOfOtherVersion(revision=contents.revision, wanted=revision or "")


def _refuse_a_used_one(connection: Connection) -> None:
    for table in Base.metadata.sorted_tables:
        if connection.execute(select(exists(select(table)))).scalar():
            raise DatabaseNotEmpty(table=table.name)


def _read_table(archive: zipfile.ZipFile, connection: Connection, table: Table) -> None:
    """Insert the rows; what refers to rows of its own table is set when all of them stand."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    later: list[JsonObject] = []
    lines = _lines(archive, table)
    while some := list(islice(lines, AT_ONCE)):
        rows = [values(table, line) for line in some]
        for row in rows:
            if referring := {name: row[name] for name in own if row[name] is not None}:
                later.append({**{c.name: row[c.name] for c in table.primary_key}, **referring})
                row.update(dict.fromkeys(referring))
        connection.execute(insert(table), rows)
    for row in later:
        same = [column == row[column.name] for column in table.primary_key]
        wanted = {name: row[name] for name in own if name in row}
        connection.execute(update(table).where(*same).values(**wanted))


def _lines(archive: zipfile.ZipFile, table: Table) -> Iterator[bytes]:
    try:
        with archive.open(f"tables/{table.name}.jsonl") as stream:
            for line in stream:
                yield line.rstrip(b"\n")
    except (KeyError, zipfile.BadZipFile) as error:
        raise ArchiveBroken(what=table.name) from error


def _compare(connection: Connection, contents: Contents) -> None:
    for name, found in digests(connection).items():
        if found != contents.tables.get(name):
            raise ArchiveBroken(what=name)


def _read_files(archive: zipfile.ZipFile, contents: Contents, files: FileStore) -> None:
    for file_id, wanted in contents.files.items():
        data = archive.read(f"files/{file_id}")
        if hashlib.sha256(data).hexdigest() != wanted:
            raise ArchiveBroken(what=f"files/{file_id}")
        files.keep(UUID(file_id), data)
