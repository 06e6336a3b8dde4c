"""Making a database's own files forget what was overwritten in them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import LargeBinary, String, Text, cast, exists, func, or_, select
from sqlalchemy.engine import make_url

from kernel.db import Base, Database, Json

_CHUNK: Final = 1 << 22


def clean_up(database: Database, traces: Iterable[bytes], *, vacuum: bool = False) -> list[str]:
    """Let nothing that was overwritten stay readable on the disk.

    SQLite overwrites what it deletes, so the log is emptied into the file and both are searched;
    when something is still found, or `vacuum` asks for it, the file is written anew, which holds
    up every writer meanwhile. PostgreSQL reuses the room of old rows by itself; `vacuum` makes it
    do so now, and what its write-ahead log holds goes with that log.

    Args:
        traces: what to look for in the files.

    Returns:
        Where it still stands, as `table.column`: the same words may be somebody else's, or an
        example in a process. `?` when it is in no row, because somebody still reads the old ones.
    """
    done = database.take_turn()
    try:
        if not database.is_sqlite:
            if vacuum:
                _run(database, "VACUUM")
            return []
        _run(database, "PRAGMA wal_checkpoint(TRUNCATE)")
        wanted = [one for one in traces if one]
        if vacuum or _found(database, wanted):
            _run(database, "VACUUM")
            _run(database, "PRAGMA wal_checkpoint(TRUNCATE)")
        return _standing(database, wanted) or ["?"] if _found(database, wanted) else []
    finally:
        done()


def _run(database: Database, statement: str) -> None:
    """Outside of any transaction, as these want it."""
    with database.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is None:
            raise RuntimeError("the database gave no connection")
        if database.is_sqlite:
            raw.execute(statement).fetchall()
            return
        connection.rollback()
        raw.autocommit = True
        try:
            raw.execute(statement)
        finally:
            raw.autocommit = False


def clean_up_unseen(database: Database, traces: Iterable[bytes] = ()) -> None:
    """The same after work that nobody waits for."""
    clean_up(database, traces)


def _standing(database: Database, traces: list[bytes]) -> list[str]:
    """The columns that hold any of it (SQLite)."""
    found = []
    with database.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String | Text | Json | LargeBinary):
                    data = cast(column, LargeBinary)
                    held = or_(*(func.instr(data, one) > 0 for one in traces))
                    if connection.scalar(select(exists().where(held))):
                        found.append(f"{table.name}.{column.name}")
    return found


def _found(database: Database, traces: list[bytes]) -> bool:
    name = make_url(database.url).database or ""
    files = [Path(name), Path(f"{name}-wal")]
    return bool(traces) and any(_holds(one, traces) for one in files if one.exists())


def _holds(path: Path, traces: list[bytes]) -> bool:
    """Whether a file holds any of them; read in pieces that overlap by the longest."""
    overlap = max(map(len, traces)) - 1
    before = b""
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            text = before + piece
            if any(one in text for one in traces):
                return True
            before = text[-overlap:] if overlap else b""
    return False
