"""A change of the schema loses nothing: it is whole or not at all, on both databases."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Uuid,
    event,
    insert,
    inspect,
    select,
    text,
)

from kernel import db, migrate, old_copies, safe_copy, schema_guard
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.jobs import sweeps
from kernel.migrate import SchemaBehind, SchemaUnknown, downgrade, require_fitting, upgrade
from kernel.schema_guard import ReferencesBroken, RowsChanged, RowsWouldGo, SchemaBusy, TableBusy
from kernel.uow import unit_of_work
from tests.servers import Postgres

FIRST = "2026_11_22_first"
ROWS = 3
REDACTION = {"id": "01a2026d955e7000a5a10750a26c6d05", "at": "2026-11-22 05:30:00"}
Contents = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'ravand.db'}"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database("safely")
    yield db.configure(url)
    db.database().dispose()


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty database on SQLite."""
    yield db.configure(f"sqlite:///{tmp_path / 'ravand.db'}")
    db.database().dispose()


@pytest.fixture
def on_postgres(postgres: Postgres) -> Iterator[Database]:
    """An empty database on PostgreSQL."""
    yield db.configure(postgres.new_database("safely"))
    db.database().dispose()


def tables_of(database: Database) -> list[Table]:
    metadata = MetaData()
    with database.engine.connect() as connection:
        metadata.reflect(connection)
    own = (table for table in metadata.sorted_tables if not table.name.startswith("alembic"))
    return list(own)


def seed(database: Database) -> None:
    """Some rows in every table; what refers to another table refers to rows of it."""
    with database.writer.begin() as connection:
        for table in tables_of(database):
            rows = [{c.name: value(table, c, place) for c in table.c} for place in range(ROWS)]
            connection.execute(insert(table), rows)


def value(table: Table, column: Column[Any], place: int) -> Any:
    refers = next(iter(column.foreign_keys), None)
    if refers is not None and refers.column.table is table:
        return None
    if refers is not None:
        return value(refers.column.table, refers.column, place)
    if column.name == "id" and table.name in ("organisation", "hold"):
        return place + 1
    return plain(table, column, place)


def plain(table: Table, column: Column[Any], place: int) -> Any:
    kind = column.type
    key = UUID(int=(sum(map(ord, table.name + column.name)) << 8) + place)
    if isinstance(kind, Uuid):
        return key if kind.as_uuid else str(key)
    if isinstance(kind, Boolean):
        return place % 2 == 0
    if isinstance(kind, DateTime):
        at = datetime(2026, 11, 22, 5, 30, place, tzinfo=UTC)
        return at if kind.timezone else at.replace(tzinfo=None)
    if isinstance(kind, Date):
        return date(2026, 11, 22)
    if isinstance(kind, Integer):
        return place
    if isinstance(kind, LargeBinary):
        return b"\x00\xff" * place
    length = getattr(kind, "length", None)
    if length == 32:  # an id as SQLite keeps it
        return key.hex
    return "[]" if length is None else f"{place}-{column.name}"[:length]


def contents(database: Database, tables: list[Table]) -> Contents:
    """Every row, of the columns that these tables have."""
    with database.engine.connect() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=str)
            for table in tables
        }


def revision_of(database: Database) -> str:
    with database.engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_a_filled_database_of_the_first_release_comes_to_this_one_and_back(
    database: Database,
) -> None:
    upgrade(database, FIRST)
    seed(database)
    known = tables_of(database)
    before = contents(database, known)
    assert {len(rows) for rows in before.values()} == {ROWS}

    upgrade(database)
    now = tables_of(database)
    assert contents(database, known) == before
    all_of_it = contents(database, now)

    downgrade(database, FIRST)
    assert contents(database, known) == before
    assert {table.name for table in tables_of(database)} == set(before)

    upgrade(database)
    assert contents(database, now) == all_of_it


