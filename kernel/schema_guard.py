"""What stands around a change of the schema: nobody else changes it, and no row is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, inspect, select, table, text
from sqlalchemy.exc import OperationalError

from kernel.db import Database
from kernel.errors import Conflict, Unavailable

PATIENCE: Final = 5  # seconds for a lock; whoever waits longer holds up everybody behind
_CHANGING: Final = 7_202_613  # the number of PostgreSQL's lock of whoever changes the schema
ALEMBIC: Final = frozenset({"alembic_version", "alembic_step"})  # tables about the schema itself


class SchemaBusy(Unavailable):
    """Another process changes the schema. Mend: wait until it has ended."""

    code = "schema.busy"


class TableBusy(Unavailable):
    """Somebody uses a table for longer than we wait. Mend: try again in a quieter hour."""

    code = "schema.table-busy"


class RowsChanged(Conflict):
    """A step lost or made rows that it is not meant to. Nothing was changed."""

    code = "schema.rows-changed"


class RowsWouldGo(Conflict):
    """Steps back would take tables away that hold rows. Mend: say that they may go."""

    code = "schema.rows-would-go"


class ReferencesBroken(Conflict):
    """A step left rows that refer to rows which are gone. Nothing was changed."""

    code = "schema.references-broken"


@contextmanager
def alone(database: Database) -> Iterator[Connection]:
    """One transaction that nobody else changes the schema beside; an error undoes all of it.

    SQLite: foreign keys are off in it. A table is rebuilt by dropping it, and with foreign keys on
    that deletes the rows that refer to its rows. They are checked at the end instead.

    Raises: SchemaBusy, TableBusy
    """
    with database.writer.connect() as connection:
        _foreign_keys(connection, database, "OFF")
        try:
            with _in_words(connection), connection.begin():
                _take_the_lock(connection)
                yield connection
        finally:
            _foreign_keys(connection, database, "ON")  # it goes back to the others


def _foreign_keys(connection: Connection, database: Database, state: str) -> None:
    if database.is_sqlite:  # the switch does nothing inside a transaction
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={state}")


def _take_the_lock(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return  # BEGIN IMMEDIATE was it
    connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
    try:
        connection.execute(select(func.pg_advisory_xact_lock(_CHANGING)))
    except OperationalError as error:
        raise SchemaBusy(seconds=PATIENCE) from error


@contextmanager
def _in_words(connection: Connection) -> Iterator[None]:
    """A lock that was not to be had is something that an operator can mend."""
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available
            raise TableBusy(seconds=PATIENCE) from error
        if "database is locked" in str(error.orig):
            raise SchemaBusy(seconds=15) from error
        raise


class Census:
    """How many rows each table has, and how many refer to rows that are not there.

    On PostgreSQL others go on writing meanwhile. There, a table that stands as it stood is asked
    how many rows this transaction itself added and took away; others' rows count for nothing.
    """

    def __init__(self, connection: Connection) -> None:
        self._rows = _count(connection)
        self._loose = _loose(connection)
        self._own = _own(connection)

    def compare(self, connection: Connection, meant: Set[str]) -> None:
        """Refuse what is different now, except rows of the tables that are meant to change.

        Tables that are new or gone are no matter: the steps say so themselves.

        Raises: RowsChanged, ReferencesBroken
        """
        own, names = _own(connection), _names(connection)
        for name in sorted((self._rows.keys() & names) - meant):
            before, after = self._rows[name], self._after(connection, name, own)
            if after != before:
                raise RowsChanged(table=name, before=before, after=after)
        loose = _loose(connection)
        for name, count in sorted(loose.items()):
            if count > self._loose.get(name, 0):
                raise ReferencesBroken(table=name, count=count)

    def require_tables(self, connection: Connection) -> None:
        """Refuse that a table with rows is gone.

        Raises: RowsWouldGo
        """
        gone = sorted(name for name in self._rows.keys() - _names(connection) if self._rows[name])
        if gone:
            raise RowsWouldGo(tables=", ".join(f"{name} ({self._rows[name]})" for name in gone))

    def _after(self, connection: Connection, name: str, own: Mapping[str, _Own]) -> int:
        """How many rows there would be, had nobody else written."""
        was, now = self._own.get(name), own.get(name)
        if was is None or now is None or was.place != now.place:
            return _rows_of(connection, name)  # rebuilt or emptied; that is not counted by row
        return self._rows[name] + now.more - was.more


@dataclass(frozen=True)
class _Own:
    """A table as PostgreSQL keeps it: its `place` on disk, and its rows `more` by ourselves."""

    place: int
    more: int


_OWN: Final = text(
    "SELECT relname, pg_relation_filenode(oid), pg_stat_get_xact_tuples_inserted(oid)"
    " - pg_stat_get_xact_tuples_deleted(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = current_schema()::text::regnamespace"
)


def _own(connection: Connection) -> dict[str, _Own]:
    """By table; nothing where rows have to be counted instead."""
    if connection.dialect.name != "postgresql":
        return {}
    if connection.scalar(text("SHOW track_counts")) != "on":
        return {}
    return {name: _Own(place, more) for name, place, more in connection.execute(_OWN)}


def _names(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - ALEMBIC


def _count(connection: Connection) -> dict[str, int]:
    return {name: _rows_of(connection, name) for name in sorted(_names(connection))}


def _rows_of(connection: Connection, name: str) -> int:
    return int(connection.scalar(select(func.count()).select_from(table(name))) or 0)


def _loose(connection: Connection) -> dict[str, int]:
    """By table; PostgreSQL looks after that by itself."""
    if connection.dialect.name != "sqlite":
        return {}
    found: dict[str, int] = {}
    for row in connection.execute(text("PRAGMA foreign_key_check")):
        found[row[0]] = found.get(row[0], 0) + 1
    return found
