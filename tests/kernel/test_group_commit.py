"""Units that wait for their turn share one commit on SQLite, and nothing else."""

import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from kernel import db, faults
from kernel.db import Database
from kernel.uow import UnitOfWork, unit_of_work
from people.tables import Role
from tests.faults.killing import live

CROWD = 8


def add(uow: UnitOfWork, key: str) -> None:
    uow.session.add(Role(key=key, name=key, name_en=key))
    uow.session.flush()


def stored(database: Database) -> set[str]:
    """What somebody else sees."""
    with closing(sqlite3.connect(str(database.engine.url.database))) as other:
        return {key for (key,) in other.execute("SELECT key FROM role")}


def at_once(database: Database, *works: Callable[[], None]) -> list[BaseException | None]:
    """Let each work in a thread of its own; all of them wait in line before the first begins."""
    ends: list[BaseException | None] = [None] * len(works)

    def one(number: int, work: Callable[[], None]) -> None:
        try:
            work()
        except (DBAPIError, ZeroDivisionError, AssertionError) as error:
            ends[number] = error

    assert database.group is not None
    database.group.longest = 60
    done, until = database.take_turn(), monotonic() + 60
    threads = []
    for number, work in enumerate(works):
        threads.append(threading.Thread(target=one, args=(number, work)))
        threads[-1].start()
        while database.group.turn.waiting() <= number:
            assert monotonic() < until, "a unit does not come"
    done()
    for thread in threads:
        thread.join()
    return ends


@pytest.fixture
def commits(db_sqlite: Database) -> list[str]:
    """One entry for each commit from now on."""
    heard: list[str] = []
    event.listen(db_sqlite.engine, "commit", lambda _: heard.append("commit"))
    return heard


def test_eight_units_need_fewer_commits_and_each_is_on_disk_before_it_returns(
    db_sqlite: Database, commits: list[str]
) -> None:
    told: list[str] = []

    def work(key: str) -> None:
        with unit_of_work(db=db_sqlite) as uow:
            add(uow, key)
            uow.after_commit(lambda: told.append(key))
            assert key not in stored(db_sqlite)
        assert key in told
        assert key in stored(db_sqlite)

    keys = [f"r{number}" for number in range(CROWD)]
    ends = at_once(db_sqlite, *(lambda key=key: work(key) for key in keys))  # type: ignore[misc]

    assert ends == [None] * CROWD
    assert stored(db_sqlite) == set(keys)
    assert len(commits) == 1


def test_a_unit_that_fails_is_undone_alone(db_sqlite: Database) -> None:
    told: list[str] = []

    def work(key: str, divisor: int) -> None:
        with unit_of_work(db=db_sqlite) as uow:
            add(uow, key)
            uow.after_commit(lambda: told.append(key))
            assert divisor / divisor

    divisors = {"first": 1, "wrong": 0, "third": 2, "dry": 3}

    def rehearse() -> None:
        with unit_of_work(commit=False, db=db_sqlite) as uow:
            add(uow, "dry")

    works = [lambda key=key, d=d: work(key, d) for key, d in divisors.items() if key != "dry"]
    ends = at_once(db_sqlite, *works, rehearse)  # type: ignore[arg-type]

    assert [type(one) for one in ends] == [type(None), ZeroDivisionError, type(None), type(None)]
    assert stored(db_sqlite) == {"first", "third"} == set(told)


def test_when_the_first_of_a_group_fails_the_others_go_on(db_sqlite: Database) -> None:
    def work(key: str, divisor: int) -> None:
        with unit_of_work(db=db_sqlite) as uow:
            add(uow, key)
            assert divisor / divisor

    ends = at_once(db_sqlite, lambda: work("wrong", 0), lambda: work("right", 1))

    assert isinstance(ends[0], ZeroDivisionError)
    assert ends[1] is None
    assert stored(db_sqlite) == {"right"}


def test_when_the_commit_is_refused_no_unit_of_the_group_has_happened(
    db_sqlite: Database,
) -> None:
    told: list[str] = []

    def work(key: str) -> None:
        with unit_of_work(db=db_sqlite) as uow:
            add(uow, key)
            uow.after_commit(lambda: told.append(key))

    def spoil() -> None:
        with unit_of_work(db=db_sqlite) as uow:  # a broken reference, judged at the commit only
            uow.session.execute(text("PRAGMA defer_foreign_keys = ON"))
            uow.session.execute(
                text("INSERT INTO role_permission (role_key, permission) VALUES ('nobody', 'x')")
            )

    ends = at_once(db_sqlite, lambda: work("one"), spoil, lambda: work("two"))

    assert all(isinstance(one, DBAPIError) for one in ends)
    assert told == []
    assert stored(db_sqlite) == set()
    with unit_of_work(db=db_sqlite) as uow:
        add(uow, "next")
    assert stored(db_sqlite) == {"next"}


def test_killed_before_the_commit_of_a_group_nobody_was_answered_and_nothing_is_stored(
    db_sqlite: Database, tmp_path: Path
) -> None:
    answered = tmp_path / "answered"
    answered.touch()
    db_sqlite.dispose()

    def work(key: str) -> None:
        with unit_of_work() as uow:
            add(uow, key)
        with answered.open("a") as out:
            out.write(key)

    def life() -> None:
        faults.arm("before-commit", 3)
        own = db.configure(db_sqlite.url)
        at_once(own, *(lambda key=key: work(key) for key in ("one", "two", "three")))  # type: ignore[misc]

    status, _ = live(life)

    assert status == -signal.SIGKILL
    assert answered.read_text() == ""
    assert stored(db_sqlite) == set()
