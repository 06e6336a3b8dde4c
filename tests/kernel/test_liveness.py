"""Connections that the server has closed meanwhile are replaced before somebody works on them."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import OperationalError

from kernel.db import Database
from kernel.liveness import PingAfterRest
from kernel.uow import read_only
from people.tables import Role
from tests.servers import Postgres

WHO = text("SELECT pg_backend_pid()")


@pytest.fixture
def engine(postgres: Postgres) -> Iterator[Engine]:
    made = create_engine(postgres.url, isolation_level="AUTOCOMMIT")
    yield made
    made.dispose()


def end_others(engine: Engine, backends: list[int]) -> None:
    other = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with other.connect() as connection:
        for backend in backends:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
    other.dispose()


def test_connections_that_the_server_ended_are_replaced_all_at_once(engine: Engine) -> None:
    PingAfterRest(engine, rest=0)
    with engine.connect() as one, engine.connect() as two:
        backends = [one.scalar(WHO), two.scalar(WHO)]
    end_others(engine, backends)

    with engine.connect() as one, engine.connect() as two:
        assert {one.scalar(WHO), two.scalar(WHO)}.isdisjoint(backends)


def test_one_in_steady_use_is_not_asked_and_after_one_error_all_are_replaced(
    engine: Engine,
) -> None:
    PingAfterRest(engine, rest=60)
    with engine.connect() as one, engine.connect() as two:
        backends = [one.scalar(WHO), two.scalar(WHO)]
    end_others(engine, backends)

    with pytest.raises(OperationalError), engine.connect() as connection:
        connection.scalar(WHO)
    with engine.connect() as one, engine.connect() as two:
        assert {one.scalar(WHO), two.scalar(WHO)}.isdisjoint(backends)


def test_statements_stay_prepared_from_one_question_to_the_next(db_postgres: Database) -> None:
    asked = select(Role.key)
    for _ in range(8):
        with read_only() as session:
            session.execute(asked)

    with read_only() as session:
        prepared = session.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
    assert any("FROM role" in one for one in prepared)
