"""BPMN's meaning: gateways, joins, loops, subprocesses, several instances."""

import pytest

from tests.engine.conftest import Play
from tests.engine.drawing import (
    chain,
    element,
    end,
    flow,
    outcomes,
    process,
    script,
    start,
    user,
)

NOBODY = 'ravand:collection="= []" ravand:element="nobody"'


def test_an_exclusive_gateway_takes_the_flow_of_the_outcome(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("decide", outcomes("yes", "no")),
            element("exclusiveGateway", "gate", default="gate__b"),
            user("a"),
            user("b"),
            end(),
            chain("start", "decide", "gate"),
            flow("gate", "a", '= outcomes.decide = "yes"'),
            flow("gate", "b"),
            chain("a", "end"),
            chain("b", "end"),
        )
    )
    yes, no = play.start(), play.start()

    play.complete(yes, "decide", outcome="yes")
    play.complete(no, "decide", outcome="no")

    assert play.open(yes) == ["a"]
    assert play.open(no) == ["b"]


def test_a_join_loses_no_update_whichever_branch_ends_last(play: Play) -> None:
    play.deploy(
        process(
            start(),
            script("zero", "x = 0"),
            element("parallelGateway", "split"),
            user("a"),
            user("b"),
            script("one", "x = x + 1"),
            element("parallelGateway", "join"),
            user("after"),
            end(),
            chain("start", "zero", "split", "a", "one", "join", "after", "end"),
            chain("split", "b", "join"),
        )
    )
    root = play.start()

    play.complete(root, "a")
    assert play.open(root) == ["b"]
    play.complete(root, "b")

    assert play.open(root) == ["after"]
    assert play.instance(root).variables["x"] == 1


def test_a_join_inside_a_loop_waits_in_every_round(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("exclusiveGateway", "again"),
            element("parallelGateway", "split"),
            user("a"),
            user("b"),
            element("parallelGateway", "join"),
            user("check", outcomes("back", "done")),
            element("exclusiveGateway", "way", default="way__end"),
            end(),
            chain("start", "again", "split", "a", "join", "check", "way", "end"),
            chain("split", "b", "join"),
            flow("way", "again", '= outcome = "back"'),
        )
    )
    root = play.start()

    for first, second in (("a", "b"), ("b", "a"), ("a", "b")):
        play.complete(root, first)
        assert play.open(root) == [second]
        play.complete(root, second)
        assert play.open(root) == ["check"]
        play.complete(root, "check", outcome="back")
    play.complete(root, "a")
    play.complete(root, "b")
    play.complete(root, "check", outcome="done")

    assert play.instance(root).status == "completed"


def test_an_inclusive_join_waits_only_for_the_branches_that_were_taken(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("inclusiveGateway", "split", default="split__c"),
            user("a"),
            user("b"),
            user("c"),
            element("inclusiveGateway", "join"),
            user("after"),
            end(),
            chain("start", "split"),
            flow("split", "a", "= n &gt; 0"),
            flow("split", "b", "= n &gt; 1"),
            flow("split", "c"),
            chain("a", "join"),
            chain("b", "join"),
            chain("c", "join", "after", "end"),
        )
    )
    both, one, none = play.start(n=2), play.start(n=1), play.start(n=0)

    assert play.open(both) == ["a", "b"]
    assert play.open(one) == ["a"]
    assert play.open(none) == ["c"]
    play.complete(both, "b")
    assert play.open(both) == ["a"]
    play.complete(both, "a")
    play.complete(one, "a")
    assert play.open(both) == play.open(one) == ["after"]


def test_a_subprocess_ends_when_nothing_is_left_in_it(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element(
                "subProcess",
                "sub",
                start("in")
                + user("x")
                + user("y")
                + element("parallelGateway", "fork")
                + end("out1")
                + end("out2")
                + chain("in", "fork", "x", "out1")
                + chain("fork", "y", "out2"),
            ),
            user("after"),
            end(),
            chain("start", "sub", "after", "end"),
        )
    )
    root = play.start()

    play.complete(root, "x")
    assert play.open(root) == ["y"]
    play.complete(root, "y")

    assert play.open(root) == ["after"]


@pytest.mark.parametrize("mode", ["false", "true"])
def test_an_activity_runs_once_for_each_item_of_a_list(play: Play, mode: str) -> None:
    many = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{mode}" '
        'ravand:collection="= names" ravand:element="name"/>'
    )
    play.deploy(process(start(), user("each", inside=many), end(), chain("start", "each", "end")))
    root = play.start(names=["a", "b", "c"])

    for left in (3, 2, 1):
        assert len(play.items(root)) == (1 if mode == "true" else left)
        play.complete(root, "each")

    assert play.instance(root).status == "completed"


def test_a_process_that_goes_round_in_a_circle_becomes_an_incident(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("exclusiveGateway", "again"),
            user("each", inside=f"<bpmn:multiInstanceLoopCharacteristics {NOBODY}/>"),
            element("exclusiveGateway", "way", default="way__end"),
            end(),
            chain("start", "again", "each", "way", "end"),
            flow("way", "again", "= n &gt; 0"),
        )
    )
    root = play.start(n=1)

    assert [one.code for one in play.incidents(root)] == ["engine.step-limit"]


def test_several_ends_and_a_terminate_end(play: Play) -> None:
    stop = "<bpmn:terminateEventDefinition/>"
    play.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            user("a"),
            user("b"),
            end("gone", stop),
            end("done"),
            chain("start", "fork", "a", "gone"),
            chain("fork", "b", "done"),
        )
    )
    root = play.start()

    play.complete(root, "a")

    assert play.open(root) == []
    assert play.instance(root).status == "completed"
    assert play.instance(root).end_event == "gone"
