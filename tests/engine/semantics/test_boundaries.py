"""Boundary events of every kind: on work, subprocesses, called processes and repeated work."""

import pytest

from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    element,
    end,
    process,
    script,
    start,
    sub,
    timer,
    user,
)
from tests.requirements import bpmn

DECLARED = (
    '<bpmn:message id="M" name="go"/><bpmn:signal id="S" name="alarm"/>'
    '<bpmn:error id="E" name="BAD" errorCode="BAD"/><bpmn:error id="O" name="ODD" errorCode="ODD"/>'
    '<bpmn:escalation id="X" name="HIGH" escalationCode="HIGH"/>'
)
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
KEY = '<ravand:correlation key="= k"/>'
ALARM = '<bpmn:signalEventDefinition signalRef="S"/>'
BAD = '<bpmn:errorEventDefinition errorRef="E"/>'
ODD = '<bpmn:errorEventDefinition errorRef="O"/>'
ANY = "<bpmn:errorEventDefinition/>"
HIGH = '<bpmn:escalationEventDefinition escalationRef="X"/>'
HOT = "<bpmn:conditionalEventDefinition><bpmn:condition>= n &gt; 5</bpmn:condition>"
HOT += "</bpmn:conditionalEventDefinition>"
TWICE = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
TWICE += "</bpmn:multiInstanceLoopCharacteristics>"
CHILD = process(start("cs"), user("u"), end("ce"), chain("cs", "u", "ce"), key="child")
HOSTS = {
    "task": (user("host"), ["-host"], ["host"], "host"),
    "subprocess": (
        sub("host", start("s"), user("u"), end("e"), chain("s", "u", "e")),
        ["s", "-u", "-host"], ["u", "e", "host"], "u",
    ),
    "repeated": (user("host", inside=TWICE), ["-host"] * 3, ["host"] * 3, "host"),
}  # fmt: skip


def hosted(host: str, definition: str, *, cancel: bool) -> str:
    ext = KEY if definition == GO else ""
    return process(
        start(), host, boundary("b", "host", definition, ext, cancel=cancel),
        user("side"), end(), end("e2"), chain("start", "host", "end"),
        chain("b", "side", "e2"), head=DECLARED,
    )  # fmt: skip


def rouse(play: Play, wake: str) -> None:
    if wake == "message":
        play.message("go", "1")
    elif wake == "signal":
        play.signal("alarm")
    else:
        play.move(minutes=61)


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "wake",
    [
        pytest.param("message", marks=bpmn("boundary.message")),
        pytest.param("signal", marks=bpmn("boundary.signal")),
        pytest.param("timer", marks=bpmn("boundary.timer")),
    ],
)
def test_one_that_interrupts_takes_its_host_and_fires_once(
    play: Play, wake: str, host: str
) -> None:
    definitions = {"message": GO, "signal": ALARM, "timer": timer("duration", "PT1H")}
    drawn, gone, _, _ = HOSTS[host]
    play.deploy(hosted(drawn, definitions[wake], cancel=True))
    root = play.start(k="1")

    rouse(play, wake)
    rouse(play, wake)
    play.complete(root, "side")

    assert play.trace(root) == ["start", *gone, "b", "side", "e2"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "wake",
    [
        pytest.param("message", marks=bpmn("boundary.message.beside")),
        pytest.param("signal", marks=bpmn("boundary.signal.beside")),
        pytest.param("timer", marks=bpmn("boundary.timer.beside")),
    ],
)
def test_one_beside_fires_again_and_again_until_its_host_is_done(
    play: Play, wake: str, host: str
) -> None:
    definitions = {"message": GO, "signal": ALARM, "timer": timer("cycle", "R/PT1H")}
    drawn, _, done, step = HOSTS[host]
    play.deploy(hosted(drawn, definitions[wake], cancel=False))
    root = play.start(k="1")

    rouse(play, wake)
    rouse(play, wake)
    for _ in range(2 if host == "repeated" else 1):
        play.complete(root, step)
    rouse(play, wake)
    assert play.open(root) == ["side", "side"]
    play.complete(root, "side")
    play.complete(root, "side")

    first = ["s"] if host == "subprocess" else []
    assert play.trace(root) == [
        "start", *first, "b", "b", *done, "end", "side", "e2", "side", "e2",
    ]  # fmt: skip


