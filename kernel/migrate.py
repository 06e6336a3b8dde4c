"""Bring a database to the newest schema; the same steps on SQLite and PostgreSQL."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from kernel.db import Database
from kernel.migrations import steps

_SCRIPTS = str(Path(__file__).parent / "migrations")


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every step that this database has not seen, up to `revision`."""
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Take steps back until `revision`; `base` is the empty database."""
    _run(database, lambda config: command.downgrade(config, revision))


def fits(connection: Connection) -> bool:
    """Whether this release can work with the database's schema.

    It can with its own, and with a later one whose steps only added things; so the processes of
    a release go on while those of the next one take their place.
    """
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    head = _head()
    return found == head or bool(found and steps.only_added(connection, head, found))


@cache
def _head() -> str:
    config = AlembicConfig()
    config.set_main_option("script_location", _SCRIPTS)
    return str(ScriptDirectory.from_config(config).get_current_head())


def _run(database: Database, step: "object") -> None:
    done = database.take_turn()
    try:
        with database.writer.connect() as connection:
            config = AlembicConfig()
            config.set_main_option("script_location", _SCRIPTS)
            config.attributes["connection"] = connection
            _without_foreign_keys(connection, database)
            step(config)  # type: ignore[operator]
            connection.commit()
    finally:
        done()


def _without_foreign_keys(connection: Connection, database: Database) -> None:
    # SQLite rebuilds a table by dropping it; with foreign keys on, that deletes the children.
    if database.is_sqlite:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
