"""Signals: heard by all who wait when they are thrown, each case in a transaction of its own."""

import pytest
from sqlalchemy import func, select

import engine
from engine.tables import Subscription
from kernel.job_table import Job
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, user
from tests.requirements import bpmn

DECLARED = '<bpmn:signal id="S" name="alarm"/>'
ALARM = '<bpmn:signalEventDefinition signalRef="S"/>'
LEVEL = '<ravand:in target="level" expression="= 1 + 2"/>'


def waits(key: str = "waits") -> str:
    wait = element("intermediateCatchEvent", "heard", ALARM)
    flows = chain("start", "heard", "end")
    return process(start(), wait, end(), flows, key=key, head=DECLARED)


def says(tag: str = "intermediateThrowEvent") -> str:
    said = element(tag, "said", ALARM, LEVEL)
    flows = chain("start", "said") if tag == "endEvent" else chain("start", "said", "end")
    parts = (start(), said) if tag == "endEvent" else (start(), said, end())
    return process(*parts, flows, key="says", head=DECLARED)


@bpmn("catch.signal", "throw.signal", "end.signal")
@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
def test_a_signal_reaches_every_case_that_waits(play_both: Play, tag: str) -> None:
    play = play_both
    play.deploy(waits(), waits("others"), says(tag))
    roots = [play.start("waits"), play.start("waits"), play.start("others")]

    speaker = play.start("says")
    with read_only() as session:
        jobs = session.scalar(select(func.count()).where(Job.kind == "engine.signal"))
    assert jobs == 3  # one transaction for each case
    play.run()

    said = ["start", "said"] if tag == "endEvent" else ["start", "said", "end"]
    assert play.trace(speaker) == said
    for root in roots:
        assert play.trace(root) == ["start", "heard", "end"]
        assert play.instance(root).variables["level"] == 3


@bpmn("signal.late")
def test_whoever_begins_to_wait_after_a_signal_hears_nothing_of_it(play_both: Play) -> None:
    play = play_both
    play.deploy(waits(), says())
    play.start("says")
    late = play.start("waits")  # before the machine came to spread it

    play.run()

    assert play.trace(late) == ["start"]


def test_a_case_that_throws_and_then_waits_does_not_hear_itself(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("intermediateThrowEvent", "said", ALARM),
            element("intermediateCatchEvent", "heard", ALARM),
            end(),
            chain("start", "said", "heard", "end"),
            head=DECLARED,
        )
    )
    root = play.start()
    play.run()

    assert play.trace(root) == ["start", "said"]


@bpmn("throw.signal", "catch.signal")
def test_inside_of_its_own_case_a_signal_is_heard_in_the_same_run(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            element("intermediateCatchEvent", "heard", ALARM),
            user("work"),
            element("intermediateThrowEvent", "said", ALARM, LEVEL),
            end(),
            end("done"),
            chain("start", "fork", "heard", "end"),
            chain("fork", "work", "said", "done"),
            head=DECLARED,
        )
    )
    root = play.start()

    play.complete(root, "work")  # no job has run

    assert play.trace(root) == ["start", "fork", "work", "heard", "said", "end", "done"]
    assert play.instance(root).variables["level"] == 3
    with read_only() as session:
        assert session.scalar(select(func.count()).select_from(Subscription)) == 0


def test_a_signal_may_interrupt_the_very_scope_that_throws_it(play: Play) -> None:
    inner = (
        start("in")
        + element("intermediateThrowEvent", "said", ALARM)
        + user("never")
        + end("out")
        + chain("in", "said", "never", "out")
    )
    play.deploy(
        process(
            start(),
            element("subProcess", "sub", inner),
            boundary("heard", "sub", ALARM),
            end(),
            end("stopped"),
            chain("start", "sub", "end"),
            chain("heard", "stopped"),
            head=DECLARED,
        )
    )
    root = play.start()

    assert play.trace(root) == ["start", "in", "said", "-sub", "heard", "stopped"]
    assert play.instance(root).status == "completed"


@bpmn("start.signal")
def test_a_signal_begins_one_case_of_each_process_that_starts_with_it(play_both: Play) -> None:
    play = play_both
    for key in ("one", "two"):
        flows = chain("begun", "end")
        play.deploy(process(start("begun", ALARM), end(), flows, key=key, head=DECLARED))
    play.deploy(says())

    play.start("says")
    play.run()

    for key in ("one", "two"):
        [root] = play.cases(key)
        assert play.trace(root) == ["begun", "end"]
        assert play.instance(root).variables == {"level": 3}


def test_a_child_of_the_same_case_hears_what_its_caller_throws(play: Play) -> None:
    play.deploy(
        waits(),
        process(
            start(),
            element("parallelGateway", "fork"),
            element("callActivity", "call", called="waits"),
            user("work"),
            element("intermediateThrowEvent", "said", ALARM),
            end(),
            chain("start", "fork", "call", "end"),
            chain("fork", "work", "said", "end"),
            key="caller",
            head=DECLARED,
        ),
    )
    root = play.start("caller")

    play.complete(root, "work")
    play.run()

    before = ["start", "fork", "start", "work", "said", "end"]
    assert play.trace(root) == [*before, "heard", "end", "call", "end"]


def test_a_boundary_that_does_not_interrupt_hears_every_signal(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("heard", "work", ALARM, cancel=False),
            end(),
            end("noted"),
            chain("start", "work", "end"),
            chain("heard", "noted"),
            head=DECLARED,
        )
    )
    root = play.start()

    for _ in range(2):
        with unit_of_work() as uow:
            assert engine.broadcast(uow, "alarm", {}, by=SYSTEM) == 1
        play.run()

    assert play.trace(root) == ["start", "heard", "noted", "heard", "noted"]


def test_a_broken_case_does_not_keep_a_signal_from_the_others(play: Play) -> None:
    bad = process(
        start(),
        element("intermediateCatchEvent", "heard", ALARM),
        element("exclusiveGateway", "choose"),
        end(),
        end("other"),
        chain("start", "heard", "choose"),
        '<bpmn:sequenceFlow id="f1" sourceRef="choose" targetRef="end">'
        "<bpmn:conditionExpression>= nothing.there &gt; 1</bpmn:conditionExpression>"
        "</bpmn:sequenceFlow>",
        '<bpmn:sequenceFlow id="f2" sourceRef="choose" targetRef="other">'
        "<bpmn:conditionExpression>= nothing.there &gt; 2</bpmn:conditionExpression>"
        "</bpmn:sequenceFlow>",
        key="bad",
        head=DECLARED,
    )
    play.deploy(bad, waits())
    broken, sound = play.start("bad"), play.start("waits")

    with unit_of_work() as uow:
        engine.broadcast(uow, "alarm", {}, by=SYSTEM)
    play.run()

    assert play.trace(sound) == ["start", "heard", "end"]
    assert play.trace(broken) == ["start", "heard", "!choose"]
