"""What nothing would ever move is found by itself, at a cost that does not grow."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.orm import Session

from engine import adrift
from engine.adrift import FindAdrift, FindForgotten
from engine.store import BUFFERED, INCIDENT, INSTANCE, ITEM, SUBSCRIPTION
from engine.verifying import of_instances
from kernel import jobs
from kernel.db import database
from kernel.findings import Finding
from kernel.ids import new_id
from kernel.job_table import Job
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from tests.engine.conftest import Play
from tests.engine.drawing import chain, end, process, start, user
from tests.engine.test_verifying import begin, desk, rewrite

__all__ = ["desk"]


Walk = type[FindAdrift] | type[FindForgotten]
WALKS = pytest.mark.parametrize("walk", [FindAdrift, FindForgotten])


def sweep(times: int = 3, walk: Walk = FindAdrift) -> None:
    """A whole walk, wherever it begins, and the next one."""
    find = walk()
    for _ in range(times):
        with unit_of_work() as uow:
            find(uow)


def told() -> list[tuple[UUID, str, str]]:
    query = select(INCIDENT).where(INCIDENT.c.code == "engine.adrift")
    with read_only() as session:
        rows = session.execute(query).mappings().all()
    return [(row["instance_id"], row["element_id"], row["message"]) for row in rows]


@WALKS
def test_a_case_where_all_is_well_is_left_alone(desk: Play, walk: Walk):
    begin(desk)
    sweep(walk=walk)
    assert told() == []


def test_a_case_that_waits_for_what_does_not_exist_becomes_one_incident(desk: Play):
    root = begin(desk)
    with unit_of_work() as uow:
        uow.session.execute(delete(ITEM).where(ITEM.c.instance_id == root, ITEM.c.status == "open"))
    sweep()
    [(case, element, message)] = told()
    assert (case, element) == (root, "work")
    assert "منتظر چیزی است که وجود ندارد" in message


def test_a_case_that_cannot_be_read_becomes_an_incident_and_stays_as_it_is(desk: Play):
    root = begin(desk)
    with unit_of_work() as uow:
        rewrite(uow.session, root)
    sweep()
    assert [case for case, _, _ in told()] == [root]
    with read_only() as session:
        kept = session.scalar(select(INSTANCE.c.state).where(INSTANCE.c.id == root))
    assert kept == b"\x00"


@contextmanager
def statements() -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(database().engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(database().engine, "before_cursor_execute", hear)


def dearest_look(walk: Walk) -> int:
    """Statements of the dearest of some looks of one walk."""
    find, costs = walk(), []
    for _ in range(4):
        with statements() as heard, unit_of_work() as uow:
            find(uow)
        costs.append(len(heard))
    return max(costs[1:])  # the first also chose where to begin


@WALKS
def test_a_look_costs_the_same_however_many_cases_wait_and_at_last_sees_all(
    desk: Play, monkeypatch: pytest.MonkeyPatch, walk: Walk
):
    monkeypatch.setattr(adrift, "AT_ONCE", 4)
    monkeypatch.setattr(adrift, "GLANCED", 4)
    desk.deploy(process(start(), user("work"), end(), chain("start", "work", "end")))
    cases = [desk.start() for _ in range(4)]
    few = dearest_look(walk)
    for _ in range(18):
        desk.clock.move(minutes=1)
        cases.append(desk.start())
    assert dearest_look(walk) == few

    with unit_of_work() as uow:
        uow.session.execute(delete(ITEM).where(ITEM.c.status == "open"))
    sweep(times=2 * len(cases) // 4 + 2, walk=walk)
    assert {case for case, _, _ in told()} == set(cases)


def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many cases each look opens, from now on."""
    counts: list[int] = []

    def count(session: Session, rows: Sequence[JsonObject]) -> Iterator[Finding]:
        counts.append(len(rows))
        return of_instances(session, rows)

    monkeypatch.setattr(adrift, "of_instances", count)
    return counts


def test_the_quick_walk_opens_no_case_that_waits_for_something(
    desk: Play, monkeypatch: pytest.MonkeyPatch
):
    counts = opened(monkeypatch)
    begin(desk)
    desk.deploy(process(start(), user("work"), end(), chain("start", "work", "end")))
    with_a_machine = desk.start()
    with unit_of_work() as uow:
        uow.session.execute(delete(ITEM).where(ITEM.c.instance_id == with_a_machine))
        asked = {"activation_id": str(new_id())}
        uow.jobs.add("engine.activity", asked, group=str(with_a_machine))
    sweep(walk=FindForgotten)
    assert counts == []


def test_the_quick_walk_opens_few_at_once_and_goes_on_behind_them(
    desk: Play, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(adrift, "AT_ONCE", 2)
    desk.deploy(process(start(), user("work"), end(), chain("start", "work", "end")))
    cases = {desk.start() for _ in range(5)}
    with unit_of_work() as uow:
        uow.session.execute(delete(ITEM).where(ITEM.c.status == "open"))
    counts = opened(monkeypatch)
    sweep(times=8, walk=FindForgotten)
    assert {case for case, _, _ in told()} == cases
    assert max(counts) == 2


def test_the_quick_walk_rests_where_it_has_been_round(desk: Play, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(adrift, "GLANCED", 3)
    desk.deploy(process(start(), user("work"), end(), chain("start", "work", "end")))
    for _ in range(4):
        desk.start()
        desk.clock.move(minutes=1)
    find = FindForgotten()
    pauses = []
    for _ in range(4):
        with unit_of_work() as uow:
            find(uow)
        pauses.append(find.every.total_seconds())
    first = pauses.index(60)  # wherever it began, here it came to the end
    assert pauses[first : first + 3] == [60, 10, 60][: len(pauses) - first]


def test_a_message_whose_job_failed_is_not_brought_a_second_time(desk: Play):
    root = begin(desk)
    with unit_of_work() as uow:
        name = select(SUBSCRIPTION.c.name, SUBSCRIPTION.c.key).where(
            SUBSCRIPTION.c.instance_id == root
        )
        asked, key = uow.session.execute(name).one()
        message = {
            "id": new_id(),
            "name": asked,
            "key": key,
            "text": "",
            "payload": {},
            "message_id": None,
            "created_at": uow.now,
            "expires_at": uow.now + timedelta(days=30),
            "look_at": uow.now,
        }
        uow.session.execute(insert(BUFFERED).values(**message))
        rewrite(uow.session, root)  # nobody can hand it over
    for _ in range(12):
        jobs.run_until_idle()
        desk.clock.move(hours=2)

    with read_only() as session:
        found = select(Job.state).where(Job.kind == "engine.deliver")
        assert list(session.scalars(found)) == ["failed"]

    with unit_of_work() as uow:  # the operator tries it again, in vain
        uow.session.execute(update(Job).values(state="ready", attempts=0, run_at=uow.now))
    for _ in range(12):
        jobs.run_until_idle()
        desk.clock.move(hours=2)
    with read_only() as session:
        assert list(session.scalars(found)) == ["failed"]
