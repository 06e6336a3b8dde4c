"""Catching timers of every kind, and event gateways whose first event wins."""

import pytest

import engine
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user
from tests.requirements import bpmn

DECLARED = '<bpmn:message id="M" name="go"/><bpmn:signal id="S" name="alarm"/>'
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
ALARM = '<bpmn:signalEventDefinition signalRef="S"/>'
KEY = '<ravand:correlation key="= contract"/>'


@bpmn("catch.timer")
@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("duration", "PT2H"),
        ("date", "2026-11-22T11:00:00+03:30"),
        ("cycle", "R/PT2H"),
        ("cycle", "0 11 * * *"),
        ("cycle", "0 0 11 ? * SUN"),
    ],
)
def test_a_token_waits_for_its_time_and_goes_on_once(play: Play, kind: str, text: str) -> None:
    wait = element("intermediateCatchEvent", "wait", timer(kind, text))
    play.deploy(process(start(), wait, end(), chain("start", "wait", "end")))
    root = play.start()

    play.move(minutes=119)
    assert play.trace(root) == ["start"]
    play.move(minutes=1)
    play.move(days=2)

    assert play.trace(root) == ["start", "wait", "end"]


@bpmn("boundary.timer.beside")
def test_a_cron_text_beside_a_task_comes_again_and_again(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("daily", "work", timer("cycle", "0 8 * * *"), cancel=False),
            end(),
            end("told"),
            chain("start", "work", "end"),
            chain("daily", "told"),
        )
    )
    root = play.start()

    play.move(days=1)
    play.move(days=1)
    play.complete(root, "work")
    play.move(days=3)

    assert play.trace(root) == ["start", "daily", "told", "daily", "told", "work", "end"]


def deploy_race(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("eventBasedGateway", "race"),
            element("intermediateCatchEvent", "heard", GO, KEY),
            element("intermediateCatchEvent", "alarmed", ALARM),
            element("intermediateCatchEvent", "short", timer("duration", "PT1H")),
            element("intermediateCatchEvent", "long", timer("duration", "PT5H")),
            end(),
            chain("start", "race"),
            *(chain("race", one, "end") for one in ("heard", "alarmed", "short", "long")),
            head=DECLARED,
        )
    )


@bpmn("gateway.event")
@pytest.mark.parametrize("winner", ["heard", "alarmed", "short"])
def test_the_first_event_wins_and_the_others_are_taken_away(play_both: Play, winner: str) -> None:
    play = play_both
    deploy_race(play)
    root = play.start(contract="c1")

    if winner == "heard":
        play.message("go", "c1")
    elif winner == "alarmed":
        with unit_of_work() as uow:
            engine.broadcast(uow, "alarm", {}, by=SYSTEM)
        play.run()
    play.move(hours=6)

    others = [f"-{one}" for one in ("heard", "alarmed", "short", "long") if one != winner]
    assert play.trace(root) == ["start", "race", *others, winner, "end"]
    assert play.message("go", "c1") == 0


@bpmn("gateway.event", "message.early")
def test_an_early_message_wins_the_race_at_once(play: Play) -> None:
    deploy_race(play)
    with unit_of_work() as uow:
        engine.correlate(uow, "go", "c1", {}, by=SYSTEM, ttl=engine.settings.settings().message_ttl)

    root = play.start(contract="c1")

    assert play.trace(root) == ["start", "race", "-alarmed", "-short", "-long", "heard", "end"]
    play.move(hours=6)
    assert play.instance(root).status == "completed"


@bpmn("gateway.event")
def test_two_tokens_at_one_event_gateway_race_apart(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            element("task", "a"),
            element("task", "b"),
            element("eventBasedGateway", "race"),
            element("intermediateCatchEvent", "heard", GO, KEY),
            element("intermediateCatchEvent", "late", timer("duration", "PT1H")),
            end(),
            chain("start", "fork", "a", "race", "heard", "end"),
            chain("fork", "b", "race", "late", "end"),
            head=DECLARED,
        )
    )
    root = play.start(contract="c1")

    play.message("go", "c1")
    play.move(hours=1)

    ways = ["start", "fork", "a", "b", "race", "race"]
    assert play.trace(root) == [*ways, "-late", "heard", "end", "-heard", "late", "end"]


@bpmn("task.receive")
def test_a_receive_task_waits_for_its_message(play: Play) -> None:
    told = element("receiveTask", "told", "", KEY, messageRef="M")
    play.deploy(process(start(), told, end(), chain("start", "told", "end"), head=DECLARED))
    root = play.start(contract="c1")

    assert play.message("go", "c2") == 0
    assert play.message("go", "c1", sum=3) == 1

    assert play.trace(root) == ["start", "told", "end"]
    assert play.instance(root).variables["sum"] == 3
