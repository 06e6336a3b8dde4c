"""A step costs the same however many cases wait and however many have ended."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, select

from engine.store import HISTORY, INSTANCE, ITEM, SNAPSHOT, SUBMISSION
from kernel import jobs
from kernel.db import database
from kernel.ids import new_id
from kernel.uow import unit_of_work
from tests.engine.conftest import Play
from tests.engine.test_idle import SLACK, Statement, learn, more, visited, wait

TABLES = (INSTANCE, ITEM, SUBMISSION, HISTORY, SNAPSHOT)
OWN = ("id", "instance_id", "root_id", "item_id", "activation_id", "request_id", "history_id")
ASKS = ("SELECT", "UPDATE", "DELETE", "WITH")  # a row that is added is sought by nobody

FEW, MANY = 50, 300


@contextmanager
def asked() -> Iterator[list[Statement]]:
    """Every statement that seeks rows, once for each set of its parameters."""
    seen: list[Statement] = []

    def note(
        _c: object, _cursor: object, said: str, given: Any, _context: object, many: bool
    ) -> None:
        if said.startswith(ASKS):
            seen.extend((said, one) for one in (given if many else (given,)))

    event.listen(database().engine, "before_cursor_execute", note)
    yield seen
    event.remove(database().engine, "before_cursor_execute", note)


def step(play: Play) -> tuple[UUID, list[Statement]]:
    """A case begins, a person does its work, and the machine what follows."""
    with asked() as seen:
        root = play.start("q")
        play.complete(root, "work")
        jobs.run_until_idle()
    return root, seen


def more_of(ended: UUID, count: int) -> None:
    """So many more cases that are over, like this one."""
    fresh: list[dict[UUID, UUID]] = [defaultdict(new_id) for _ in range(count)]
    with unit_of_work() as uow:
        connection = uow.session.connection()
        for table in TABLES:
            place = table.c.id if table is INSTANCE else table.c.instance_id
            rows = connection.execute(select(table).where(place == ended)).mappings().all()
            copies = [_copied(dict(row), ids) for ids in fresh for row in rows]
            connection.execute(insert(table), copies)


def _copied(row: dict[str, Any], ids: dict[UUID, UUID]) -> dict[str, Any]:
    own: dict[str, Any] = {name: ids[row[name]] for name in OWN if row.get(name)}
    if "number" in row:
        own["number"] = f"copy/{own['id'].hex}"
    return row | own


def test_no_statement_of_a_step_grows_with_the_cases_there_are(play_both: Play) -> None:
    play = play_both
    wait(play)
    ended, _ = step(play)  # what is asked once in a process's life has been asked
    more(FEW)
    more_of(ended, FEW)
    _, statements = step(play)
    learn()
    few = [visited(one) for one in statements]

    more(MANY)
    more_of(ended, MANY)
    learn()

    grown = [
        (said, before, after)
        for (said, given), before in zip(statements, few, strict=True)
        if (after := visited((said, given))) > 2 * before + SLACK
    ]
    assert len(statements) > 20
    assert grown == []
