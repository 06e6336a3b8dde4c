"""Gateways and joins: who goes on, who waits, and for whom (BPMN 2.0.2, 13.4)."""

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
    start,
    sub,
    timer,
    user,
    woken,
)
from tests.requirements import bpmn

MESSAGE = '<bpmn:message id="M" name="go"/>'
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
ALL = ("a", "b", "c", "other")
KEY = '<ravand:correlation key="= k"/>'


def parallel(id: str) -> str:
    return element("parallelGateway", id)


def exclusive(id: str, default: str = "") -> str:
    return element("exclusiveGateway", id, **({"default": default} if default else {}))


def inclusive(id: str, default: str = "") -> str:
    return element("inclusiveGateway", id, **({"default": default} if default else {}))


@bpmn("gateway.exclusive")
@pytest.mark.parametrize(("n", "way"), [(1, "a"), (2, "b"), (3, "c")])
def test_an_exclusive_gateway_takes_the_first_way_that_holds(play: Play, n: int, way: str) -> None:
    play.deploy(
        process(
            start(), exclusive("gate", "gate__c"), *(element("task", one) for one in "abc"),
            exclusive("merge"), end(), chain("start", "gate"), flow("gate", "a", "= n = 1"),
            flow("gate", "b", "= n &lt; 3"), flow("gate", "c"),
            *(chain(one, "merge") for one in "abc"), chain("merge", "end"),
        )
    )  # fmt: skip
    root = play.start(n=n)

    assert play.trace(root) == ["start", "gate", way, "merge", "end"]


@bpmn("gateway.exclusive")
def test_without_a_way_an_exclusive_gateway_is_an_incident(play: Play) -> None:
    play.deploy(
        process(
            start(), exclusive("gate"), user("a"), user("b"), end(), chain("start", "gate"),
            flow("gate", "a", "= n = 1"), flow("gate", "b", "= n = 2"), chain("a", "end"),
            chain("b", "end"),
        )
    )  # fmt: skip
    root = play.start(n=3)
    assert play.trace(root) == ["start", "!gate"]

    play.retry(play.incidents(root)[0].id, n=2)

    assert play.trace(root) == ["start", "!gate", "gate"]
    assert play.open(root) == ["b"]


@bpmn("gateway.parallel")
def test_a_parallel_join_waits_for_one_token_of_every_flow(play: Play) -> None:
    play.deploy(
        process(
            start(), parallel("fork"), user("a"), user("b"), user("c"), parallel("join"), end(),
            *(chain("fork", one, "join") for one in "abc"), chain("start", "fork"),
            chain("join", "end"),
        )
    )  # fmt: skip
    root = play.start()

    for one in "bca":
        play.complete(root, one)

    assert play.trace(root) == ["start", "fork", "b", "c", "a", "join", "end"]


