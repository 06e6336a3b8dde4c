"""End events and milestones: what ends, what is thrown, what goes on."""

from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, sub, timer, user
from tests.requirements import bpmn

MESSAGE = '<bpmn:message id="M" name="go"/>'
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
KEY = '<ravand:correlation key="= k"/>'
TERMINATE = "<bpmn:terminateEventDefinition/>"
TWICE = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
TWICE += "</bpmn:multiInstanceLoopCharacteristics>"


def parallel(id: str) -> str:
    return element("parallelGateway", id)


@bpmn("throw.none", "end.none")
def test_a_milestone_is_passed_and_a_case_ends_when_its_last_token_does(play: Play) -> None:
    play.deploy(
        process(
            start(), parallel("fork"), element("intermediateThrowEvent", "signed"), end(),
            user("u"), end("last"), chain("start", "fork", "signed", "end"),
            chain("fork", "u", "last"),
        )
    )  # fmt: skip
    root = play.start()
    assert play.trace(root) == ["start", "fork", "signed", "end"]
    assert play.instance(root).status == "running"

    play.complete(root, "u")

    assert play.trace(root) == ["start", "fork", "signed", "end", "u", "last"]
    assert play.instance(root).end_event == "last"


@bpmn("end.message")
def test_a_message_end_reaches_the_case_that_waits_for_it(play: Play) -> None:
    other = process(start("s2"), element("intermediateCatchEvent", "heard", GO, KEY), end("e2"),
                    chain("s2", "heard", "e2"), key="other", head=MESSAGE)  # fmt: skip
    play.deploy(
        other,
        process(
            start(), user("u"), end("said", GO, KEY), chain("start", "u", "said"), head=MESSAGE
        ),
    )
    waiting, deaf, root = play.start("other", k="1"), play.start("other", k="2"), play.start(k="1")

    play.complete(root, "u")
    play.run()

    assert play.trace(root) == ["start", "u", "said"]
    assert play.trace(waiting) == ["s2", "heard", "e2"]
    assert play.trace(deaf) == ["s2"]


@bpmn("end.terminate")
def test_a_terminate_end_takes_everything_in_the_case(play: Play) -> None:
    child = process(start("cs"), user("cu"), end("ce"), chain("cs", "cu", "ce"), key="child")
    play.deploy(
        child,
        process(
            start(), parallel("fork"), user("u"), end("stop", TERMINATE), user("other"),
            boundary("late", "other", timer("duration", "PT1H")), end(), end("e2"),
            element("callActivity", "call", called="child"), end("e3"),
            chain("start", "fork", "u", "stop"), chain("fork", "other", "end"),
            chain("late", "e2"), chain("fork", "call", "e3"),
        ),
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")
    play.move(hours=2)

    assert play.trace(root) == ["start", "fork", "cs", "u", "-other", "-call", "stop"]
    assert play.instance(root).end_event == "stop"
    assert play.tree(root)["child"].status == "cancelled"
    assert play.open(root) == []


@bpmn("end.terminate")
def test_a_terminate_end_in_a_subprocess_ends_only_that_and_only_its_own_run(play: Play) -> None:
    play.deploy(
        process(
            start(), parallel("fork"),
            sub("deep", TWICE, start("s"), parallel("f"), user("a"), user("b"),
                end("stop", TERMINATE), end("e"), chain("s", "f", "a", "stop"),
                chain("f", "b", "e")),
            user("beside"), parallel("join"), end(),
            chain("start", "fork", "deep", "join", "end"), chain("fork", "beside", "join"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")
    assert play.open(root) == ["a", "b", "beside"]
    play.complete(root, "b")
    play.complete(root, "a")
    play.complete(root, "beside")

    assert play.trace(root) == [
        "start", "fork", "s", "s", "f", "f", "a", "-b", "stop", "deep",
        "b", "e", "a", "stop", "deep", "deep", "beside", "join", "end",
    ]  # fmt: skip


@bpmn("end.implicit")
def test_a_scope_ends_behind_its_last_element(play: Play) -> None:
    play.deploy(
        process(
            start(), sub("deep", user("a"), element("task", "b"), chain("a", "b")), user("c"),
            chain("start", "deep", "c"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")
    play.complete(root, "c")

    assert play.trace(root) == ["start", "a", "b", "deep", "c"]
    assert play.instance(root).status == "completed"
