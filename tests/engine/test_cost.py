"""What one step costs: statements are counted, so that nobody adds one unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import event, func, select

import engine
import engine.queries
from engine.store import HISTORY, INBOX, INSTANCE, ITEM, SNAPSHOT, SUBMISSION, TIMER
from kernel.db import database
from kernel.uow import read_only, unit_of_work
from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    element,
    end,
    flow,
    outcomes,
    process,
    start,
    timer,
    user,
)
from tests.engine.test_completing import AGREEMENT, FORM
from tests.engine.test_events import LATE, TOLD

LIMIT = '<ravand:deadline duration="P1D" clock="working" reminders="default"/>'


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent inside, and `COMMIT` for each commit."""
    seen: list[str] = []
    db = database().engine

    def statement(_c: object, _cursor: object, text: str, *_: object) -> None:
        if not text.startswith("BEGIN"):
            seen.append(" ".join(text.split())[:90])

    def commit(_connection: object) -> None:
        seen.append("COMMIT")

    event.listen(db, "before_cursor_execute", statement)
    event.listen(db, "commit", commit)
    yield seen
    event.remove(db, "before_cursor_execute", statement)
    event.remove(db, "commit", commit)


def deploy_two_steps(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("first", FORM + LIMIT + outcomes("yes", "no")),
            boundary("late", "first", timer("duration", "PT24H"), TOLD, cancel=False),
            element("exclusiveGateway", "gate", default="gate__end"),
            user("second", FORM + LIMIT),
            end(),
            end("told"),
            chain("start", "first", "gate", "end"),
            chain("late", "told"),
            flow("gate", "second", '= outcomes.first = "yes" and months &gt; 1'),
            chain("second", "end"),
        ),
        **{"forms__agreement.json": AGREEMENT, **LATE},
    )


def test_a_submission_takes_few_statements_and_one_commit(play_both: Play) -> None:
    play = play_both
    deploy_two_steps(play)
    warm = play.start()
    play.complete(warm, "first", outcome="yes", answers={"agreement": {"months": 3}})
    root = play.start()
    item, clerk = play.items(root)[0], play.actor("reception.clerk")

    with counted() as seen, unit_of_work() as uow:
        engine.complete(
            uow,
            item.id,
            {"agreement": {"months": 3}},
            outcome="yes",
            by=clerk,
            revision=item.revision,
            request_id=uuid4(),
        )

    assert seen.count("COMMIT") == 1
    assert len(seen) - 1 <= 11, seen
    assert play.open(root) == ["second"]


def test_a_start_takes_few_statements_and_one_commit(play: Play) -> None:
    deploy_two_steps(play)
    play.start()
    clerk = play.actor("reception.clerk")

    with counted() as seen, unit_of_work() as uow:
        engine.start(uow, "p", by=clerk, request_id=uuid4())

    assert seen.count("COMMIT") == 1
    assert len(seen) - 1 <= 9, seen


def test_the_inbox_is_one_statement_and_so_are_its_counts(play: Play) -> None:
    deploy_two_steps(play)
    play.start()
    clerk = play.actor("reception.clerk")

    with read_only() as session, counted() as seen:
        assert len(engine.queries.inbox(session, clerk)) == 1
        assert engine.queries.inbox_counts(session, clerk).open == 1

    assert len([one for one in seen if one != "COMMIT"]) == 2


def test_the_inbox_walks_its_primary_key_and_sorts_only_what_it_shows(play: Play) -> None:
    deploy_two_steps(play)
    with database().engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT item_id, due FROM inbox_entry "
            "WHERE principal = 'x' ORDER BY due, item_id LIMIT 50"
        ).all()

    assert "USING PRIMARY KEY" in str(plan)
    assert "TEMP B-TREE" not in str(plan)


@pytest.mark.parametrize("called", [2, 12])
def test_where_a_case_stands_costs_the_same_however_many_processes_it_called(
    play: Play, called: int
) -> None:
    many = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false">'
        f"<bpmn:loopCardinality>{called}</bpmn:loopCardinality>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    play.deploy(
        process(
            start(),
            element("callActivity", "call", many, called="child"),
            end(),
            chain("start", "call", "end"),
        ),
        process(start("s"), user("work", FORM), end("e"), chain("s", "work", "e"), key="child"),
        **{"forms__agreement.json": AGREEMENT},
    )
    root, boss = play.start(), play.actor("management.ceo")

    with read_only() as session, counted() as seen:
        view = engine.queries.instance(session, boss, root)
        leaves = engine.queries.standing(session, view, depth=8)

    assert [len(one.items) for one in leaves] == [0] + [1] * called
    assert len(seen) <= 13, seen


def test_a_submission_writes_few_rows_and_few_bytes(play_both: Play) -> None:
    play = play_both
    deploy_two_steps(play)
    root = play.start()
    before = rows()

    play.complete(root, "first", outcome="yes", answers={"agreement": {"months": 3}})

    more = {name: count - before[name] for name, count in rows().items() if count > before[name]}
    assert more == {
        "history_event": 2,  # the step and the gateway
        "instance_snapshot": 1,
        "submission": 1,
        "work_item": 1,
    }
    found = play.instance(root)
    assert len(found.state) <= 260
    assert len(orjson.dumps(found.variables)) <= 80


def rows() -> dict[str, int]:
    """How many rows each of the engine's tables has."""
    with read_only() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (INSTANCE, ITEM, INBOX, TIMER, SUBMISSION, HISTORY, SNAPSHOT)
        }
