"""Receive tasks and event gateways that begin a case, and the choice among several starts."""

import pytest

import engine
from engine.errors import StartUnknown
from kernel.uow import read_only, unit_of_work
from people.actors import actor_at
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user
from tests.requirements import bpmn

DECLARED = (
    '<bpmn:message id="M" name="go"/><bpmn:message id="N" name="stay"/>'
    '<bpmn:signal id="S" name="alarm"/>'
)
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
STAY = '<bpmn:messageEventDefinition messageRef="N"/>'
ALARM = '<bpmn:signalEventDefinition signalRef="S"/>'
KEY = '<ravand:correlation key="= instance.business_key"/>'


@bpmn("task.receive.start")
def test_a_receive_task_without_a_flow_to_it_begins_a_case(play_both: Play) -> None:
    play = play_both
    play.deploy(
        process(
            element("receiveTask", "order", "", KEY, messageRef="M", instantiate="true"),
            boundary("late", "order", timer("duration", "PT1H")),
            user("work"),
            element("receiveTask", "again", "", KEY, messageRef="M"),
            end(),
            end("never"),
            chain("order", "work", "again", "end"),
            chain("late", "never"),
            head=DECLARED,
        )
    )

    play.message("go", "k1", amount=4)
    play.message("go", "k2")

    one, two = play.cases()
    play.complete(one, "work")
    play.message("go", "k1")
    assert play.trace(one) == ["order", "work", "again", "end"]
    assert play.instance(one).variables["amount"] == 4
    assert play.instance(one).business_key == "k1"
    assert play.trace(two) == ["order"]


@bpmn("gateway.event", "start.message")
def test_an_event_gateway_without_a_flow_to_it_begins_a_case_by_one_of_its_messages(
    play: Play,
) -> None:
    play.deploy(
        process(
            element("eventBasedGateway", "either", instantiate="true"),
            element("intermediateCatchEvent", "going", GO, KEY),
            element("receiveTask", "staying", "", KEY, messageRef="N"),
            end(),
            chain("either", "going", "end"),
            chain("either", "staying", "end"),
            head=DECLARED,
        )
    )

    play.message("stay", "k1")
    play.message("go", "k2")

    one, two = play.cases()
    assert play.trace(one) == ["either", "staying", "end"]
    assert play.trace(two) == ["either", "going", "end"]


@bpmn("start.several")
def test_of_several_starts_a_person_picks_one_and_each_event_begins_its_own(play: Play) -> None:
    play.deploy(
        process(
            start("plain"),
            start("other"),
            start("told", GO),
            start("alarmed", ALARM),
            start("timed", timer("cycle", "R/PT1H")),
            end(),
            *(chain(one, "end") for one in ("plain", "other", "told", "alarmed", "timed")),
            head=DECLARED,
        )
    )
    assert play.trace(play.start()) == ["plain", "end"]
    with unit_of_work() as uow:
        clerk = actor_at(uow.session, "reception.clerk")
        picked = engine.start(uow, "p", start_event="other", by=clerk).id
    assert play.trace(picked) == ["other", "end"]

    play.message("go", "k")
    with unit_of_work() as uow:
        engine.broadcast(uow, "alarm", {}, by=play.actor("management.ceo"))
    play.run()
    play.move(hours=1)

    assert [play.trace(root)[0] for root in play.cases()] == [
        "plain",
        "other",
        "told",
        "alarmed",
        "timed",
    ]


@bpmn("start.none", "end.none")
def test_a_none_start_is_begun_by_a_person(play: Play) -> None:
    play.deploy(process(start(), end(), chain("start", "end")))
    root = play.start()

    assert play.trace(root) == ["start", "end"]
    assert play.instance(root).status == "completed"


def test_nobody_starts_by_hand_what_only_a_message_begins(play: Play) -> None:
    play.deploy(process(start("told", GO), end(), chain("told", "end"), head=DECLARED))

    with pytest.raises(StartUnknown):
        play.start()
    with read_only() as session:
        clerk = play.actor("reception.clerk")
        assert [one.key for one in engine.queries.startable(session, clerk)] == []
