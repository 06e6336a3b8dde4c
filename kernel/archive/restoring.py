"""Putting a copy into an empty installation, and showing that it is the same."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Connection,
    Table,
    exists,
    insert,
    inspect,
    literal,
    select,
    table,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError

from kernel import hold
from kernel.archive.contents import MANIFEST, ArchiveBroken, Contents, digests
from kernel.archive.rows import AT_ONCE, values
from kernel.db import Base, Database
from kernel.errors import Conflict
from kernel.files import FileStore
from kernel.migrate import newest, upgrade
from kernel.schema_guard import ALEMBIC
from kernel.types import JsonObject

# What is raised where a zip file was cut, changed, or does not hold what it should.
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError)


class DatabaseNotEmpty(Conflict):
    """There are rows already. Mend: name an empty database; nothing was changed."""

    code = "archive.not-empty"


class ArchiveOfOtherVersion(Conflict):
    """The archive has another schema. Mend: restore it with the version of Ravand that wrote it,
    then upgrade that installation."""

    code = "archive.other-version"


def restore(
    path: Path, database: Database, files: FileStore | None, *, on_hold: bool | None = None
) -> Contents:
    """Make the tables in an empty database and put all of the archive's rows into them.

    The rows are one transaction: when a digest differs from the archive's, none stays.

    Args:
        files: None leaves the stored files where they are.
        on_hold: whether what waits in the copy goes on waiting (`kernel.hold`), from its first
            instant on; None leaves it as it was where the copy was made.

    Raises: ArchiveBroken, ArchiveOfOtherVersion, DatabaseNotEmpty
    """
    with _opened(path) as archive:
        contents = Contents.load(_bytes(archive, MANIFEST))
        if contents.revision != newest():
            raise ArchiveOfOtherVersion(revision=contents.revision, wanted=newest())
        with database.engine.connect() as connection:
            _refuse_a_used_one(connection)  # before its tables are touched
        upgrade(database)
        done = database.take_turn()
        try:
            with database.writer.begin() as connection:
                _refuse_a_used_one(connection)
                for table in Base.metadata.sorted_tables:
                    _read_table(archive, connection, table)
                _compare(connection, contents)
                if files is not None:
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


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (*_UNREADABLE, FileNotFoundError, IsADirectoryError) as error:
        raise ArchiveBroken(what=path.name) from error


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except _UNREADABLE as error:
        raise ArchiveBroken(what=name) from error


def _refuse_a_used_one(connection: Connection) -> None:
    """Whoever's rows they are."""
    for name in sorted({*inspect(connection).get_table_names()} - ALEMBIC):
        if connection.scalar(select(exists(select(literal(1)).select_from(table(name))))):
            raise DatabaseNotEmpty(table=name)


def _read_table(archive: zipfile.ZipFile, connection: Connection, into: Table) -> None:
    """Insert the rows; what refers to rows of its own table is set when all of them stand."""
    own = [key.parent.name for key in into.foreign_keys if key.column.table is into]
    later: list[JsonObject] = []
    found = _rows(archive, into)
    while rows := list(islice(found, AT_ONCE)):
        for row in rows:
            if referring := {name: row[name] for name in own if row[name] is not None}:
                later.append({**{c.name: row[c.name] for c in into.primary_key}, **referring})
                row.update(dict.fromkeys(referring))
        try:
            connection.execute(insert(into), rows)
        except (IntegrityError, DataError) as error:  # a row twice, one that refers to none
            raise ArchiveBroken(what=into.name) from error
    for row in later:
        same = [column == row[column.name] for column in into.primary_key]
        wanted = {name: row[name] for name in own if name in row}
        connection.execute(update(into).where(*same).values(**wanted))


def _rows(archive: zipfile.ZipFile, into: Table) -> Iterator[dict[str, Any]]:
    try:
        with archive.open(f"tables/{into.name}.jsonl") as stream:
            for line in stream:
                yield values(into, line)
    except (*_UNREADABLE, TypeError) as error:
        raise ArchiveBroken(what=into.name) from error


def _compare(connection: Connection, contents: Contents) -> None:
    for name, found in digests(connection).items():
        if found != contents.tables.get(name):
            raise ArchiveBroken(what=name)


def _read_files(archive: zipfile.ZipFile, contents: Contents, files: FileStore) -> None:
    for file_id, wanted in contents.files.items():
        data = _bytes(archive, f"files/{file_id}")
        if hashlib.sha256(data).hexdigest() != wanted:
            raise ArchiveBroken(what=f"files/{file_id}")
        files.keep(UUID(file_id), data)
