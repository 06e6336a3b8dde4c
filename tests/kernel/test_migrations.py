"""The migrations give exactly the tables that the code declares, on both databases, and go back."""

import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from kernel import db, migrate
from kernel.db import Base, Database
from kernel.migrate import downgrade, fits, upgrade
from tests.servers import Postgres
from tests.tables import load_models


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.new_database("migrations")


def test_migrations_and_models_agree_and_can_be_taken_back(empty_url: str) -> None:
    load_models()
    database = db.configure(empty_url)
    upgrade(database)
    with database.engine.connect() as connection:
        options = {"compare_type": False, "include_name": lambda name, *_: name != "alembic_step"}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    downgrade(database, "base")
    assert {*inspect(database.engine).get_table_names()} == {"alembic_version", "alembic_step"}
    database.dispose()


def test_upgrading_twice_is_harmless(empty_url: str) -> None:
    database = db.configure(empty_url)
    upgrade(database)
    upgrade(database)
    assert "process_instance" in inspect(database.engine).get_table_names()
    database.dispose()


NEXT = """
revision, down_revision = "{revision}", "{after}"
contracts = {contracts}


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
"""


def test_a_release_serves_on_a_later_schema_that_only_added_things_and_on_no_other(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given this release's schema, and three releases after it
    database, later = db.configure(empty_url), tmp_path / "later"
    upgrade(database)
    shutil.copytree(migrate._SCRIPTS, later)
    chain = [migrate.newest(), "adds", "adds_more", "takes_away"]
    for after, revision in pairwise(chain):
        text = NEXT.format(revision=revision, after=after, contracts=revision == "takes_away")
        (later / "versions" / f"{revision}.py").write_text(text)

    def go(step: Callable[[Database, str], None], revision: str) -> bool:
        """As those releases do it; whether this one can work with what they leave."""
        with monkeypatch.context() as of_theirs:
            of_theirs.setattr(migrate, "_SCRIPTS", str(later))
            step(database, revision)
        with database.engine.connect() as connection:
            return fits(connection)

    # when each of them comes and some of them go, then
    assert go(upgrade, chain[0])
    assert go(upgrade, "adds")
    assert go(upgrade, "adds_more")
    assert not go(upgrade, "takes_away")
    assert go(downgrade, "adds")
    assert not go(downgrade, "2026_11_22_first")
    database.dispose()
