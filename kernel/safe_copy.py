"""A copy of an SQLite database beside it, before its schema is changed."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from kernel.db import Database
from kernel.errors import Unavailable

_PART: Final = ".part"
_INSTANT: Final = "%Y%m%dT%H%M%S%fZ"


class CopyFailed(Unavailable):
    """There is no room for a copy, or the folder may not be written. Nothing was changed."""

    code = "schema.copy-failed"


def make(database: Database, revision: str, keep: int) -> Path | None:
    """Copy what is committed into `<database>.before-<revision>-<instant>`.

    It holds people's data, so only its owner may read it. Nobody else may be at it meanwhile: what
    a copy that was cut off has left is taken away.

    Args:
        keep: 0 makes none.

    Raises: CopyFailed
    """
    path = _file_of(database)
    if path is None or keep <= 0:
        return None
    instant = datetime.now(UTC).strftime(_INSTANT)
    target = path.with_name(f"{path.name}.before-{revision}-{instant}")
    try:
        for torn in _beside(path, _PART):
            torn.unlink()
        _copy(path, target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            _part(target).unlink()
        raise CopyFailed(path=str(target), reason=str(error)) from error
    return target


def thin_out(database: Database, keep: int) -> None:
    """Remove all but the newest `keep` copies; for when a change of the schema has succeeded."""
    path = _file_of(database)
    if path is not None and keep > 0:
        for old in copies(path)[:-keep]:
            old.unlink()


def made_before(database: Database, instant: datetime) -> list[Path]:
    """Copies of the database that are older; they do not know what was erased since."""
    path = _file_of(database)
    return [one for one in copies(path) if _made_at(one) < instant] if path else []


def copies(path: Path) -> list[Path]:
    """The copies of the database at `path`, the oldest first."""
    found = (one for one in _beside(path, "") if one.suffix != _PART)
    return sorted(found, key=_made_at)


def _made_at(copy: Path) -> datetime:
    """As its name says; a name that somebody else gave is that of an old one."""
    try:
        return datetime.strptime(copy.name.rpartition("-")[2], _INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _file_of(database: Database) -> Path | None:
    file = make_url(database.url).database
    return Path(file) if database.is_sqlite and file and file != ":memory:" else None


def _beside(path: Path, ending: str) -> list[Path]:
    return list(path.parent.glob(f"{escape(path.name)}.before-*{ending}"))


def _part(target: Path) -> Path:
    return target.with_name(f"{target.name}{_PART}")


def _copy(path: Path, target: Path) -> None:
    part = _part(target)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)  # in one go: whoever writes meanwhile does not start it anew
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whole by itself
    _reach_disk(part)
    part.rename(target)
    _reach_disk(path.parent)


def _reach_disk(path: Path) -> None:
    """A copy that a power cut takes away again is none."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
