"""The migrations give exactly the tables that the code declares, on both databases, and go back."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from kernel import db
from kernel.db import Base
from kernel.migrate import downgrade, upgrade
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
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    downgrade(database, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    database.dispose()


def test_upgrading_twice_is_harmless(empty_url: str) -> None:
    database = db.configure(empty_url)
    upgrade(database)
    upgrade(database)
    assert "process_instance" in inspect(database.engine).get_table_names()
    database.dispose()
