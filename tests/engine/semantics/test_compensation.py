"""Compensation: what completed is undone, once, in reverse order, and waited for."""

import pytest

from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    compensate,
    element,
    end,
    flow,
    outcomes,
    process,
    start,
    sub,
    timer,
    undoing,
    undone_by,
    user,
    user_undone_by,
    woken,
)
from tests.requirements import bpmn

ERROR = '<bpmn:error id="E" name="BAD" errorCode="BAD"/>'
BAD = '<bpmn:errorEventDefinition errorRef="E"/>'
ESCALATION = '<bpmn:escalation id="X" name="HIGH" escalationCode="HIGH"/>'
HIGH = '<bpmn:escalationEventDefinition escalationRef="X"/>'
CHILD = process(start("cs"), element("task", "done"), end("ce"), chain("cs", "done", "ce"), key="c")


def throw(id: str, activity: str = "", wait: bool = True) -> str:
    return element("intermediateThrowEvent", id, compensate(activity, wait))


def work(id: str) -> str:
    """A plain task with a plain handler."""
    return element("task", id) + undoing(id, f"no_{id}") + undone_by(f"no_{id}")


@bpmn("throw.compensation", "boundary.compensation")
def test_a_scope_is_compensated_in_reverse_order_of_completion(play: Play) -> None:
    play.deploy(
        process(
            start(), work("a"), element("task", "plain"), work("b"), throw("undo"), user("u"),
            end(), chain("start", "a", "plain", "b", "undo", "u", "end"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == [
        "start", "a", "plain", "b",
        "on_no_b", "no_b", "on_no_a", "no_a", "undo", "u", "end",
    ]  # fmt: skip


@bpmn("throw.compensation")
def test_one_named_activity_is_compensated_and_only_once(play: Play) -> None:
    play.deploy(
        process(
            start(), work("a"), work("b"), throw("undo", "a"), throw("again", "a"), throw("all"),
            end(), chain("start", "a", "b", "undo", "again", "all", "end"),
        )
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == [
        "start", "a", "b", "on_no_a", "no_a", "undo", "again", "on_no_b", "no_b", "all", "end",
    ]  # fmt: skip


@bpmn("boundary.compensation")
def test_the_throw_waits_for_handlers_that_people_do_one_after_the_other(play: Play) -> None:
    play.deploy(
        process(
            start(), user("a"), undoing("a", "no_a"), user_undone_by("no_a"),
            user("b"), undoing("b", "no_b"), user_undone_by("no_b"), throw("undo"), end(),
            chain("start", "a", "b", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "a")
    play.complete(root, "b")

    assert play.open(root) == ["no_b"]
    play.complete(root, "no_b")
    assert play.open(root) == ["no_a"]
    play.complete(root, "no_a")

    assert play.trace(root) == [
        "start", "a", "b", "on_no_b", "no_b", "on_no_a", "no_a", "undo", "end",
    ]  # fmt: skip


@bpmn("throw.compensation")
def test_a_throw_that_does_not_wait_goes_on_and_keeps_the_scope_open(play: Play) -> None:
    play.deploy(
        process(
            start(), user("a"), undoing("a", "no_a"), user_undone_by("no_a"),
            throw("undo", wait=False), end(), chain("start", "a", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "a")

    assert play.trace(root) == ["start", "a", "undo", "on_no_a", "end"]
    assert play.instance(root).status == "running"
    play.complete(root, "no_a")

    assert play.trace(root) == ["start", "a", "undo", "on_no_a", "end", "no_a"]
    assert play.instance(root).status == "completed"


@bpmn("end.compensation")
def test_an_end_compensates_before_it_ends(play: Play) -> None:
    play.deploy(
        process(
            start(), user("a"), undoing("a", "no_a"), user_undone_by("no_a"),
            end("over", compensate()), chain("start", "a", "over"),
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "a")
    assert play.instance(root).status == "running"

    play.complete(root, "no_a")

    assert play.trace(root) == ["start", "a", "on_no_a", "no_a", "over"]
    assert play.instance(root).status == "completed"
    assert play.instance(root).end_event == "over"


@bpmn("throw.compensation")
def test_what_ran_several_times_in_a_loop_is_undone_as_often(play: Play) -> None:
    play.deploy(
        process(
            start(), element("exclusiveGateway", "again"), work("a"),
            user("u", outcomes("on", "off")),
            element("exclusiveGateway", "gate", default="gate__undo"), throw("undo"), end(),
            chain("start", "again", "a", "u", "gate", "undo", "end"),
            flow("gate", "again", '= outcome = "on"'),
        )
    )  # fmt: skip
    root = play.start()
    for outcome in ("on", "on", "off"):
        play.complete(root, "u", outcome=outcome)

    trace = play.trace(root)

    assert trace == [
        "start", *["again", "a", "u", "gate"] * 3, *["on_no_a", "no_a"] * 3, "undo", "end",
    ]  # fmt: skip


@bpmn("throw.compensation")
def test_every_run_of_a_repeated_activity_is_undone_with_its_own_item(play: Play) -> None:
    several = (
        '<bpmn:multiInstanceLoopCharacteristics ravand:collection="= rooms" ravand:element="room"/>'
    )
    note = "<bpmn:script>log = concatenate(log, [room])</bpmn:script>"
    play.deploy(
        process(
            start(), user("book", inside=several), undoing("book", "no"),
            element("scriptTask", "no", note, scriptFormat="ravand", isForCompensation="true"),
            throw("undo"), end(), chain("start", "book", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start(rooms=["r1", "r2", "r3"], log=[])
    for _ in range(3):
        play.complete(root, "book")

    assert play.instance(root).variables["log"] == ["r3", "r2", "r1"]
    assert play.trace(root) == ["start", *["book"] * 4, *["on_no", "no"] * 3, "undo", "end"]


@bpmn("boundary.compensation", "sub.embedded")
def test_a_completed_subprocess_without_handler_is_undone_from_within(play: Play) -> None:
    play.deploy(
        process(
            start(), work("a"),
            sub("trip", start("s"), work("b"), sub("deep", start("s2"), work("c"), end("e2"),
                chain("s2", "c", "e2")), user("f"), undoing("f", "no_f"), user_undone_by("no_f"),
                end("e"), chain("s", "b", "deep", "f", "e")),
            throw("undo"), end(), chain("start", "a", "trip", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "f")
    play.complete(root, "no_f")

    assert play.trace(root) == [
        "start", "a", "s", "b", "s2", "c", "e2", "deep", "f", "e", "trip",
        "on_no_f", "no_f", "on_no_c", "no_c", "on_no_b", "no_b", "on_no_a", "no_a", "undo", "end",
    ]  # fmt: skip


@bpmn("boundary.compensation")
def test_the_handler_of_a_subprocess_stands_for_everything_inside(play: Play) -> None:
    play.deploy(
        process(
            start(), sub("trip", start("s"), work("b"), end("e"), chain("s", "b", "e")),
            undoing("trip", "no_trip"), undone_by("no_trip"), throw("undo", "trip"), end(),
            chain("start", "trip", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == [
        "start", "s", "b", "e", "trip", "on_no_trip", "no_trip", "undo", "end",
    ]  # fmt: skip


@bpmn("sub.event.compensation")
def test_a_compensation_event_subprocess_decides_what_is_undone_inside(play: Play) -> None:
    catches = start("cs", "<bpmn:compensateEventDefinition/>")
    play.deploy(
        process(
            start(),
            sub("trip", start("s"), work("b"), work("c"), end("e"), chain("s", "b", "c", "e"),
                woken("back", catches, user("ask"), throw("only_b", "b"), element("task", "log"),
                      end("ce"), chain("cs", "ask", "only_b", "log", "ce"))),
            user("u"), throw("undo"), end(), chain("start", "trip", "u", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "u")

    play.complete(root, "ask")

    assert play.trace(root) == [
        "start", "s", "b", "c", "e", "trip", "u",
        "cs", "ask", "on_no_b", "no_b", "only_b", "log", "ce", "back", "undo", "end",
    ]  # fmt: skip


@bpmn("sub.event.compensation")
def test_a_subprocess_done_twice_runs_its_compensation_twice(play: Play) -> None:
    several = "<bpmn:multiInstanceLoopCharacteristics isSequential='true'>"
    several += "<bpmn:loopCardinality>2</bpmn:loopCardinality>"
    several += "</bpmn:multiInstanceLoopCharacteristics>"
    catches = start("cs", "<bpmn:compensateEventDefinition/>")
    play.deploy(
        process(
            start(),
            sub("trip", several, start("s"), user("b"), end("e"), chain("s", "b", "e"),
                woken("back", catches, user("ask"), end("ce"), chain("cs", "ask", "ce"))),
            throw("undo", "trip"), end(), chain("start", "trip", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start()
    for element_id in ("b", "b", "ask", "ask"):
        play.complete(root, element_id)

    assert play.trace(root) == [
        "start", *["s", "b", "e", "trip"] * 2, "trip", *["cs", "ask", "ce", "back"] * 2,
        "undo", "end",
    ]  # fmt: skip


def test_a_called_process_is_undone_by_its_handler_which_may_call_another(play: Play) -> None:
    undo_child = CHILD.replace('id="c"', 'id="back"').replace('name="c"', 'name="back"')
    play.deploy(
        CHILD,
        undo_child,
        process(
            start(), element("callActivity", "call", called="c"), undoing("call", "no"),
            element("callActivity", "no", called="back", isForCompensation="true"),
            throw("undo"), end(), chain("start", "call", "undo", "end"),
        ),
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == [
        "start", "cs", "done", "ce", "call", "on_no", "cs", "done", "ce", "no", "undo", "end",
    ]  # fmt: skip


def test_the_compensation_of_an_interrupted_scope_goes_with_it(play: Play) -> None:
    play.deploy(
        process(
            start(),
            sub("s", start("i"), work("a"), user("b"), undoing("b", "no_b"),
                user_undone_by("no_b"), throw("undo"), end("e"),
                chain("i", "a", "b", "undo", "e")),
            boundary("late", "s", timer("duration", "PT1H")), throw("rest"), end(), end("e2"),
            chain("start", "s", "end"), chain("late", "rest", "e2"),
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "b")

    play.move(hours=2)

    assert play.open(root) == []
    assert play.trace(root) == [
        "start", "i", "a", "b", "on_no_b", "-no_b", "-undo", "-s", "late", "rest", "e2",
    ]  # fmt: skip


def test_an_error_event_subprocess_undoes_what_its_scope_had_done(play: Play) -> None:
    play.deploy(
        process(
            start(),
            sub("trip", start("s"), work("a"), user("u"), end("bad", BAD),
                chain("s", "a", "u", "bad"),
                woken("mend", start("me", BAD), throw("undo"), end("mx"),
                      chain("me", "undo", "mx"))),
            end(), chain("start", "trip", "end"), head=ERROR,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == [
        "start", "s", "a", "u", "bad", "me", "on_no_a", "no_a", "undo", "mx", "mend", "trip", "end",
    ]  # fmt: skip


def test_an_error_in_a_handler_leaves_by_the_scope_that_compensates(play: Play) -> None:
    fails = sub("no_a", start("h"), end("bad", BAD), chain("h", "bad"), isForCompensation="true")
    play.deploy(
        process(
            start(), work("first"),
            sub("s", start("i"), element("task", "a"), undoing("a", "no_a"), fails, user("u"),
                throw("undo"), end("e"), chain("i", "a", "u", "undo", "e")),
            boundary("caught", "s", BAD), throw("rest"), end(), end("e2"),
            chain("start", "first", "s", "end"), chain("caught", "rest", "e2"), head=ERROR,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == [
        "start", "first", "i", "a", "u", "on_no_a", "h", "bad", "-no_a", "-undo", "-s", "caught",
        "on_no_first", "no_first", "rest", "e2",
    ]  # fmt: skip


def test_a_handler_that_fails_is_an_incident_and_goes_on_when_mended(play: Play) -> None:
    play.deploy(
        process(
            start(), work("a"), element("task", "b"), undoing("b", "no_b"),
            element("scriptTask", "no_b", "<bpmn:script>n = 1 / zero</bpmn:script>",
                    scriptFormat="ravand", isForCompensation="true"),
            throw("undo"), end(), chain("start", "a", "b", "undo", "end"),
        )
    )  # fmt: skip
    root = play.start(zero=0)
    assert play.trace(root) == ["start", "a", "b", "on_no_b", "!no_b"]

    play.retry(play.incidents(root)[0].id, zero=1)

    assert play.trace(root) == [
        "start", "a", "b", "on_no_b", "!no_b", "no_b", "on_no_a", "no_a", "undo", "end",
    ]  # fmt: skip


def test_nothing_to_undo_means_nothing_happens(play: Play) -> None:
    play.deploy(
        process(
            start(), throw("undo"), work("a"), end("over", compensate("a")),
            chain("start", "undo", "a", "over"),
        )
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == ["start", "undo", "a", "on_no_a", "no_a", "over"]


def test_two_branches_compensate_each_what_was_left_for_it(play: Play) -> None:
    play.deploy(
        process(
            start(), work("a"), work("b"), element("parallelGateway", "fork"),
            throw("one", "a"), throw("rest"), element("parallelGateway", "join"), end(),
            chain("start", "a", "b", "fork", "one", "join", "end"), chain("fork", "rest", "join"),
        )
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == [
        "start", "a", "b", "fork", "on_no_a", "on_no_b", "no_a", "one", "no_b", "rest", "join",
        "end",
    ]  # fmt: skip


def test_a_handler_escalates_to_the_scope_that_compensates(play: Play) -> None:
    tells = sub("no_a", start("h"), element("intermediateThrowEvent", "tell", HIGH), end("he"),
                chain("h", "tell", "he"), isForCompensation="true")  # fmt: skip
    play.deploy(
        process(
            start(),
            sub("s", start("i"), element("task", "a"), undoing("a", "no_a"), tells,
                throw("undo"), end("e"), chain("i", "a", "undo", "e")),
            boundary("told", "s", HIGH, cancel=False), end(), end("e2"),
            chain("start", "s", "end"), chain("told", "e2"), head=ESCALATION,
        )
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == [
        "start", "i", "a", "on_no_a", "h", "told", "tell", "e2", "he", "no_a", "undo", "e",
        "s", "end",
    ]  # fmt: skip


@pytest.mark.parametrize("times", [1, 40])
def test_the_memory_is_small(play: Play, times: int) -> None:
    several = f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{times}"
    several += "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    play.deploy(
        process(
            start(), element("task", "a", several), undoing("a", "no_a"), undone_by("no_a"),
            user("u"), end(), chain("start", "a", "u", "end"),
        )
    )  # fmt: skip
    root = play.start()

    assert len(play.instance(root).state) < 300 + 30 * times