def test_tables_with_rows_go_on_the_way_back_only_when_that_is_said(database: Database) -> None:
    upgrade(database)
    with database.writer.begin() as connection:
        connection.execute(text("INSERT INTO case_redaction VALUES (:id, :at)"), REDACTION)
    before = contents(database, tables_of(database))

    with pytest.raises(RowsWouldGo) as refused:
        downgrade(database, FIRST, copies=1)

    assert refused.value.facts == {"tables": "case_redaction (1)"}
    assert contents(database, tables_of(database)) == before
    downgrade(database, FIRST, lose_rows=True)
    assert revision_of(database) == FIRST


STEP = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{revision}", "{after}"
{more}

def upgrade() -> None:
{up}

def downgrade() -> None:
    pass
"""


class Steps:
    """Steps of a release to come, beside our own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copytree(migrate._SCRIPTS, folder)
        monkeypatch.setattr(migrate, "_SCRIPTS", str(folder))
        self._folder, self._last = folder / "versions", migrate.newest()

    def add(self, revision: str, *up: str, more: str = "") -> None:
        lines = "\n".join(f"    {line}" for line in up)
        step = STEP.format(revision=revision, after=self._last, up=lines, more=more)
        (self._folder / f"{revision}.py").write_text(step)
        self._last = revision


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(tmp_path / "steps", monkeypatch)


FAMILY = (
    'number = sa.Column("id", sa.Integer, primary_key=True)',
    'op.create_table("elder", number, sa.Column("x", sa.Text))',
    'parent = sa.ForeignKey("elder.id", ondelete="CASCADE")',
    'above = sa.Column("elder_id", sa.Integer, parent)',
    'op.create_table("younger", sa.Column("id", sa.Integer, primary_key=True), above)',
)
BORN = ("INSERT INTO elder VALUES (1, 'a')", "INSERT INTO younger VALUES (1, 1)")
REBUILT = (
    'with op.batch_alter_table("elder", recreate="always") as elder:',
    '    elder.alter_column("x", type_=sa.String(10))',
)


def family(database: Database, steps: Steps) -> None:
    """A table whose rows go when those go that they refer to."""
    steps.add("family", *FAMILY)
    upgrade(database)
    with database.writer.begin() as connection:
        for statement in BORN:
            connection.execute(text(statement))


def test_steps_that_fail_leave_the_database_as_it_was(database: Database, steps: Steps) -> None:
    family(database, steps)
    before = contents(database, tables_of(database))
    steps.add("works", 'op.create_table("new", sa.Column("id", sa.Integer, primary_key=True))')
    steps.add("fails", 'op.execute("DELETE FROM younger")', "raise ZeroDivisionError")

    with pytest.raises(ZeroDivisionError):
        upgrade(database)

    assert contents(database, tables_of(database)) == before
    assert revision_of(database) == "family"


def test_a_step_that_loses_rows_is_taken_back_unless_it_says_so(
    database: Database, steps: Steps
) -> None:
    family(database, steps)
    before = contents(database, tables_of(database))
    steps.add("loses", 'op.execute("DELETE FROM younger")')

    with pytest.raises(RowsChanged) as refused:
        upgrade(database)

    assert refused.value.facts == {"table": "younger", "before": 1, "after": 0}
    assert contents(database, tables_of(database)) == before


MEANWHILE = (
    "with sa.create_engine(op.get_bind().engine.url).begin() as somebody:",
    "    somebody.execute(sa.text('INSERT INTO younger VALUES (2, 1)'))",
)


def test_rows_that_others_add_meanwhile_are_no_steps_doing(
    on_postgres: Database, steps: Steps
) -> None:
    family(on_postgres, steps)
    steps.add("adds", *MEANWHILE, 'op.add_column("younger", sa.Column("y", sa.Text))')

    upgrade(on_postgres)

    rows = contents(on_postgres, tables_of(on_postgres))["younger"]
    assert rows == [(1, 1, None), (2, 1, None)]


