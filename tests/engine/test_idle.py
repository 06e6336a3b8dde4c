"""What the runner asks when nothing is due costs the same however many cases wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, text

import notifiers
import web.wiring
from benchmarks.waiting import Pattern
from engine import adrift
from engine.store import INBOX, ITEM, SUBSCRIPTION
from kernel import jobs
from kernel.db import database
from kernel.jobs.sweeping import seconds_to_next
from kernel.uow import unit_of_work
from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, process, start, timer, user
from tests.engine.test_cost import LIMIT
from tests.engine.test_spent_jobs import DECLARED, GO, KEY

FEW, MANY = 200, 1_500  # some sweeps look at a hundred cases at a time, however many there are
REGISTERED = (notifiers, web.wiring)  # importing them registers every sweep of the product
# What no two rows have in common.
OWN = ("id", "item_id", "filled_for", "activation_id", "instance_id", "root_id")
SLACK = 20
Statement = tuple[str, Any]


@contextmanager
def recorded() -> Iterator[list[Statement]]:
    """Every statement that is sent, with its parameters."""
    seen: list[Statement] = []

    def note(_c: object, _cursor: object, said: str, given: Any, *_: object) -> None:
        if not said.startswith(("BEGIN", "PRAGMA")):
            seen.append((said, given))

    event.listen(database().engine, "before_cursor_execute", note)
    yield seen
    event.remove(database().engine, "before_cursor_execute", note)


def idle(play: Play) -> list[Statement]:
    """What a runner asks that finds nothing to do, the seldom questions too."""
    play.clock.move(hours=1)
    with recorded() as seen:
        assert jobs.drain() == 0
        assert seconds_to_next() is not None
    return seen


def wait(play: Play) -> None:
    """A case waits for a timer that is due tomorrow, one for a person, one for a message."""
    waiting = element("intermediateCatchEvent", "wait", timer("duration", "P1D"))
    heard = element("intermediateCatchEvent", "hear", GO, KEY)
    for key, step in (("p", waiting), ("q", user("work", LIMIT)), ("r", heard)):
        name = {"p": "wait", "q": "work", "r": "hear"}[key]
        parts = (start(), step, end(), chain("start", name, "end"))
        play.deploy(process(*parts, key=key, head=DECLARED))
        play.start(key, contract="7")


def more(count: int) -> None:
    """So many more cases like the first, and as much work, and as many subscriptions."""
    with unit_of_work() as uow:
        connection = uow.session.connection()
        ids = Pattern(connection).copy(connection, [None] * count)
        for table in (ITEM, INBOX, SUBSCRIPTION):
            row = dict(connection.execute(select(table).limit(1)).mappings().one())
            own = [name for name in OWN if name in row]
            connection.execute(insert(table), [row | dict.fromkeys(own, one) for one in ids])


def learn() -> None:
    """PostgreSQL plans by what it knows of the tables, which it finds out by itself in time."""
    if not database().is_sqlite:
        with database().engine.begin() as connection:
            connection.execute(text("ANALYZE"))


def visited(statement: Statement, *off: str) -> int:
    """How many rows a statement comes to, or how many steps the database takes.

    Args:
        off: ways of PostgreSQL's that pay only because a test's tables are small.
    """
    said, given = statement
    with database().engine.connect() as connection, connection.begin() as undone:
        if database().is_sqlite:
            found = _steps(connection, said, given)
        else:
            for way in ("enable_seqscan", *off):
                connection.execute(text(f"SET LOCAL {way} = off"))
            found = _rows(connection, said, given)
        undone.rollback()
    return found


def _steps(connection: Connection, said: str, given: Any) -> int:
    counted = [0]

    def step() -> int:
        counted[0] += 1
        return 0

    driver = connection.connection.driver_connection
    assert driver is not None
    cursor = driver.cursor()
    driver.set_progress_handler(step, 1)
    cursor.execute(said, given).fetchall()
    driver.set_progress_handler(None, 0)
    return counted[0]


def _rows(connection: Connection, said: str, given: Any) -> int:
    explained = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {said}", given)
    return _below(explained.scalar_one()[0]["Plan"])


def _below(plan: dict[str, Any]) -> int:
    here = sum(
        plan.get(name, 0)
        for name in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    )
    return here * plan["Actual Loops"] + sum(_below(one) for one in plan.get("Plans", ()))


def test_no_question_of_an_idle_runner_grows_with_the_cases_that_wait(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adrift, "GLANCED", 100)  # else more than there are
    play = play_both
    wait(play)
    jobs.run_until_idle()  # what is looked for once a day has been
    idle(play)  # what is asked once in a process's life has been asked
    more(FEW)
    statements = idle(play)
    learn()
    few = [visited(one) for one in statements]

    more(MANY)
    learn()

    assert len(idle(play)) == len(statements)
    many = (visited(one) for one in statements)
    grown = [
        (said, before, after)
        for (said, _), before, after in zip(statements, few, many, strict=True)
        if after > 2 * before + SLACK
    ]
    assert grown == []
