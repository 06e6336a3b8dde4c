"""What stopped tries again: exactly what had not happened yet, once, and by BPMN's rules."""

from typing import Any
from uuid import UUID

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
    script,
    start,
    sub,
    timer,
    undoing,
    undone_by,
    user,
    woken,
)

ERROR = '<bpmn:error id="E" name="BAD" errorCode="BAD"/>'
BAD = '<bpmn:errorEventDefinition errorRef="E"/>'
CANCEL = "<bpmn:cancelEventDefinition/>"
FAILS = '<ravand:out target="v" expression="= found.there + 1"/>'


def times(count: int, until: str = "") -> str:
    over = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    number = f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>"
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return f"<{tag}>{number}{over}</{tag}>"


def when(text: str) -> str:
    inside = f"<bpmn:condition>{text}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{inside}</bpmn:conditionalEventDefinition>"


def again(play: Play, root: UUID, **variables: Any) -> None:
    for one in play.incidents(root):
        play.retry(one.id, **variables)


def test_an_error_whose_catcher_fails_in_the_caller_stops_where_it_was_thrown(play: Play) -> None:
    child = process(
        start("cs"), user("cu"), end("ce", BAD), chain("cs", "cu", "ce"), key="c", head=ERROR
    )
    play.deploy(
        child,
        process(
            start(), element("callActivity", "call", calledElement="c"),
            boundary("bad", "call", BAD, FAILS), user("after"), user("mend"), end(), end("e2"),
            chain("start", "call", "after", "end"), chain("bad", "mend", "e2"), head=ERROR,
        ),
    )  # fmt: skip
    root = play.start()

    play.complete(root, "cu")
    assert play.trace(root) == ["start", "cs", "cu", "!ce"]
    again(play, root)
    assert play.trace(root) == ["start", "cs", "cu", "!ce", "!ce"]
    assert (play.open(root), play.tree(root)["c"].status) == ([], "running")


