"""Fill a SQLite file quickly: while the demo is being made up, no write waits for the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from kernel.db import Database


@contextmanager
def in_haste(database: Database) -> Iterator[None]:
    """Inside the block a power cut may lose the file, which can be made again."""
    if not database.is_sqlite:
        yield
        return
    event.listen(database.engine, "checkout", _do_not_wait)
    database.dispose()  # what is open already waits
    try:
        yield
    finally:
        event.remove(database.engine, "checkout", _do_not_wait)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()  # new connections wait for the disk again


def _do_not_wait(connection: Any, *_: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