@bpmn("join.two-tokens")
def test_two_tokens_of_one_branch_wait_for_two_of_the_other(play: Play) -> None:
    play.deploy(
        process(
            start(), parallel("fork"), parallel("twice"), exclusive("merge"), user("a"), user("b"),
            user("c"), exclusive("one"), parallel("join"), user("after"), end(),
            chain("start", "fork", "twice", "a", "merge", "join"), chain("twice", "b", "merge"),
            chain("fork", "c", "one", "join"), chain("join", "after", "end"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")
    play.complete(root, "b")
    assert play.open(root) == ["c"]
    play.complete(root, "c")
    play.complete(root, "after")

    assert play.trace(root) == [
        "start", "fork", "twice", "a", "merge", "b", "merge", "c", "one", "join", "after", "end",
        "!join",
    ]  # fmt: skip
    assert [one.code for one in play.incidents(root)] == ["engine.stalled"]


@bpmn("join.loop")
def test_a_join_inside_a_loop_joins_anew_every_round(play: Play) -> None:
    play.deploy(
        process(
            start(), exclusive("again"), parallel("fork"), user("a"), user("b"), parallel("join"),
            user("ask", outcomes("more", "enough")), exclusive("gate", "gate__end"), end(),
            chain("start", "again", "fork", "a", "join", "ask", "gate", "end"),
            chain("fork", "b", "join"), flow("gate", "again", '= outcome = "more"'),
        )
    )  # fmt: skip
    root = play.start()

    for first, second, outcome in (("a", "b", "more"), ("b", "a", "more"), ("a", "b", "enough")):
        play.complete(root, first)
        play.complete(root, second)
        play.complete(root, "ask", outcome=outcome)

    assert play.trace(root) == [
        "start",
        "again", "fork", "a", "b", "join", "ask", "gate",
        "again", "fork", "b", "a", "join", "ask", "gate",
        "again", "fork", "a", "b", "join", "ask", "gate", "end",
    ]  # fmt: skip


@bpmn("join.loop")
def test_a_loop_in_one_branch_keeps_the_join_waiting(play: Play) -> None:
    play.deploy(
        process(
            start(), inclusive("fork"), exclusive("again"), user("a", outcomes("more", "done")),
            exclusive("gate", "gate__join"), user("b"), inclusive("join"), end(),
            chain("start"), flow("start", "fork"), flow("fork", "again", "= true"),
            flow("fork", "b", "= true"), chain("again", "a", "gate", "join"),
            flow("gate", "again", '= outcome = "more"'), chain("b", "join", "end"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "b")
    play.complete(root, "a", outcome="more")
    play.complete(root, "a", outcome="more")
    play.complete(root, "a", outcome="done")

    assert play.trace(root) == [
        "start", "fork", "again", "b", "a", "gate", "again", "a", "gate", "again", "a", "gate",
        "join", "end",
    ]  # fmt: skip


@bpmn("gateway.inclusive")
@pytest.mark.parametrize(
    ("chosen", "trace"),
    [
        (["a"], ["a", "join"]),
        (["a", "c"], ["a", "c", "join"]),
        (["a", "b", "c"], ["a", "b", "c", "join"]),
        ([], ["other", "join"]),
    ],
)
def test_an_inclusive_gateway_joins_the_branches_it_took(
    play: Play, chosen: list[str], trace: list[str]
) -> None:
    play.deploy(
        process(
            start(), inclusive("fork", "fork__other"), *(user(one) for one in ALL),
            inclusive("join"), end(), chain("start", "fork"), flow("fork", "other"),
            *(flow("fork", one, f'= list contains(chosen, "{one}")') for one in "abc"),
            *(chain(one, "join") for one in ALL), chain("join", "end"),
        )
    )  # fmt: skip
    root = play.start(chosen=chosen)

    for one in trace[:-1]:
        assert play.instance(root).status == "running"
        play.complete(root, one)

    assert play.trace(root) == ["start", "fork", *trace, "end"]


@bpmn("gateway.inclusive")
def test_an_inclusive_join_takes_one_token_of_each_flow_and_leaves_the_next_round(
    play: Play,
) -> None:
    """Two tokens on one flow: the second is the next round's, and starts it at once."""
    play.deploy(
        process(
            start(), parallel("fork"), user("a"), user("b"), user("c"), exclusive("merge"),
            inclusive("join"), end(), chain("start", "fork", "a", "merge", "join", "end"),
            chain("fork", "b", "merge"), chain("fork", "c", "join"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")
    play.complete(root, "b")
    play.complete(root, "c")

    assert play.trace(root) == [
        "start", "fork", "a", "merge", "b", "merge", "c", "join", "end", "join", "end",
    ]  # fmt: skip


@bpmn("gateway.inclusive")
def test_an_inclusive_join_waits_for_who_may_come_out_of_a_subprocess_or_its_border(
    play: Play,
) -> None:
    play.deploy(
        process(
            start(), parallel("fork"), user("a"),
            sub("deep", start("s"), user("u"), end("e"), chain("s", "u", "e")),
            boundary("late", "deep", timer("duration", "PT1H")), user("urgent"),
            inclusive("join"), end(), end("e2"), chain("start", "fork", "a", "join", "end"),
            chain("fork", "deep", "e2"), chain("late", "urgent", "join"),
        )
    )  # fmt: skip
    slow, quick = play.start(), play.start()
    play.complete(slow, "a")
    play.complete(quick, "a")
    play.complete(quick, "u")

    play.move(hours=2)
    play.complete(slow, "urgent")

    assert play.trace(quick) == ["start", "fork", "s", "a", "u", "e", "deep", "e2", "join", "end"]
    assert play.trace(slow) == [
        "start", "fork", "s", "a", "-u", "-deep", "late", "urgent", "join", "end",
    ]  # fmt: skip


@bpmn("link", "gateway.inclusive")
def test_an_inclusive_join_waits_for_who_may_come_by_a_link(play: Play) -> None:
    link = '<bpmn:linkEventDefinition name="L"/>'
    play.deploy(
        process(
            start(), parallel("fork"), user("a"), user("b"),
            element("intermediateThrowEvent", "jump", link),
            element("intermediateCatchEvent", "land", link), user("c"), inclusive("join"), end(),
            chain("start", "fork", "a", "join", "end"), chain("fork", "b", "jump"),
            chain("land", "c", "join"),
        )
    )  # fmt: skip
    root = play.start()

    for one in "abc":
        play.complete(root, one)

    assert play.trace(root) == [
        "start", "fork", "a", "b", "jump", "land", "c", "join", "end",
    ]  # fmt: skip


@bpmn("gateway.event")
def test_the_first_event_wins_in_every_round_of_a_loop(play: Play) -> None:
    play.deploy(
        process(
            start(), exclusive("again"), element("eventBasedGateway", "race"),
            element("intermediateCatchEvent", "heard", GO, KEY),
            element("intermediateCatchEvent", "late", timer("duration", "PT1H")),
            element("intermediateCatchEvent", "later", timer("duration", "PT2H")), end(),
            end("e2"), chain("start", "again", "race", "heard", "end"),
            chain("race", "late", "again"), chain("race", "later", "e2"), head=MESSAGE,
        )
    )  # fmt: skip
    root = play.start(k="1")

    play.move(minutes=61)
    play.move(minutes=61)
    play.message("go", "1")
    play.move(hours=5)

    assert play.trace(root) == [
        "start", "again", "race", "-heard", "-later", "late", "again", "race", "-heard", "-later",
        "late", "again", "race", "-late", "-later", "heard", "end",
    ]  # fmt: skip


@bpmn("stall")
def test_a_case_that_neither_waits_nor_ended_is_an_incident_also_deep_inside(play: Play) -> None:
    stuck = sub(
        "deep", start("s"), exclusive("gate", "gate__a"), element("task", "a"),
        element("task", "b"), parallel("join"), end("e"), chain("s", "gate", "a", "join", "e"),
        flow("gate", "b", "= false"), chain("b", "join"),
        woken("never", start("w", timer("duration", "PT9H")), end("we"), chain("w", "we")),
    )  # fmt: skip
    play.deploy(
        process(
            start(), parallel("fork"), stuck, user("beside"), parallel("all"), end(),
            chain("start", "fork", "deep", "all", "end"), chain("fork", "beside", "all"),
        )
    )  # fmt: skip
    root = play.start()
    assert play.incidents(root) == []

    play.complete(root, "beside")

    assert play.trace(root) == ["start", "fork", "s", "gate", "a", "beside", "!join"]
    assert [one.code for one in play.incidents(root)] == ["engine.stalled"]
    play.retry(play.incidents(root)[0].id)
    assert play.trace(root)[6:] == ["!join", "join", "e", "deep", "all", "end"]


def test_a_join_in_each_of_two_event_subprocesses_joins_its_own_tokens(play: Play) -> None:
    beside = element("startEvent", "w", GO, KEY, isInterrupting="false")
    play.deploy(
        process(
            start(), user("main"), end(), chain("start", "main", "end"),
            woken("extra", beside, parallel("fork"), user("a"), user("b"), parallel("join"),
                  end("we"), chain("w", "fork", "a", "join", "we"), chain("fork", "b", "join")),
            head=MESSAGE,
        )
    )  # fmt: skip
    root = play.start(k="1")
    play.message("go", "1")
    play.message("go", "1")

    play.complete(root, "a")
    play.complete(root, "a")
    play.complete(root, "main")
    assert play.instance(root).status == "running"
    play.complete(root, "b")
    play.complete(root, "b")

    assert play.trace(root) == [
        "start", "w", "fork", "w", "fork", "a", "a", "main", "end",
        "b", "join", "we", "extra", "b", "join", "we", "extra",
    ]  # fmt: skip