def test_rows_that_a_step_loses_are_not_made_up_for_by_those_of_others(
    on_postgres: Database, steps: Steps
) -> None:
    family(on_postgres, steps)
    steps.add("loses", *MEANWHILE, 'op.execute("DELETE FROM younger WHERE id = 1")')

    with pytest.raises(RowsChanged) as refused:
        upgrade(on_postgres)

    assert refused.value.facts == {"table": "younger", "before": 1, "after": 0}
    assert len(contents(on_postgres, tables_of(on_postgres))["younger"]) == 2


def test_a_table_that_is_emptied_at_one_go_is_missed(on_postgres: Database, steps: Steps) -> None:
    family(on_postgres, steps)
    steps.add("empties", 'op.execute("TRUNCATE younger")')

    with pytest.raises(RowsChanged) as refused:
        upgrade(on_postgres)

    assert refused.value.facts == {"table": "younger", "before": 1, "after": 0}


def test_a_step_may_say_which_rows_it_takes_away(database: Database, steps: Steps) -> None:
    family(database, steps)
    steps.add("loses", 'op.execute("DELETE FROM younger")', more='changes_rows = ("younger",)')

    upgrade(database)

    assert contents(database, tables_of(database))["younger"] == []


def test_a_table_is_rebuilt_and_what_refers_to_its_rows_stays(
    on_sqlite: Database, steps: Steps
) -> None:
    family(on_sqlite, steps)
    steps.add("rebuilds", *REBUILT)

    upgrade(on_sqlite)

    assert contents(on_sqlite, tables_of(on_sqlite))["younger"] == [(1, 1)]
    with on_sqlite.engine.connect() as one, on_sqlite.engine.connect() as other:
        for connection in (one, other):  # whoever gets the connection next has them on again
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_were_foreign_keys_on_the_lost_rows_would_be_missed(
    on_sqlite: Database, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(on_sqlite, steps)
    steps.add("rebuilds", *REBUILT)
    monkeypatch.setattr(schema_guard, "_foreign_keys", lambda *_: None)

    with pytest.raises(RowsChanged) as refused:
        upgrade(on_sqlite)

    assert refused.value.facts == {"table": "younger", "before": 1, "after": 0}
    assert contents(on_sqlite, tables_of(on_sqlite))["younger"] == [(1, 1)]


def test_rows_that_refer_to_nothing_are_refused(on_sqlite: Database, steps: Steps) -> None:
    family(on_sqlite, steps)
    steps.add("orphans", 'op.execute("DELETE FROM elder")', more='changes_rows = ("elder",)')

    with pytest.raises(ReferencesBroken) as refused:
        upgrade(on_sqlite)

    assert refused.value.facts == {"table": "younger", "count": 1}
    assert contents(on_sqlite, tables_of(on_sqlite))["elder"] == [(1, "a")]


def test_the_file_is_copied_first_and_a_few_copies_are_kept(
    on_sqlite: Database, tmp_path: Path
) -> None:
    assert upgrade(on_sqlite, FIRST, copies=2) is None  # there was nothing to copy
    seed(on_sqlite)
    known = tables_of(on_sqlite)
    before = contents(on_sqlite, known)

    copy = upgrade(on_sqlite, copies=2)

    assert copy is not None
    assert copy.stat().st_mode & 0o777 == 0o600
    former = Database(f"sqlite:///{copy}")
    assert contents(former, known) == before
    assert revision_of(former) == FIRST
    former.dispose()
    assert upgrade(on_sqlite, copies=2) is None  # nothing to do, nothing to copy
    assert downgrade(on_sqlite, FIRST, copies=0) is None
    made = [upgrade(on_sqlite, copies=2), downgrade(on_sqlite, FIRST, copies=2)]
    assert safe_copy.copies(tmp_path / "ravand.db") == made


@pytest.mark.parametrize(("days", "left"), [(30, ["young"]), (0, ["old", "young"])])
def test_old_copies_go_by_themselves(
    on_sqlite: Database,
    standing_clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    left: list[str],
) -> None:
    upgrade(on_sqlite)
    file = Path(on_sqlite.url.removeprefix("sqlite:///"))
    monkeypatch.setattr(old_copies, "_keep", None)
    for name, age in (("old", 31), ("young", 29)):
        instant = (standing_clock.now() - timedelta(days=age)).strftime("%Y%m%dT%H%M%S%fZ")
        file.with_name(f"{file.name}.before-{name}-{instant}").touch()

    old_copies.configure(days)
    with unit_of_work() as uow:
        sweeps["copies.old"](uow)

    assert [one.name.split("-")[1] for one in safe_copy.copies(file)] == left


def test_a_change_that_fails_costs_no_copy(on_sqlite: Database, steps: Steps) -> None:
    family(on_sqlite, steps)
    file = Path(on_sqlite.url.removeprefix("sqlite:///"))
    steps.add("adds", 'op.add_column("elder", sa.Column("y", sa.Text))')
    former = upgrade(on_sqlite, copies=1)
    cut_off = file.with_name(f"{file.name}.before-head-20260101T000000000000Z.part")
    cut_off.touch()
    steps.add("loses", 'op.execute("DELETE FROM younger")')

    with pytest.raises(RowsChanged):
        upgrade(on_sqlite, copies=1)

    assert safe_copy.copies(file) == [former]
    assert sorted(file.parent.glob("*.before-*")) == [former]


def test_without_a_copy_nothing_is_changed(tmp_path: Path) -> None:
    full = db.configure(f"sqlite:///{tmp_path / ('r' * 235)}")  # no longer name would do
    upgrade(full, FIRST)

    with pytest.raises(safe_copy.CopyFailed):
        upgrade(full, copies=1)

    assert revision_of(full) == FIRST
    full.dispose()


def test_a_table_in_use_is_not_waited_for_long(
    on_postgres: Database, steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(on_postgres, steps)
    steps.add("adds", 'op.add_column("elder", sa.Column("y", sa.Text))')
    monkeypatch.setattr(schema_guard, "PATIENCE", 0.1)

    with on_postgres.engine.begin() as other:
        other.execute(text("LOCK TABLE elder IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(TableBusy):
            upgrade(on_postgres)

    upgrade(on_postgres)
    assert revision_of(on_postgres) == "adds"


def test_one_process_changes_the_schema_at_a_time(
    on_postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema_guard, "PATIENCE", 0.1)

    with schema_guard.alone(on_postgres), pytest.raises(SchemaBusy):
        upgrade(on_postgres)

    assert inspect(on_postgres.engine).get_table_names() == []


def test_a_file_that_another_program_writes_is_not_waited_for_long(on_sqlite: Database) -> None:
    upgrade(on_sqlite, FIRST)
    file = on_sqlite.url.removeprefix("sqlite:///")
    event.listen(on_sqlite.engine, "connect", _wait_a_tenth)
    on_sqlite.dispose()

    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SchemaBusy):
            upgrade(on_sqlite, copies=1)
        assert safe_copy.copies(Path(file)) == []
        other.execute("ROLLBACK")

    assert revision_of(on_sqlite) == FIRST
    upgrade(on_sqlite)
    assert revision_of(on_sqlite) == migrate.newest()


def _wait_a_tenth(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout=100")


def test_a_schema_of_a_later_version_is_neither_used_nor_changed(database: Database) -> None:
    upgrade(database)
    require_fitting(database)
    with database.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '2099_later'"))

    for refused in (require_fitting, upgrade):
        with pytest.raises(SchemaUnknown, match="2099_later"):
            refused(database)
    assert revision_of(database) == "2099_later"


def test_a_schema_that_is_behind_is_not_used(database: Database) -> None:
    upgrade(database, FIRST)

    with pytest.raises(SchemaBehind, match=FIRST):
        require_fitting(database)
