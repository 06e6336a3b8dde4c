"""Many timers due at once: each fires once, in order, with its own fate, and costs little."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import select

import engine
from engine import machine, recording
from engine.advance import Tree
from engine.store import HISTORY, INSTANCE, TIMER
from engine.verbs import due
from kernel import db, jobs
from kernel.clock import MovableClock
from kernel.db import Database, database
from kernel.jobs import Job, handlers, runner
from kernel.jobs.sweeping import seconds_to_next
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only, unit_of_work
from tests.engine.conftest import Play, agrees, furnish
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user
from tests.engine.test_cost import counted
from tests.faults.killing import begin
from tests.faults.killing import end as ended

MANY = 24


def waiting(play: Play, many: int = MANY) -> list[UUID]:
    """Cases that wait for an hour, then for a person."""
    wait = element("intermediateCatchEvent", "wait", timer("duration", "PT1H"))
    play.deploy(
        process(start(), wait, user("after"), end(), chain("start", "wait", "after", "end"))
    )
    return [play.start() for _ in range(many)]


def reminded(play: Play, many: int = MANY) -> list[UUID]:
    """Cases in which a person is reminded every hour, three times."""
    again = boundary("again", "work", timer("cycle", "R3/PT1H"), cancel=False)
    parts = (start(), user("work"), again, end(), end("told"))
    play.deploy(process(*parts, chain("start", "work", "end"), chain("again", "told")))
    return [play.start() for _ in range(many)]


def fired() -> Counter[UUID]:
    """How often timers fired, by case."""
    with read_only() as session:
        return Counter(session.scalars(select(HISTORY.c.root_id).where(HISTORY.c.kind == "timer")))


def jobs_left() -> list[tuple[str, str]]:
    with read_only() as session:
        return sorted((one.kind, one.state) for one in session.scalars(select(Job)))


@pytest.fixture
def play_pg(db_postgres: Database, standing_clock: MovableClock, composed: None) -> Iterator[Play]:
    """On PostgreSQL, where several processes work at once."""
    yield furnish(standing_clock)
    agrees()


def lives(*acts: Callable[[], object]) -> list[int]:
    """How lives ended that were lived at once, each in a process of its own."""
    url = database().url
    database().dispose()  # no connection of ours is theirs

    def on_its_own(act: Callable[[], object]) -> Callable[[], None]:
        def life() -> None:
            db.configure(url)
            act()

        return life

    return [ended(child) for child in [begin(on_its_own(act)) for act in acts]]


def test_a_batch_costs_the_same_statements_and_commits_however_many_timers_it_fires(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = play_both
    waiting(play, 2 * MANY)
    monkeypatch.setattr(due, "AT_ONCE", MANY)
    monkeypatch.setattr(due, "LONGEST", 3600)
    play.clock.move(hours=1)
    with unit_of_work() as uow:
        first, second = due.mark(uow), due.mark(uow)

    def batch(roots: list[str]) -> list[str]:
        with counted() as seen, unit_of_work() as uow:
            assert due.fire_due(uow, roots) == ([], [])
        return seen

    few, many = batch(first[:4]), batch(second)

    assert len(many) == len(few) <= 10, many
    assert many.count("COMMIT") == 1
    assert len(fired()) == 4 + MANY


def test_all_of_them_fire_once_and_leave_nothing_behind(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = play_both
    roots = waiting(play)
    monkeypatch.setattr(due, "AT_ONCE", 7)

    play.move(hours=1)

    assert fired() == Counter(roots)
    assert all(play.open(root) == ["after"] for root in roots)
    assert jobs_left() == []


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_batch_that_takes_long_is_written_and_the_rest_follows(
    play: Play, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = waiting(play, 5)
    monkeypatch.setattr(due, "LONGEST", seconds)

    play.move(hours=1)

    assert fired() == Counter(roots)


def test_four_sweepers_at_once_fire_each_timer_once(play_pg: Play) -> None:
    roots = reminded(play_pg)
    play_pg.clock.move(hours=1)

    assert lives(*[jobs.run_until_idle] * 4) == [0] * 4

    assert fired() == Counter(roots)
    assert jobs_left() == []


def test_the_same_occurrence_asked_for_by_four_fires_once(play_pg: Play) -> None:
    roots = reminded(play_pg)
    play_pg.clock.move(hours=1)
    with read_only() as session:
        found = [(row.id, row.due_at) for row in session.execute(select(TIMER))]

    def fire_them() -> None:
        for timer_id, planned in found:
            with unit_of_work() as uow:
                engine.fire(uow, timer_id, planned)

    assert lives(*[fire_them] * 4) == [0] * 4
    assert fired() == Counter(roots)


def test_batches_that_overlap_fire_each_timer_once(play_pg: Play) -> None:
    roots = reminded(play_pg)
    play_pg.clock.move(hours=1)

    def fire_all() -> None:
        left = [str(root) for root in roots]
        while left:
            with unit_of_work() as uow:
                unfinished, busy = due.fire_due(uow, left)
            left = unfinished + busy

    assert lives(*[fire_all] * 4) == [0] * 4
    assert fired() == Counter(roots)


def test_one_that_cannot_fire_holds_up_none_of_its_batch(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = play_both
    roots = waiting(play, 6)
    full = play.start(text="x" * 50)
    monkeypatch.setattr(recording, "MAX_VARIABLES", 30)

    play.move(hours=1)

    assert fired() == Counter(roots)
    assert [one.element_id for one in play.incidents(full)] == ["wait"]
    assert jobs_left() == [("engine.fire", "failed")]
    monkeypatch.undo()
    play.retry(play.incidents(full)[0].id)
    assert play.open(full) == ["after"]


def test_one_that_kills_its_workers_takes_no_other_along(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = waiting(play, 6)
    deadly = play.start(deadly=True)
    real = Tree.settle

    def settle(tree: Tree) -> None:
        if any(live.variables.get("deadly") for live in tree.touched):
            os.kill(os.getpid(), signal.SIGKILL)
        real(tree)

    monkeypatch.setattr(Tree, "settle", settle)
    play.clock.move(hours=1)

    for _ in range(20):
        if lives(jobs.run_until_idle) == [0] and fired() == Counter(roots):
            break
        play.clock.move(minutes=20)

    assert fired() == Counter(roots)
    while jobs_left() != [("engine.fire", "failed")]:
        assert lives(jobs.run_until_idle) in ([0], [-signal.SIGKILL])
        play.clock.move(hours=1)
    assert [one.element_id for one in play.incidents(deadly)] == ["wait"]


def test_a_case_that_somebody_works_on_is_left_for_the_next_moment(play_pg: Play) -> None:
    held, *others = waiting(play_pg, 4)
    play_pg.clock.move(hours=1)

    with database().engine.begin() as elsewhere:
        elsewhere.execute(select(INSTANCE.c.id).where(INSTANCE.c.id == held).with_for_update())
        assert lives(jobs.run_until_idle) == [0]

    assert fired() == Counter(others)
    play_pg.move(seconds=2)
    assert fired() == Counter([held, *others])


def test_a_runner_knows_when_the_next_timer_is_due(play_both: Play) -> None:
    play = play_both
    assert seconds_to_next() is None
    waiting(play, 2)
    play.clock.move(minutes=20)
    play.start()

    assert seconds_to_next() == 40 * 60
    play.clock.move(minutes=50)
    assert seconds_to_next() == 10 * 60, "what is due by now is left to the sweep"


def test_a_drain_ends_after_a_while_so_that_others_have_their_turn(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(play)
    jobs.run_until_idle()  # what is looked for once a day has been
    monkeypatch.setattr(due, "AT_ONCE", 2)
    monkeypatch.setattr(runner, "LONGEST", 0)
    play.clock.move(hours=1)

    assert 0 < jobs.drain() <= machine.LANES
    assert 0 < fired().total() < MANY


def test_timers_whose_batch_was_lost_are_found_again(play_both: Play) -> None:
    play = play_both
    roots = waiting(play, 3)
    play.clock.move(hours=1)
    with unit_of_work() as uow:
        due.mark(uow)  # and the job is lost: somebody took it away, or knew no such work

    play.move(minutes=9)
    assert fired() == Counter()
    play.move(minutes=2)
    assert fired() == Counter(roots)


def test_timers_of_one_case_fire_in_the_order_in_which_they_fell_due(play_both: Play) -> None:
    play = play_both
    late = [
        boundary(f"after{hours}", "work", timer("duration", f"PT{hours}H"), cancel=False)
        for hours in (3, 1, 2)
    ]
    ends = [end(f"end{hours}") for hours in (1, 2, 3)]
    flows = [chain(f"after{hours}", f"end{hours}") for hours in (1, 2, 3)]
    play.deploy(
        process(start(), user("work"), end(), *late, *ends, *flows, chain("start", "work", "end"))
    )
    root = play.start()

    play.move(hours=4)

    assert [one.element_id for one in play.happened(root, "timer")] == [
        "after1",
        "after2",
        "after3",
    ]


def test_other_work_has_its_turn_between_two_batches(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting(play)
    monkeypatch.setattr(due, "AT_ONCE", 2)
    monkeypatch.setattr(machine, "LANES", 1)
    play.clock.move(hours=1)
    seen: list[int] = []

    @handlers.register("test.asked")
    def asked(_uow: UnitOfWork, _payload: JsonObject) -> None:
        seen.append(fired().total())

    with unit_of_work() as uow:
        uow.jobs.add("test.asked", {})
    jobs.run_until_idle()

    assert seen[0] <= 4
    assert fired().total() == MANY
