"""Bring a database to the newest schema; the same steps on SQLite and PostgreSQL."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from kernel.db import Database

_SCRIPTS = str(Path(__file__).parent / "migrations")


def upgrade(database: Database, revision: str = "head") -> None:
    """Run every step that this database has not seen, up to `revision`."""
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Take steps back until `revision`; `base` is the empty database."""
    _run(database, lambda config: command.downgrade(config, revision))


def is_current(connection: Connection) -> bool:
    """Whether the database has exactly this release's schema."""
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found == _head()


@cache
def _head() -> str | None:
    config = AlembicConfig()
    config.set_main_option("script_location", _SCRIPTS)
    return ScriptDirectory.from_config(config).get_current_head()


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
