"""Timer starts: one case per tick, whatever happens between two ticks."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

import engine
from engine.errors import StartTimerInvalid
from engine.tables import ProcessInstance, Timer
from engine.verbs.schedule import skip_tick
from kernel.jobs.runner import run_until_idle
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import chain, end, process, start, timer, user
from tests.requirements import bpmn


def due() -> list[str]:
    """The planned ticks, on Tehran's clock."""
    with read_only() as session:
        found = session.scalars(select(Timer.due_at).where(Timer.kind == "start"))
        return [(one + timedelta(hours=3, minutes=30)).strftime("%m-%d %H:%M") for one in found]


def deploy(play: Play, kind: str, text: str, clock: str = "wall") -> None:
    when = timer(kind, text).replace(
        "<bpmn:timerEventDefinition>", f'<bpmn:timerEventDefinition ravand:clock="{clock}">'
    )
    flows = chain("begun", "work", "end")
    play.deploy(process(start("begun", when), user("work"), end(), flows))


def release(version: int) -> None:
    with unit_of_work() as uow:
        engine.release(uow, "p", version, by=SYSTEM)


def retire() -> None:
    with unit_of_work() as uow:
        engine.retire(uow, "p", by=SYSTEM)


@bpmn("start.timer")
@pytest.mark.parametrize(
    ("kind", "text"), [("date", "2026-11-22T11:00:00+03:30"), ("duration", "PT2H")]
)
def test_a_date_or_duration_begins_one_case(play_both: Play, kind: str, text: str) -> None:
    play = play_both
    deploy(play, kind, text)

    play.move(hours=1)
    assert play.cases() == []
    play.move(hours=1)
    play.move(days=3)

    [root] = play.cases()
    play.complete(root, "work")
    assert play.trace(root) == ["begun", "work", "end"]
    assert play.instance(root).started_by == SYSTEM.name
    assert due() == []


@bpmn("start.timer.cycle")
@pytest.mark.parametrize("text", ["R/PT1H", "0 * * * *", "0 0 * * * ?"])
def test_a_cycle_begins_a_case_at_every_tick_and_no_case_loops(play_both: Play, text: str) -> None:
    play = play_both
    deploy(play, "cycle", text)

    for _ in range(3):
        play.move(hours=1)

    cases = play.cases()
    assert len(cases) == 3
    for root in cases:
        play.complete(root, "work")
        assert play.trace(root) == ["begun", "work", "end"]
    assert due() == ["11-22 13:00"]


def test_a_bounded_cycle_ends(play: Play) -> None:
    deploy(play, "cycle", "R3/PT1H")
    for _ in range(6):
        play.move(hours=1)

    assert len(play.cases()) == 3
    assert due() == []


def test_ticks_missed_while_nothing_ran_begin_one_case_and_are_counted(play: Play) -> None:
    deploy(play, "cycle", "R5/2026-11-23T08:00:00+03:30/P1D")

    play.move(days=3)  # the 23rd, 24th and 25th have passed
    assert len(play.cases()) == 1
    assert due() == ["11-26 08:00"]
    for _ in range(4):
        play.move(days=1)

    assert len(play.cases()) == 3


def test_a_cycle_that_began_before_the_release_joins_in_at_its_next_tick(play: Play) -> None:
    deploy(play, "cycle", "R/2026-11-01T08:00:00+03:30/P1D")

    play.run()

    assert play.cases() == []
    assert due() == ["11-23 08:00"]


def test_cron_is_read_in_the_organisations_zone(play: Play) -> None:
    deploy(play, "cycle", "0 8 * * 6")

    assert due() == ["11-28 08:00"]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("cycle", "0 6 * * *", "11-23 08:00"),  # before opening: at the opening
        ("cycle", "R/PT4H", "11-22 13:00"),
        ("duration", "PT8H", "11-23 09:00"),
    ],
)
def test_the_working_clock_is_honoured(play: Play, kind: str, text: str, expected: str) -> None:
    deploy(play, kind, text, clock="working")

    assert due() == [expected]


def test_a_job_that_comes_twice_begins_no_second_case(play_both: Play) -> None:
    play = play_both
    deploy(play, "cycle", "R/PT1H")
    with read_only() as session:
        timer_id = session.scalars(select(Timer.id)).one()
    play.clock.move(hours=1)

    for _ in range(2):
        with unit_of_work() as uow:
            engine.fire(uow, timer_id)
    run_until_idle()

    assert len(play.cases()) == 1


def test_a_tick_that_was_rolled_back_comes_again(play_both: Play) -> None:
    play = play_both
    deploy(play, "cycle", "R/PT1H")
    with read_only() as session:
        timer_id = session.scalars(select(Timer.id)).one()
    play.clock.move(hours=1)
    with unit_of_work(commit=False) as uow:
        engine.fire(uow, timer_id)
    assert play.cases() == []

    run_until_idle()

    assert len(play.cases()) == 1


def test_retiring_ends_the_schedule_and_a_newer_version_moves_it(play: Play) -> None:
    deploy(play, "cycle", "R/PT1H")
    deploy(play, "cycle", "R/PT3H")
    assert due() == ["11-22 12:00"]

    play.move(hours=3)
    [root] = play.cases()
    with read_only() as session:
        version = engine.queries.instances(session, play.actor("management.ceo"))[0].version
    retire()
    play.move(days=1)

    assert (play.cases(), version, due()) == ([root], 2, [])


def test_a_date_that_is_past_begins_its_case_at_the_release_but_only_once(play: Play) -> None:
    deploy(play, "date", "2026-11-22T08:00:00+03:30")
    play.run()
    assert len(play.cases()) == 1

    deploy(play, "date", "2026-11-22T08:00:00+03:30")
    play.run()

    assert len(play.cases()) == 1


def test_a_start_time_may_be_computed(play: Play) -> None:
    deploy(play, "date", "= today + duration(&quot;P2D&quot;)")

    assert due() == ["11-24 00:00"]


def test_a_computed_start_time_that_is_none_refuses_the_release(play: Play) -> None:
    with pytest.raises(StartTimerInvalid) as refusal:
        deploy(play, "date", "= nothing")

    assert refusal.value.facts["start"] == "begun"


def test_a_schedule_goes_on_after_a_tick_whose_case_could_not_begin(play: Play) -> None:
    deploy(play, "cycle", "R/PT1H")
    with read_only() as session:
        timer_id = session.scalars(select(Timer.id)).one()
    play.clock.move(hours=1)
    with unit_of_work() as uow:
        skip_tick(uow, timer_id)

    assert due() == ["11-22 11:00"]


def test_a_case_begun_by_a_timer_has_the_system_as_its_initiator(play: Play) -> None:
    deploy(play, "duration", "PT1H")
    play.move(hours=1)

    with read_only() as session:
        case = session.scalars(select(ProcessInstance)).one()
    assert case.initiator["name"] == SYSTEM.name
    assert case.started_at == datetime.fromisoformat("2026-11-22T10:00:00+03:30")
