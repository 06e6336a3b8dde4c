"""Event subprocesses of every kind: woken beside or instead of what goes on around them."""

import pytest

from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    element,
    end,
    flow,
    outcomes,
    process,
    script,
    start,
    sub,
    timer,
    user,
    woken,
)
from tests.requirements import bpmn

DECLARED = (
    '<bpmn:message id="M" name="go"/><bpmn:signal id="S" name="alarm"/>'
    '<bpmn:error id="E" name="BAD" errorCode="BAD"/>'
    '<bpmn:escalation id="X" name="HIGH" escalationCode="HIGH"/>'
)
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
KEY = '<ravand:correlation key="= k"/>'
ALARM = '<bpmn:signalEventDefinition signalRef="S"/>'
BAD = '<bpmn:errorEventDefinition errorRef="E"/>'
ANY = "<bpmn:errorEventDefinition/>"
HIGH = '<bpmn:escalationEventDefinition escalationRef="X"/>'
HOT = "<bpmn:conditionalEventDefinition><bpmn:condition>= n &gt; 5</bpmn:condition>"
HOT += "</bpmn:conditionalEventDefinition>"
BESIDE = {
    "message": "sub.event.message.beside",
    "signal": "sub.event.signal.beside",
    "escalation": "sub.event.escalation.beside",
    "conditional": "sub.event.conditional.beside",
}


def handler(definition: str, *, beside: bool = False, id: str = "w") -> str:
    """An event subprocess `extra` of one user step `help`."""
    ext = KEY if definition == GO else ""
    stops = "false" if beside else "true"
    first = element("startEvent", id, definition, ext, isInterrupting=stops)
    return woken("extra", first, user("help"), end("we"), chain(id, "help", "we"))


def around(inside: str) -> str:
    """A process whose subprocess `deep` holds the steps `a`, `tell` and `b`, and more."""
    tell = element("intermediateThrowEvent", "tell", HIGH)
    return process(
        start(),
        sub("deep", start("s"), user("a"), script("heat", "n = n + add"), tell, user("b"), end("e"),
            chain("s", "a", "heat", "tell", "b", "e"), inside),
        user("next"), end(), chain("start", "deep", "next", "end"), head=DECLARED,
    )  # fmt: skip


def top(inside: str) -> str:
    """The same steps in the process itself."""
    tell = element("intermediateThrowEvent", "tell", HIGH)
    return process(
        start(), user("a"), script("heat", "n = n + add"), tell, user("b"), end("e"),
        chain("start", "a", "heat", "tell", "b", "e"), inside, head=DECLARED,
    )  # fmt: skip


@pytest.mark.parametrize(
    "wake",
    [
        pytest.param("message", marks=bpmn("sub.event.message", "sub.event.nested")),
        pytest.param("signal", marks=bpmn("sub.event.signal", "sub.event.nested")),
        pytest.param("timer", marks=bpmn("sub.event.timer", "sub.event.nested")),
    ],
)
def test_one_that_interrupts_takes_its_scope_and_the_process_goes_on_behind_it(
    play: Play, wake: str
) -> None:
    definitions = {"message": GO, "signal": ALARM, "timer": timer("duration", "PT1H")}
    play.deploy(around(handler(definitions[wake])))
    root = play.start(k="1", n=0, add=0)

    rouse(play, wake)
    assert play.open(root) == ["help"]
    rouse(play, wake)
    play.complete(root, "help")
    play.complete(root, "next")

    assert play.trace(root) == [
        "start", "s", "-a", "w", "help", "we", "extra", "deep", "next", "end",
    ]  # fmt: skip


def rouse(play: Play, wake: str) -> None:
    if wake == "message":
        play.message("go", "1")
    elif wake == "signal":
        play.signal("alarm")
    else:
        play.move(minutes=61)


