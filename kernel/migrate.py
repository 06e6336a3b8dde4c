"""Bring a database to the newest schema; the same steps on SQLite and PostgreSQL.

All steps of one run are one transaction on both databases, counted before and after: a run that
fails, or that loses a row nobody meant to lose, leaves the database as it was.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from kernel import safe_copy
from kernel.db import Database
from kernel.errors import AppError, NotFound, Unavailable
from kernel.migrations import steps
from kernel.schema_guard import Census, alone

_SCRIPTS = str(Path(__file__).parent / "migrations")


class SchemaUnknown(Unavailable):
    """A later version, or another program, made this schema.

    Mend: run the version that made it, or restore a copy with this one.
    """

    code = "schema.unknown"


class StepUnknown(NotFound):
    """No step of this version is called so."""

    code = "schema.step-unknown"


class SchemaBehind(Unavailable):
    """The database is older than the program. Mend: `ravand db upgrade`."""

    code = "schema.behind"


def upgrade(database: Database, revision: str = "head", *, copies: int = 0) -> Path | None:
    """Run every step that this database has not seen, up to `revision`.

    Args:
        copies: SQLite: copy the file first, and keep so many copies; 0 makes none. An empty
            database is not copied.

    Returns: the copy, if one was made.

    Raises: SchemaUnknown, StepUnknown, CopyFailed, SchemaBusy, TableBusy, RowsChanged,
        ReferencesBroken. Nothing was changed then.
    """
    return _run(database, lambda config: command.upgrade(config, revision), revision, copies)


def downgrade(
    database: Database, revision: str, *, copies: int = 0, lose_rows: bool = False
) -> Path | None:
    """Take steps back until `revision`; `base` is the empty database. Else like `upgrade`.

    Args:
        lose_rows: tables that hold rows may go.

    Raises: RowsWouldGo, and what `upgrade` raises
    """

    def back(config: AlembicConfig) -> None:
        command.downgrade(config, revision)

    return _run(database, back, revision, copies, keep_tables=not lose_rows)


def fits(connection: Connection) -> bool:
    """Whether this release can work with the database's schema.

    It can with its own, and with a later one whose steps only added things; so the processes of
    a release go on while those of the next one take their place.
    """
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    head = newest()
    return found == head or bool(found and steps.only_added(connection, head, found))


def require_fitting(database: Database) -> None:
    """Refuse to work with a schema that this release cannot work with.

    Raises: SchemaBehind, SchemaUnknown
    """
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version") or fits(connection):
            return
        found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is None or found in known:
        raise SchemaBehind(found=found or "base", wanted=newest())
    raise SchemaUnknown(found=found, wanted=newest())


@cache
def newest() -> str:
    """The revision that this version of the program has of the schema."""
    return str(_scripts().get_current_head())


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", _SCRIPTS)
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _run(
    database: Database,
    step: Callable[[AlembicConfig], None],
    revision: str,
    copies: int,
    *,
    keep_tables: bool = False,
) -> Path | None:
    done = database.take_turn()
    try:
        with alone(database) as connection:
            found = MigrationContext.configure(connection).get_current_revision()
            planned = _planned(found, revision)
            if not planned:
                return None
            copy = safe_copy.make(database, revision, copies) if found else None
            try:
                census = _go(connection, step, {name for one in planned for name in one})
                if keep_tables:
                    census.require_tables(connection)
            except BaseException:
                if copy is not None:  # of what is there anyway
                    copy.unlink()
                raise
        safe_copy.thin_out(database, copies)
        return copy
    finally:
        done()


def _go(connection: Connection, step: Callable[[AlembicConfig], None], meant: set[str]) -> Census:
    census = Census(connection)
    config = _config()
    config.attributes["connection"] = connection
    step(config)
    census.compare(connection, meant)
    return census


def _planned(found: str | None, revision: str) -> list[tuple[str, ...]]:
    """Of each step between: the tables whose rows it is meant to make more or fewer."""
    scripts = _scripts()
    _require(scripts, found, SchemaUnknown(found=found, wanted=newest()))
    _require(scripts, revision, StepUnknown(revision=revision))
    target = None if revision == "base" else scripts.as_revision_number(revision)
    if target == found:
        return []
    goal = str(target) if target else "base"
    ordered = [one.revision for one in scripts.walk_revisions()]  # the newest first
    back = found is not None and (target is None or ordered.index(goal) > ordered.index(found))
    upper, lower = (found, goal) if back else (goal, found or "base")
    between = scripts.iterate_revisions(str(upper), lower)
    return [tuple(getattr(one.module, "changes_rows", ())) for one in between]


def _require(scripts: ScriptDirectory, revision: str | None, otherwise: AppError) -> None:
    try:
        scripts.get_revision(revision or "base")
    except CommandError as error:
        raise otherwise from error
