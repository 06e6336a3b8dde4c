"""Real databases, a clock that stands still, and nothing shared between two tests."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine import settings
from kernel import clock, db, files, outbox
from kernel.audit import Origin
from kernel.audit.sealing import key_of
from kernel.db import Database
from kernel.i18n import set_locale
from notifiers.channels import channels, use
from tests.servers import Postgres, postgres_server, redis_server
from tests.tables import create_all, wipe

START = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)  # Sunday 1405/09/01, 09:00 in Tehran


@pytest.fixture(autouse=True)
def persian() -> None:
    """Every test begins in Persian, whatever language the last request of another one spoke."""
    set_locale("fa")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One PostgreSQL server for the whole run of this worker."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One Redis server for the whole run of this worker."""
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_database(postgres: Postgres) -> str:
    url = postgres.new_database("ravand_test")
    create_all(url)
    return url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    create_all(f"sqlite:///{path}")
    return path


@pytest.fixture
def db_sqlite(_sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database with every table."""
    path = tmp_path / "ravand.db"
    path.write_bytes(_sqlite_template.read_bytes())
    yield db.configure(f"sqlite:///{path}")
    db.database().dispose()


@pytest.fixture
def db_postgres(_postgres_database: str) -> Iterator[Database]:
    """The PostgreSQL database, emptied."""
    wipe(_postgres_database)
    yield db.configure(_postgres_database)
    db.database().dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def db_both(request: pytest.FixtureRequest) -> Database:
    """Each test that asks for it runs twice: on SQLite and on PostgreSQL."""
    chosen: Database = request.getfixturevalue(f"db_{request.param}")
    return chosen


@pytest.fixture
def ravand(db_sqlite: Database, tmp_path: Path) -> Iterator[clock.MovableClock]:
    """SQLite, a file store and a clock that stands at Sunday 1405/09/01, 09:00 in Tehran."""
    files.configure(tmp_path / "files")
    yield from _standing_clock()


@pytest.fixture
def ravand_both(db_both: Database, tmp_path: Path) -> Iterator[clock.MovableClock]:
    """Like `ravand`, on both databases."""
    files.configure(tmp_path / "files")
    yield from _standing_clock()


@pytest.fixture(autouse=True)
def _nothing_wired(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test meets what another one joined together: packages start apart, as after an import."""
    monkeypatch.setattr(outbox, "_subscriptions", {})
    for name in channels:
        use(name, None)
    monkeypatch.setattr(settings, "_settings", settings.Settings())
    monkeypatch.setattr("kernel.audit.log._origin", Origin)
    monkeypatch.setattr("kernel.audit.sealing._key", key_of(""))


@pytest.fixture
def standing_clock() -> Iterator[clock.MovableClock]:
    """The clock alone."""
    yield from _standing_clock()


def _standing_clock() -> Iterator[clock.MovableClock]:
    standing = clock.MovableClock(START)
    before = clock.use(standing)
    yield standing
    clock.use(before)


os.environ.setdefault("RAVAND_TESTING", "1")