@pytest.mark.parametrize(
    ("definition", "add", "reached"),
    [
        pytest.param(HIGH, 0, ["heat", "tell"], marks=bpmn("sub.event.escalation")),
        pytest.param(HOT, 9, ["heat", "tell", "-b"], marks=bpmn("sub.event.conditional")),
    ],
)
def test_one_that_interrupts_is_woken_from_inside(
    play: Play, definition: str, add: int, reached: list[str]
) -> None:
    play.deploy(around(handler(definition)))
    root = play.start(n=0, add=add)

    play.complete(root, "a")
    play.complete(root, "help")
    play.complete(root, "next")

    assert play.trace(root) == [
        "start", "s", "a", *reached, "w", "help", "we", "extra", "deep", "next", "end",
    ]  # fmt: skip


@bpmn("sub.event.error", "sub.event.nested")
@pytest.mark.parametrize("definition", [BAD, ANY])
def test_an_error_wakes_the_event_subprocess_of_its_own_scope_first(
    play: Play, definition: str
) -> None:
    play.deploy(
        process(
            start(),
            sub("deep", start("s"), user("a"), end("bad", BAD), chain("s", "a", "bad"),
                handler(definition)),
            boundary("outer", "deep", BAD), end(), end("e2"), chain("start", "deep", "end"),
            chain("outer", "e2"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")
    play.complete(root, "help")

    assert play.trace(root) == [
        "start", "s", "a", "bad", "w", "help", "we", "extra", "deep", "end",
    ]  # fmt: skip


@bpmn("sub.event.error")
def test_an_error_in_an_event_subprocess_goes_outwards_and_never_back_into_it(play: Play) -> None:
    first = element("startEvent", "w", ANY)
    again = woken("extra", first, user("help"), end("worse", BAD), chain("w", "help", "worse"))
    play.deploy(
        process(
            start(),
            sub("deep", start("s"), user("a"), end("bad", BAD), chain("s", "a", "bad"), again),
            boundary("outer", "deep", BAD), end(), end("e2"), chain("start", "deep", "end"),
            chain("outer", "e2"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")
    play.complete(root, "help")

    assert play.trace(root) == [
        "start", "s", "a", "bad", "w", "help", "worse", "-extra", "-deep", "outer", "e2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wake",
    [
        pytest.param("message", marks=bpmn("sub.event.message.beside")),
        pytest.param("signal", marks=bpmn("sub.event.signal.beside")),
        pytest.param("timer", marks=bpmn("sub.event.timer.beside")),
    ],
)
@pytest.mark.parametrize("deep", [True, False])
def test_one_that_does_not_interrupt_runs_again_and_again_beside(
    play: Play, wake: str, deep: bool
) -> None:
    definitions = {"message": GO, "signal": ALARM, "timer": timer("cycle", "R2/PT1H")}
    inside = handler(definitions[wake], beside=True)
    play.deploy(around(inside) if deep else top(inside))
    root = play.start(k="1", n=0, add=0)

    rouse(play, wake)
    rouse(play, wake)
    assert play.open(root) == ["a", "help", "help"]
    play.complete(root, "help")
    play.complete(root, "a")
    play.complete(root, "b")
    assert play.open(root) == ["help"]  # it keeps the scope open
    play.complete(root, "help")

    first = ["start", "s"] if deep else ["start"]
    after = ["deep"] if deep else []
    assert play.trace(root) == [
        *first, "w", "w", "help", "we", "extra", "a", "heat", "tell", "b", "e",
        "help", "we", "extra", *after,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(HIGH, marks=bpmn("sub.event.escalation.beside", "throw.escalation")),
        pytest.param(HOT, marks=bpmn("sub.event.conditional.beside")),
    ],
)
def test_one_beside_is_woken_from_inside_every_time(play: Play, definition: str) -> None:
    play.deploy(
        process(
            start(),
            sub("deep", start("s"), element("exclusiveGateway", "again"),
                user("a", outcomes("more", "done")),
                script("heat", "n = add"), element("intermediateThrowEvent", "tell", HIGH),
                user("b"), script("cool", "n = 0"), element("exclusiveGateway", "gate",
                default="gate__e"), end("e"),
                chain("s", "again", "a", "heat", "tell", "b", "cool", "gate", "e"),
                flow("gate", "again", '= outcomes.a = "more"'), handler(definition, beside=True)),
            end(), chain("start", "deep", "end"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start(n=0, add=9)

    for outcome in ("more", "done"):
        play.complete(root, "a", outcome=outcome)
        play.complete(root, "b")
    assert play.open(root) == ["help", "help"]
    play.complete(root, "help")
    play.complete(root, "help")

    rounds = ["again", "a", "heat", "tell", "w", "b", "cool", "gate"]
    assert play.trace(root) == [
        "start", "s", *rounds, *rounds, "e", "help", "we", "extra", "help", "we", "extra",
        "deep", "end",
    ]  # fmt: skip


@bpmn("sub.event.timer")
def test_a_timer_that_has_not_fired_keeps_nothing_open(play: Play) -> None:
    play.deploy(around(handler(timer("duration", "PT1H"))))
    root = play.start(n=0, add=0)
    play.complete(root, "a")
    play.complete(root, "b")

    play.move(hours=3)
    play.complete(root, "next")

    assert play.trace(root) == [
        "start", "s", "a", "heat", "tell", "b", "e", "deep", "next", "end",
    ]  # fmt: skip


def test_an_escalation_in_an_event_subprocess_does_not_wake_it_again(play: Play) -> None:
    first = element("startEvent", "w", HIGH, isInterrupting="false")
    louder = element("intermediateThrowEvent", "louder", HIGH)
    play.deploy(
        process(
            start(),
            sub("deep", start("s"), element("intermediateThrowEvent", "tell", HIGH), user("a"),
                end("e"), chain("s", "tell", "a", "e"),
                woken("extra", first, louder, end("we"), chain("w", "louder", "we"))),
            boundary("outer", "deep", HIGH, cancel=False), end(), end("e2"),
            chain("start", "deep", "end"), chain("outer", "e2"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "a")

    assert play.trace(root) == [
        "start", "s", "tell", "w", "outer", "louder", "e2", "we", "extra", "a", "e", "deep", "end",
    ]  # fmt: skip


@bpmn("sub.event.nested")
def test_in_each_run_of_a_repeated_subprocess_it_interrupts_that_run_alone(play: Play) -> None:
    several = '<bpmn:multiInstanceLoopCharacteristics ravand:collection="= ks" ravand:element="k"/>'
    play.deploy(
        process(
            start(),
            sub("deep", several, start("s"), user("a"), end("e"), chain("s", "a", "e"),
                handler(GO)),
            end(), chain("start", "deep", "end"), head=DECLARED,
        )
    )  # fmt: skip
    root = play.start(ks=["1", "2"])

    play.message("go", "2")
    play.complete(root, "a")
    play.complete(root, "help")

    assert play.trace(root) == [
        "start", "s", "s", "-a", "w", "a", "e", "deep", "help", "we", "extra", "deep", "deep",
        "end",
    ]  # fmt: skip


@bpmn("sub.event.nested")
def test_an_event_subprocess_may_hold_another(play: Play) -> None:
    inner = woken("inner", element("startEvent", "w2", ALARM), user("calm"), end("we2"),
                  chain("w2", "calm", "we2"))  # fmt: skip
    outer = woken("outer", element("startEvent", "w", GO, KEY), user("help"), end("we"),
                  chain("w", "help", "we"), inner)  # fmt: skip
    play.deploy(
        process(start(), user("a"), end(), chain("start", "a", "end"), outer, head=DECLARED)
    )
    root = play.start(k="1")

    assert play.signal("alarm") == 0
    play.message("go", "1")
    assert play.signal("alarm") == 1
    play.complete(root, "calm")

    assert play.trace(root) == [
        "start", "-a", "w", "-help", "w2", "calm", "we2", "inner", "outer",
    ]  # fmt: skip
    assert play.instance(root).status == "completed"


def test_one_that_interrupts_takes_others_along_that_run_beside(play: Play) -> None:
    other = woken("other", element("startEvent", "w2", ALARM), user("stop"), end("we2"),
                  chain("w2", "stop", "we2"))  # fmt: skip
    play.deploy(around(handler(GO, beside=True) + other))
    root = play.start(k="1", n=0, add=0)

    play.message("go", "1")
    play.signal("alarm")
    assert play.message("go", "1") == 0
    play.complete(root, "stop")

    assert play.trace(root) == [
        "start", "s", "w", "-a", "-help", "-extra", "w2", "stop", "we2", "other", "deep",
    ]  # fmt: skip
