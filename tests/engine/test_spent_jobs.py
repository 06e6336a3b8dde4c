"""A job whose tries are spent never vanishes: an operator sees it where it belongs, and retries."""

from uuid import UUID

import pytest
from sqlalchemy import select

import engine
from engine import queries, recording
from engine.errors import IncidentNeedsRetry
from engine.tables import Incident
from kernel.jobs import Job, operating, run_until_idle
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, process, start, timer, user

GO = '<bpmn:messageEventDefinition messageRef="M"/>'
SIGN = '<bpmn:signalEventDefinition signalRef="S"/>'
KEY = '<ravand:correlation key="= contract"/>'
DECLARED = '<bpmn:message id="M" name="go"/><bpmn:signal id="S" name="all"/>'


def catching(definition: str, key: str = "p") -> str:
    wait = element(
        "intermediateCatchEvent", "wait", definition, KEY if "message" in definition else ""
    )
    parts = (start(), wait, user("after"), end(), chain("start", "wait", "after", "end"))
    return process(*parts, key=key, head=DECLARED)


def throwing(definition: str) -> str:
    said = element("intermediateThrowEvent", "said", definition, KEY)
    parts = (start(), said, user("later"), end(), chain("start", "said", "later", "end"))
    return process(*parts, key="q", head=DECLARED)


def jobs_left() -> list[tuple[str, str]]:
    with read_only() as session:
        return [(one.kind, one.state) for one in session.scalars(select(Job))]


def the_incident(play: Play, root: UUID) -> Incident:
    [found] = play.incidents(root)
    assert (found.code, found.activation_id) == ("engine.job", None)
    return found


def test_a_timer_that_cannot_fire_stops_at_its_element_and_is_tried_again(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = play_both
    play.deploy(catching(timer("duration", "PT1H")))
    root = play.start(text="x" * 50)
    monkeypatch.setattr(recording, "MAX_VARIABLES", 30)

    play.move(hours=1)

    found = the_incident(play, root)
    assert (found.element_id, found.facts["problem"]) == ("wait", "engine.state-limit")
    assert jobs_left() == [("engine.fire", "failed")], "one try: another gives the same answer"
    monkeypatch.undo()
    play.retry(found.id)
    assert play.open(root) == ["after"]
    assert (play.incidents(root), jobs_left()) == ([], [])


def test_a_full_case_goes_on_when_the_operator_makes_room(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.deploy(catching(timer("duration", "PT1H")))
    root = play.start(text="x" * 50)
    monkeypatch.setattr(recording, "MAX_VARIABLES", 30)
    play.move(hours=1)

    play.retry(the_incident(play, root).id, text="short")

    assert play.open(root) == ["after"]


def test_a_thrown_message_that_cannot_be_delivered_is_the_throwers_incident(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = play_both
    play.deploy(catching(GO), throwing(GO))
    waiting = play.start(text="x" * 50, contract="1")
    thrower = play.start("q", contract="1")
    monkeypatch.setattr(recording, "MAX_VARIABLES", 30)

    play.run()

    found = the_incident(play, thrower)
    assert (found.element_id, play.open(waiting)) == ("said", [])
    monkeypatch.undo()
    play.retry(found.id)
    assert (play.open(waiting), jobs_left()) == (["after"], [])


def test_a_signal_that_a_case_cannot_take_is_that_cases_incident(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = play_both
    play.deploy(catching(SIGN))
    full, other = play.start(text="x" * 50), play.start()
    monkeypatch.setattr(recording, "MAX_VARIABLES", 30)

    play.signal("all")

    assert play.open(other) == ["after"]
    found = the_incident(play, full)
    assert found.element_id == "wait"
    monkeypatch.undo()
    play.retry(found.id)
    assert play.open(full) == ["after"]


def test_a_message_can_be_left_undone_and_a_timer_cannot(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.deploy(catching(timer("duration", "PT1H")), throwing(GO), catching(GO, "r"))
    late, thrower = play.start(), play.start("q", contract="1")
    play.start("r", contract="1")
    monkeypatch.setattr(recording, "MAX_VARIABLES", 1)
    play.move(hours=1)

    with unit_of_work() as uow:
        engine.skip_incident(uow, the_incident(play, thrower).id, by=SYSTEM)
    with pytest.raises(IncidentNeedsRetry), unit_of_work() as uow:
        engine.skip_incident(uow, the_incident(play, late).id, by=SYSTEM)

    assert play.incidents(thrower) == []
    assert jobs_left() == [("engine.fire", "failed")]
    assert [one.kind for one in play.happened(thrower, "skipped")] == ["skipped"]


def test_a_missed_tick_of_a_schedule_can_be_made_up_for(
    play_both: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play = play_both
    begun = start("begun", timer("cycle", "R/PT1H"))
    play.deploy(process(begun, user("work"), end(), chain("begun", "work", "end")))
    monkeypatch.setattr(recording, "MAX_VARIABLES", 1)

    play.move(hours=1)

    assert play.cases() == []
    with read_only() as session:
        [missed] = queries.unattended_jobs(session)
        assert (missed.kind, missed.payload["process"]) == ("engine.start", "p")
    monkeypatch.undo()
    with unit_of_work() as uow:
        operating.retry_job(uow, missed.id)
    run_until_idle()
    assert len(play.cases()) == 1
    play.move(hours=1)
    assert len(play.cases()) == 2, "the schedule itself went on"
