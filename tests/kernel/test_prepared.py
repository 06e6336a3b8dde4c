"""Statements that run on the driver's own cursor behave as the same ones through SQLAlchemy."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Connection, bindparam, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from kernel.clock import now
from kernel.db import Database
from kernel.job_table import Job
from kernel.prepared import Prepared

JOB = Job.__table__
NAMES = ("id", "kind", "payload", "state", "run_at", "attempts", "max_attempts", "fence")
COLUMNS = [*NAMES, "created_at", "key"]


@pytest.fixture
def connection(db_both: Database) -> Iterator[Connection]:
    """A transaction on each of the two databases."""
    with db_both.writer.begin() as opened:
        yield opened


def job(**changes: object) -> dict[str, object]:
    return {
        "id": uuid4(),
        "kind": "k",
        "payload": {"متن": [1, None]},
        "state": "ready",
        "run_at": now(),
        "attempts": 0,
        "max_attempts": 8,
        "fence": 0,
        "created_at": now(),
        "key": None,
        **changes,
    }


ADD = Prepared(insert(JOB), COLUMNS)
FIND = Prepared(select(JOB).where(JOB.c.id == bindparam("job")))


def test_a_row_comes_back_as_it_went_in_and_as_core_reads_it(connection: Connection) -> None:
    first, second = job(), job(payload=[])
    assert ADD.change_many(connection, [first, second]) == 2

    found = FIND.first(connection, {"job": first["id"]})

    core = connection.execute(select(JOB).where(JOB.c.id == first["id"])).one()
    assert found == tuple(core)
    read = dict(zip(JOB.c.keys(), core, strict=True))
    assert read | first == read


def test_changes_are_counted(connection: Connection) -> None:
    known = job()
    ADD.change(connection, known)
    rename = Prepared(update(JOB).where(JOB.c.id == bindparam("job")).values(kind=bindparam("to")))

    assert rename.change(connection, {"job": known["id"], "to": "other"}) == 1
    assert rename.change(connection, {"job": uuid4(), "to": "other"}) == 0


def test_an_error_of_the_driver_is_sqlalchemys_and_shows_no_value(connection: Connection) -> None:
    known = job(kind="secret of a person")
    ADD.change(connection, known)

    with pytest.raises(IntegrityError) as raised:
        ADD.change(connection, known)

    assert "secret of a person" not in str(raised.value)
    connection.rollback()


def test_who_listens_to_the_engine_hears_of_the_statement(connection: Connection) -> None:
    heard: list[str] = []

    def listen(_c: object, _cursor: object, text: str, *_: object) -> None:
        heard.append(text)

    event.listen(connection.engine, "before_cursor_execute", listen)
    FIND.all(connection, {"job": uuid4()})
    event.remove(connection.engine, "before_cursor_execute", listen)

    assert len(heard) == 1
    assert "FROM job" in heard[0]