@bpmn("boundary.message", "boundary.timer.beside")
def test_several_events_on_a_called_process_each_go_their_own_way(play: Play) -> None:
    play.deploy(
        CHILD,
        process(
            start(), element("callActivity", "host", called="child"),
            boundary("late", "host", timer("cycle", "R2/PT1H"), cancel=False),
            boundary("b", "host", GO, KEY), element("task", "told"), user("side"),
            end(), end("e2"), end("e3"), chain("start", "host", "end"),
            chain("b", "side", "e2"), chain("late", "told", "e3"), head=DECLARED,
        ),
    )  # fmt: skip
    root = play.start(k="1")

    play.move(minutes=61)
    play.move(minutes=61)
    play.move(minutes=61)
    play.message("go", "1")

    assert play.open(root) == ["side"]
    play.complete(root, "side")
    told = ["late", "told", "e3"]
    assert play.trace(root) == ["start", "cs", *told, *told, "-host", "b", "side", "e2"]


@bpmn("boundary.error", "end.error")
@pytest.mark.parametrize(("thrown", "caught"), [(BAD, "by_code"), (ODD, "by_any")])
def test_an_error_is_caught_by_its_code_or_else_by_whoever_catches_all(
    play: Play, thrown: str, caught: str
) -> None:
    play.deploy(
        process(
            start(), sub("host", start("s"), user("u"), end("e", thrown), chain("s", "u", "e")),
            boundary("by_any", "host", ANY), boundary("by_code", "host", BAD), end(), end("e2"),
            chain("start", "host", "end"), chain("by_any", "e2"), chain("by_code", "e2"),
            head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == ["start", "s", "u", "e", "-host", caught, "e2"]


@bpmn("boundary.error")
def test_an_error_passes_whoever_catches_another_and_one_run_ends_all_runs(play: Play) -> None:
    inner = sub("inner", start("s2"), user("u"), end("e2", BAD), chain("s2", "u", "e2"))
    play.deploy(
        process(
            start(),
            sub("host", TWICE, start("s"), inner, boundary("other", "inner", ODD), end("e"),
                end("e3"), chain("s", "inner", "e"), chain("other", "e3")),
            boundary("b", "host", BAD), end(), end("e4"), chain("start", "host", "end"),
            chain("b", "e4"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    trace = play.trace(root)
    assert trace[:6] == ["start", "s", "s", "s2", "s2", "u"]
    assert sorted(trace[6:-2]) == sorted(
        ["e2", "-inner", "-host", "-u", "-inner", "-host", "-host"]
    )
    assert trace[-2:] == ["b", "e4"]


@bpmn("error.scope")
def test_an_error_in_one_of_two_parallel_subprocesses_takes_only_its_own_way(play: Play) -> None:
    def half(number: int, stop: str) -> str:
        return sub(
            f"sub{number}", start(f"s{number}"), user(f"u{number}"), end(f"x{number}", stop),
            chain(f"s{number}", f"u{number}", f"x{number}"),
        ) + boundary(f"b{number}", f"sub{number}", BAD)  # fmt: skip

    play.deploy(
        process(
            start(), element("parallelGateway", "fork"), half(1, BAD), half(2, ""),
            element("exclusiveGateway", "merge"), element("parallelGateway", "join"), end(),
            end("never"), chain("start", "fork", "sub1", "merge", "join", "end"),
            chain("fork", "sub2", "join"), chain("b1", "merge"), chain("b2", "never"),
            head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u1")
    play.complete(root, "u2")

    assert play.trace(root) == [
        "start", "fork", "s1", "s2", "u1", "x1", "-sub1", "b1", "merge",
        "u2", "x2", "sub2", "join", "end",
    ]  # fmt: skip


@bpmn("error.uncaught")
def test_an_error_that_nobody_catches_stops_where_it_is_thrown(play: Play) -> None:
    play.deploy(
        process(
            start(), sub("host", start("s"), user("u"), end("bad", BAD), chain("s", "u", "bad")),
            boundary("b", "host", ODD), end(), end("e2"), chain("start", "host", "end"),
            chain("b", "e2"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == ["start", "s", "u", "!bad"]
    assert [one.code for one in play.incidents(root)] == ["engine.error-uncaught"]
    assert play.instance(root).status == "running"


@bpmn("boundary.escalation", "end.escalation")
def test_an_escalation_ends_its_host_when_the_event_interrupts(play: Play) -> None:
    play.deploy(
        hosted(
            sub("host", start("s"), user("u"), element("parallelGateway", "f"), user("other"),
                end("e"), end("high", HIGH), chain("s", "u", "f", "other", "e"),
                chain("f", "high")),
            HIGH, cancel=True,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")
    play.complete(root, "side")

    trace = play.trace(root)
    assert trace == ["start", "s", "u", "f", "-other", "high", "-host", "b", "side", "e2"]


@bpmn("boundary.escalation.beside", "throw.escalation", "end.escalation")
def test_an_escalation_beside_is_heard_every_time_and_its_thrower_goes_on(play: Play) -> None:
    play.deploy(
        process(
            start(),
            sub("host", TWICE, start("s"), user("u"), element("intermediateThrowEvent", "t", HIGH),
                end("high", HIGH), chain("s", "u", "t", "high")),
            boundary("b", "host", HIGH, cancel=False), element("task", "told"), end(), end("e2"),
            chain("start", "host", "end"), chain("b", "told", "e2"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")
    play.complete(root, "u")

    told = ["b", "t", "told", "b", "high", "e2", "host", "told", "e2"]
    assert play.trace(root)[:3] == ["start", "s", "s"]
    assert sorted(play.trace(root)[3:]) == sorted(["u", *told, "u", *told, "host", "end"])


@bpmn("end.escalation", "throw.escalation")
def test_an_escalation_that_nobody_hears_is_a_remark(play: Play) -> None:
    play.deploy(
        process(
            start(), element("intermediateThrowEvent", "t", HIGH), end("high", HIGH),
            chain("start", "t", "high"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == ["start", "t", "high"]
    assert play.instance(root).status == "completed"


def heating(cancel: bool) -> str:
    return process(
        start(), element("parallelGateway", "fork"), user("host"),
        boundary("b", "host", HOT, cancel=cancel), element("task", "side"), user("one"),
        script("hot", "n = 9"), user("two"), script("cold", "n = 1"), user("three"),
        script("hotter", "n = 10"), end(), end("e2"), end("e3"),
        chain("start", "fork", "host", "end"), chain("b", "side", "e2"),
        chain("fork", "one", "hot", "two", "cold", "three", "hotter", "e3"), head=DECLARED,
    )  # fmt: skip


@bpmn("boundary.conditional")
def test_a_condition_ends_its_host_when_it_becomes_true(play: Play) -> None:
    play.deploy(heating(cancel=True))
    root = play.start(n=0)

    for one in ("one", "two", "three"):
        play.complete(root, one)

    assert play.trace(root) == [
        "start", "fork", "one", "hot", "-host", "b", "side", "e2", "two", "cold", "three",
        "hotter", "e3",
    ]  # fmt: skip


@bpmn("boundary.conditional.beside")
def test_a_condition_beside_fires_each_time_it_becomes_true_and_not_while_it_stays(
    play: Play,
) -> None:
    play.deploy(heating(cancel=False))
    root = play.start(n=0)

    for one in ("one", "two", "three", "host"):
        play.complete(root, one)

    assert play.trace(root) == [
        "start", "fork", "one", "hot", "b", "side", "e2", "two", "cold", "three", "hotter", "e3",
        "b", "side", "e2", "host", "end",
    ]  # fmt: skip


@bpmn("catch.conditional")
def test_a_conditional_catch_waits_for_what_another_branch_sets(play: Play) -> None:
    play.deploy(
        process(
            start(), element("parallelGateway", "fork"),
            element("intermediateCatchEvent", "hot", HOT), user("set"), script("heat", "n = 9"),
            element("parallelGateway", "join"), end(), chain("start", "fork", "hot", "join", "end"),
            chain("fork", "set", "heat", "join"),
        )
    )  # fmt: skip
    waits, passes = play.start(n=0), play.start(n=7)

    play.complete(waits, "set")
    play.complete(passes, "set")

    assert play.trace(waits) == ["start", "fork", "set", "heat", "hot", "join", "end"]
    assert play.trace(passes) == ["start", "fork", "hot", "set", "heat", "join", "end"]


@bpmn("call.error")
def test_an_error_of_a_called_process_is_caught_however_deep_it_was_called(play: Play) -> None:
    low = process(start("ls"), user("u"), end("bad", BAD), chain("ls", "u", "bad"), key="low",
                  head=DECLARED)  # fmt: skip
    middle = process(start("ms"), element("callActivity", "down", called="low"), end("me"),
                     chain("ms", "down", "me"), key="middle")  # fmt: skip
    play.deploy(
        low,
        middle,
        process(
            start(), sub("host", start("s"), element("callActivity", "call", called="middle"),
                         end("e"), chain("s", "call", "e")),
            boundary("b", "host", BAD), end(), end("e2"), chain("start", "host", "end"),
            chain("b", "e2"), head=DECLARED,
        ),
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == [
        "start", "s", "ms", "ls", "u", "bad", "-call", "-host", "b", "e2",
    ]  # fmt: skip
    assert {key: one.status for key, one in play.tree(root).items()} == {
        "p": "completed", "middle": "cancelled", "low": "cancelled",
    }  # fmt: skip


@bpmn("call.error", "error.uncaught")
def test_an_error_that_no_caller_catches_is_an_incident_where_it_happened(play: Play) -> None:
    low = process(start("ls"), user("u"), end("bad", BAD), chain("ls", "u", "bad"), key="low",
                  head=DECLARED)  # fmt: skip
    play.deploy(
        low,
        process(start(), element("callActivity", "call", called="low"), end(),
                chain("start", "call", "end")),
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == ["start", "ls", "u", "!bad"]


@bpmn("call.escalation")
@pytest.mark.parametrize("cancel", [True, False])
def test_an_escalation_of_a_called_process_is_caught_at_the_call(play: Play, cancel: bool) -> None:
    low = process(start("ls"), element("intermediateThrowEvent", "t", HIGH), user("u"), end("le"),
                  chain("ls", "t", "u", "le"), key="low", head=DECLARED)  # fmt: skip
    play.deploy(
        low, hosted(element("callActivity", "host", called="low"), HIGH, cancel=cancel)
    )  # fmt: skip
    root = play.start()
    play.complete(root, "side")
    if not cancel:
        play.complete(root, "u")

    if cancel:
        assert play.trace(root) == ["start", "ls", "-host", "b", "t", "side", "e2"]
    else:
        assert play.trace(root) == [
            "start", "ls", "b", "t", "side", "e2", "u", "le", "host", "end",
        ]  # fmt: skip


def test_all_work_below_an_interrupted_call_is_taken_away_at_once(play: Play) -> None:
    low = process(start("ls"), element("parallelGateway", "f"), user("other"), end("le2"),
                  user("u"), element("intermediateThrowEvent", "t", HIGH),
                  script("after", "n = 1"), end("le"), chain("ls", "f", "u", "t", "after", "le"),
                  chain("f", "other", "le2"), key="low", head=DECLARED)  # fmt: skip
    middle = process(start("ms"), element("callActivity", "down", called="low"), end("me"),
                     chain("ms", "down", "me"), key="middle")  # fmt: skip
    play.deploy(
        low, middle, hosted(element("callActivity", "host", called="middle"), HIGH, cancel=True)
    )
    root = play.start()

    play.complete(root, "u")

    assert play.open(root) == ["side"]
    assert play.trace(root) == ["start", "ms", "ls", "f", "u", "-host", "b", "t"]
