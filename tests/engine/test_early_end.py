"""A diagram draws its own early end: the case goes that way, whoever asks for it."""

from uuid import UUID

import pytest

import engine
from engine.errors import InstanceEnded
from engine.queries import instance as page_of
from kernel.uow import read_only, unit_of_work
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user

ASKED = element(
    "startEvent",
    "asked",
    '<bpmn:messageEventDefinition messageRef="M"/>',
    '<ravand:correlation key="= instance.id"/>',
)
HEAD = '<bpmn:message id="M" name="CancelRequest"/>'


def early_end(*inside: str) -> str:
    return element("subProcess", "early", "".join((ASKED, *inside)), triggeredByEvent="true")


def cancel(play: Play, root: UUID, reason: str = "مشترک منصرف شد") -> None:
    head = play.actor("reception.head")
    with unit_of_work() as uow:
        engine.cancel(uow, root, reason, by=head)


def test_the_drawn_end_takes_everything_along_and_keeps_who_and_why(play_both: Play) -> None:
    play = play_both
    child = process(start(), user("inside"), end(), chain("start", "inside", "end"), key="child")
    parent = process(
        start(),
        element("parallelGateway", "fork"),
        element("callActivity", "call", called="child"),
        user("work"),
        boundary("late", "work", timer("duration", "PT1H")),
        end(),
        end("too_late"),
        chain("start", "fork", "work", "end"),
        chain("fork", "call", "end"),
        chain("late", "too_late"),
        early_end(end("over"), chain("asked", "over")),
        head=HEAD,
    )
    play.deploy(child, parent)
    root = play.start()

    cancel(play, play.tree(root)["child"].id)

    assert play.trace(root) == [
        "start",
        "fork",
        "start",
        "-work",
        "-call",
        "asked",
        "over",
        "early",
    ]
    assert {one.status for one in play.tree(root).values()} == {"cancelled"}
    ended = play.instance(root)
    assert (ended.end_reason, ended.ended_by) == (
        "مشترک منصرف شد",
        play.actor("reception.head").name,
    )
    assert ended.variables["ended_by"]["name"] == ended.ended_by
    assert play.open(root) == []
    play.move(hours=2)
    assert play.trace(root)[-1] == "early"
    with pytest.raises(InstanceEnded):
        cancel(play, root)


def test_a_drawn_end_with_steps_of_its_own_is_ended_when_they_are(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            end(),
            chain("start", "work", "end"),
            early_end(user("settle"), end("over"), chain("asked", "settle", "over")),
            head=HEAD,
        )
    )
    root = play.start()
    cancel(play, root)
    assert play.open(root) == ["settle"]
    assert play.instance(root).status == "running"

    play.complete(root, "settle")

    assert play.instance(root).status == "cancelled"
    assert play.instance(root).end_reason == "مشترک منصرف شد"


def test_a_second_wish_cuts_the_drawn_end_short(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            end(),
            chain("start", "work", "end"),
            early_end(user("settle"), end("over"), chain("asked", "settle", "over")),
            head=HEAD,
        )
    )
    root = play.start()
    cancel(play, root)
    cancel(play, root, "دیگر لازم نیست")

    assert play.instance(root).status == "cancelled"
    assert play.open(root) == []


def test_nobody_is_said_to_wait_for_the_early_end(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            end(),
            chain("start", "work", "end"),
            early_end(end("over"), chain("asked", "over")),
            head=HEAD,
        )
    )
    root = play.start()

    with read_only() as session:
        assert page_of(session, play.actor("reception.head"), root).waits == []
