"""A copy of an SQLite database beside it, before its schema is changed."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from kernel.db import Database
from kernel.errors import Unavailable


class CopyFailed(Unavailable):
    """There is no room for a copy, or the folder may not be written. Nothing was changed."""

    code = "schema.copy-failed"


def make(database: Database, revision: str, keep: int) -> Path | None:
    """Copy what is committed into `<database>.before-<revision>-<instant>`; older ones go.

    It holds people's data, so only its owner may read it.

    Args:
        keep: how many copies stay, this one among them; 0 makes none.

    Raises: CopyFailed
    """
    file = make_url(database.url).database
    if not database.is_sqlite or not file or file == ":memory:" or keep <= 0:
        return None
    path = Path(file)
    instant = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = path.with_name(f"{path.name}.before-{revision}-{instant}")
    try:
        _copy(path, target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            target.with_name(f"{target.name}.part").unlink()
        raise CopyFailed(path=str(target), reason=str(error)) from error
    for old in copies(path)[:-keep]:
        old.unlink()
    return target


def copies(path: Path) -> list[Path]:
    """The copies of the database at `path`, the oldest first."""
    found = (one for one in path.parent.glob(f"{path.name}.before-*") if one.suffix != ".part")
    return sorted(found, key=lambda one: one.name.rpartition("-")[2])


def _copy(path: Path, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)  # in one go: whoever writes meanwhile does not start it anew
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
    handle = os.open(part, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    part.rename(target)