def test_a_run_that_leaves_at_the_second_try_is_undone_once(play: Play) -> None:
    play.deploy(
        process(
            start(), user("work", inside=times(2, "= enough")), undoing("work", "undo"),
            undone_by("undo"), element("intermediateThrowEvent", "back", compensate()), end(),
            chain("start", "work", "back", "end"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "work")
    assert play.trace(root) == ["start", "!work"]
    again(play, root, enough=False)
    play.complete(root, "work")

    assert play.trace(root) == [
        "start", "!work", "work", "work", "work", "on_undo", "undo", "on_undo", "undo",
        "back", "end",
    ]  # fmt: skip


def test_repeated_work_begins_once_though_its_timer_could_not_be_set_at_first(play: Play) -> None:
    play.deploy(
        process(
            start(), user("work", inside=times(2)),
            boundary("late", "work", timer("duration", "= wait")), end(), end("e2"),
            chain("start", "work", "end"), chain("late", "e2"),
        )
    )  # fmt: skip
    root = play.start()

    assert (play.trace(root), play.open(root)) == (["start", "!work"], [])
    again(play, root, wait="PT1H")
    assert play.open(root) == ["work", "work"]
    play.move(hours=2)

    assert play.trace(root) == ["start", "!work", "-work", "-work", "-work", "late", "e2"]


def test_a_condition_that_could_not_be_decided_is_asked_again_not_taken_for_true(
    play: Play,
) -> None:
    play.deploy(
        process(
            start(), user("work"), boundary("high", "work", when("= x &gt; 3")), end(), end("e2"),
            woken("aside", element("startEvent", "low", when("= y &gt; 3"), isInterrupting="false"),
                  end("ae"), chain("low", "ae")),
            chain("start", "work", "end"), chain("high", "e2"),
        )
    )  # fmt: skip
    root = play.start(x="a", y="b")

    assert sorted(play.trace(root)) == ["!high", "!low", "start"]
    again(play, root, x=1, y=1)
    assert (play.incidents(root), play.open(root)) == ([], ["work"])
    assert sorted(play.trace(root)) == ["!high", "!low", "start"]


def test_a_join_that_waited_in_vain_goes_on_as_one_with_what_has_come(play: Play) -> None:
    play.deploy(
        process(
            start(), element("parallelGateway", "f"), element("task", "a"), element("task", "b"),
            element("exclusiveGateway", "x", default="x__e"), element("task", "c"), end("e"),
            element("parallelGateway", "j"), user("after"), end(),
            chain("start", "f", "a", "j", "after", "end"), chain("f", "b", "j"), chain("f", "x"),
            flow("x", "c", "= false"), chain("x", "e"), chain("c", "j"),
        )
    )  # fmt: skip
    root = play.start()
    assert play.trace(root) == ["start", "f", "a", "b", "x", "e", "!j"]

    again(play, root)
    play.complete(root, "after")

    assert play.trace(root)[6:] == ["!j", "j", "after", "end"]


def test_a_stalled_join_goes_on_by_itself_when_its_partner_comes_after_all(play: Play) -> None:
    stuck = sub(
        "deep", start("s"), element("exclusiveGateway", "g", default="g__i"), element("task", "i"),
        element("task", "k"), element("parallelGateway", "in"), end("se"),
        chain("s", "g", "i", "in", "se"), flow("g", "k", "= false"), chain("k", "in"),
    )  # fmt: skip
    play.deploy(
        process(
            start(), element("parallelGateway", "f"), element("task", "a"), stuck, end(),
            element("parallelGateway", "j"), user("help"),
            boundary("late", "deep", timer("duration", "PT1H")),
            chain("start", "f", "a", "j", "end"), chain("f", "deep"), chain("late", "help", "j"),
        )
    )  # fmt: skip
    root = play.start()
    assert [one.code for one in play.incidents(root)] == ["engine.stalled"]

    play.move(hours=2)
    play.complete(root, "help")

    assert play.trace(root) == [
        "start", "f", "a", "s", "g", "i", "!j", "-in", "-deep", "late", "help", "j", "end",
    ]  # fmt: skip
    assert play.incidents(root) == []


def test_a_case_whose_event_subprocess_cannot_listen_stops_at_its_start(play: Play) -> None:
    play.deploy(
        process(
            woken("watch", start("due", timer("duration", "= wait")), user("late"), end("we"),
                  chain("due", "late", "we")),
            start(), user("work"), end(), chain("start", "work", "end"),
        )
    )  # fmt: skip
    root = play.start()

    assert (play.trace(root), play.open(root)) == (["!start"], [])
    again(play, root)
    again(play, root, wait="PT1H")
    assert play.open(root) == ["work"]
    play.move(hours=2)

    assert play.trace(root) == ["!start", "!start", "start", "-work", "due"]
    assert play.open(root) == ["late"]


def test_a_cancelled_transaction_tries_only_its_way_out_again(play: Play) -> None:
    play.deploy(
        process(
            start(),
            sub("t", start("s"), element("task", "a"), undoing("a", "no_a"), undone_by("no_a"),
                end("off", CANCEL), chain("s", "a", "off"), tag="transaction"),
            boundary("cancelled", "t", CANCEL, FAILS), end(), end("sorry"),
            chain("start", "t", "end"), chain("cancelled", "sorry"),
        )
    )  # fmt: skip
    root = play.start()

    assert play.trace(root) == ["start", "s", "a", "off", "on_no_a", "no_a", "!t"]
    again(play, root, found={"there": 1})

    assert play.trace(root)[6:] == ["!t", "-t", "cancelled", "sorry"]


def test_one_run_that_cancels_a_repeated_transaction_undoes_every_run(play: Play) -> None:
    play.deploy(
        process(
            start(),
            sub("t", start("s"), element("task", "a"), undoing("a", "no_a"), undone_by("no_a"),
                user("u", outcomes("ok", "no")),
                element("exclusiveGateway", "x", default="x__e"), end("e"), end("off", CANCEL),
                chain("s", "a", "u", "x", "e"), flow("x", "off", '= outcome = "no"'), times(3),
                tag="transaction"),
            boundary("cancelled", "t", CANCEL), end(), end("sorry"),
            chain("start", "t", "end"), chain("cancelled", "sorry"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u", outcome="ok")
    play.complete(root, "u", outcome="no")

    assert play.trace(root) == [
        "start", "s", "s", "s", "a", "a", "a", "u", "x", "e", "t", "u", "x", "off",
        "-t", "-u", "-t", *["on_no_a", "no_a"] * 3, "-t", "cancelled", "sorry",
    ]  # fmt: skip


def test_a_subprocess_without_a_start_does_not_begin_at_its_link(play: Play) -> None:
    link = '<bpmn:linkEventDefinition name="L"/>'
    play.deploy(
        process(
            start(),
            sub("s", user("a"), element("intermediateThrowEvent", "go", link),
                element("intermediateCatchEvent", "here", link), user("b"),
                chain("a", "go"), chain("here", "b")),
            end(), chain("start", "s", "end"),
        )
    )  # fmt: skip
    root = play.start()

    assert play.open(root) == ["a"]
    play.complete(root, "a")
    play.complete(root, "b")

    assert play.trace(root) == ["start", "a", "go", "here", "b", "s", "end"]


def test_boundary_events_on_what_never_waits_never_fire(play: Play) -> None:
    quick = {
        "plain": element("task", "plain"),
        "manual": element("manualTask", "manual"),
        "script": script("script", "x = 1"),
    }
    events = {
        "late": timer("duration", "PT1H"),
        "bad": "<bpmn:errorEventDefinition/>",
        "true": when("= true"),
    }
    play.deploy(
        process(
            start(), *quick.values(), user("last"), end(), end("never"),
            *(boundary(f"{one}_{host}", host, events[one]) for host in quick for one in events),
            *(chain(f"{one}_{host}", "never") for host in quick for one in events),
            chain("start", *quick, "last", "end"),
        )
    )  # fmt: skip
    root = play.start()

    play.move(hours=2)
    play.complete(root, "last")

    assert play.trace(root) == ["start", "plain", "manual", "script", "last", "end"]
