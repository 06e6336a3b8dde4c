"""Activities that run several times: over a list, so many times, while a condition holds."""

from collections import Counter
from typing import Any
from uuid import UUID

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
    timer,
    user,
)
from tests.requirements import bpmn

SEES = "= [loopCounter, numberOfInstances, numberOfActiveInstances, numberOfCompletedInstances]"


def many(inside: str = "", sequential: bool = False, **attributes: str) -> str:
    """The multi-instance marker."""
    given = "".join(f' ravand:{name}="{text}"' for name, text in attributes.items())
    order = "true" if sequential else "false"
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}"{given}>{inside}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def times(count: str, until: str = "") -> str:
    over = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    return f"<bpmn:loopCardinality>{count}</bpmn:loopCardinality>{over}"


def until(condition: str) -> str:
    return f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>"


def one(*parts: str, name: str = "each") -> str:
    """A process of one activity, then a task that people see."""
    return process(start(), *parts, user("after"), end(), chain("start", name, "after", "end"))


def scripted(marker: str, text: str) -> str:
    inside = f"<bpmn:script>{text}</bpmn:script>{marker}"
    return element("scriptTask", "each", inside, scriptFormat="ravand")


def variables(play: Play, root: UUID) -> dict[str, Any]:
    return play.instance(root).variables


@bpmn("repeat.parallel", "repeat.collection", "repeat.output")
def test_parallel_runs_end_in_any_order_and_their_results_keep_that_of_the_list(play: Play) -> None:
    marker = many(
        collection="= names", element="name", output="said", outputElement="= [name, outcome]"
    )
    outcomes = '<ravand:outcome key="yes" fa="a"/><ravand:outcome key="no" fa="b"/>'
    play.deploy(one(user("each", outcomes, marker)))
    root = play.start(names=["a", "b", "c"])
    items = play.items(root)
    assert [item.element_id for item in items] == ["each"] * 3

    play.complete_item(items[2], outcome="yes")
    play.complete_item(items[0], outcome="no")
    assert play.trace(root) == ["start", "each", "each"]
    assert "said" not in variables(play, root)
    play.complete_item(items[1], outcome="yes")

    assert play.trace(root) == ["start", "each", "each", "each", "each"]  # three runs and the whole
    assert variables(play, root)["said"] == [["a", "no"], ["b", "yes"], ["c", "yes"]]
    assert play.open(root) == ["after"]


@bpmn("repeat.sequential", "repeat.collection")
def test_sequential_runs_come_one_after_the_other(play: Play) -> None:
    marker = many(
        sequential=True, collection="= names", element="name", output="seen", outputElement="= name"
    )
    play.deploy(one(user("each", "", marker)))
    root = play.start(names=["a", "b", "c"])

    for done in range(3):
        assert len(play.items(root, "each")) == 1
        assert play.trace(root) == ["start"] + ["each"] * done
        play.complete(root, "each")

    assert play.trace(root) == ["start", "each", "each", "each", "each"]
    assert variables(play, root)["seen"] == ["a", "b", "c"]


@bpmn("repeat.cardinality", "repeat.counters")
@pytest.mark.parametrize("sequential", [False, True])
def test_a_number_says_how_often_and_each_run_sees_the_counters(
    play: Play, sequential: bool
) -> None:
    marker = many(times("= n + 1"), sequential, output="seen", outputElement=SEES)
    play.deploy(one(user("each", "", marker)))
    root = play.start(n=2)

    for _ in range(3):
        play.complete(root, "each")

    assert play.trace(root) == ["start", "each", "each", "each", "each"]
    left = [0, 0, 0] if sequential else [2, 1, 0]  # still active as this run ends
    seen = [[run, 3, left[run - 1], run] for run in (1, 2, 3)]
    assert variables(play, root)["seen"] == seen


@bpmn("repeat.counters")
def test_camundas_names_of_the_counters_are_read_too(play: Play) -> None:
    seen = "= [nrOfInstances, nrOfActiveInstances, nrOfCompletedInstances,"
    seen += " numberOfTerminatedInstances]"
    play.deploy(one(scripted(many(times("2"), output="seen", outputElement=seen), "x = 1")))

    root = play.start()

    assert play.trace(root) == ["start", "each", "each", "each"]
    assert variables(play, root)["seen"] == [[2, 1, 1, 0], [2, 0, 2, 0]]


@bpmn("repeat.completion")
def test_enough_runs_end_the_others(play: Play) -> None:
    marker = many(
        until("= numberOfCompletedInstances / numberOfInstances &gt;= 0.5"),
        collection="= names",
        element="name",
        output="said",
        outputElement="= name",
    )
    play.deploy(one(user("each", "", marker)))
    root = play.start(names=["a", "b", "c", "d"])
    items = play.items(root)

    play.complete_item(items[3])
    assert play.trace(root) == ["start", "each"]
    play.complete_item(items[1])

    assert play.trace(root) == ["start", "each", "each", "-each", "-each", "each"]
    assert variables(play, root)["said"] == ["b", "d"]
    assert play.open(root) == ["after"]


@bpmn("repeat.completion", "repeat.sequential")
def test_a_completion_condition_reads_the_answers_of_the_run_that_ended(play: Play) -> None:
    marker = many(until('= outcome = "yes"'), True, collection="= [1, 2, 3]")
    outcomes = '<ravand:outcome key="yes" fa="a"/><ravand:outcome key="no" fa="b"/>'
    play.deploy(one(user("each", outcomes, marker)))
    root = play.start()

    play.complete(root, "each", outcome="no")
    play.complete(root, "each", outcome="yes")

    assert play.trace(root) == ["start", "each", "each", "each"]


@bpmn("repeat.output")
def test_the_standards_own_words_gather_results_too(play: Play) -> None:
    marker = (
        "<bpmn:multiInstanceLoopCharacteristics>"
        "<bpmn:loopDataInputRef>data_in</bpmn:loopDataInputRef>"
        "<bpmn:loopDataOutputRef>data_out</bpmn:loopDataOutputRef>"
        '<bpmn:inputDataItem id="i" name="price"/><bpmn:outputDataItem id="o" name="taxed"/>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    data = (
        '<bpmn:dataObject id="data_in" name="prices"/><bpmn:dataObject id="data_out" name="all"/>'
    )
    play.deploy(one(data, scripted(marker, "taxed = price * 2")))

    root = play.start(prices=[1, 2, 3])

    assert play.trace(root) == ["start"] + ["each"] * 4
    assert variables(play, root) == {"prices": [1, 2, 3], "all": [2, 4, 6]}


@bpmn("repeat.loop")
def test_a_loop_runs_again_while_its_condition_holds(play: Play) -> None:
    loop = (
        "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>= n &lt; 3</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )
    play.deploy(one(scripted(loop, "n = n + 1\nlast = loopCounter")))

    counted, once = play.start(n=0), play.start(n=7)

    assert play.trace(counted) == ["start", "each", "each", "each", "each"]
    assert variables(play, counted) == {"n": 3, "last": 3}
    assert play.trace(once) == ["start", "each", "each"]  # the condition comes after a run


@bpmn("repeat.loop")
def test_a_loop_may_look_before_its_first_run_and_stops_at_its_maximum(play: Play) -> None:
    loop = (
        '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="2">'
        "<bpmn:loopCondition>= loopCounter &lt; n</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )
    play.deploy(one(user("each", "", loop)))
    never, once, more = play.start(n=0), play.start(n=1), play.start(n=9)

    play.complete(once, "each")
    play.complete(more, "each")
    play.complete(more, "each")

    assert play.trace(never) == ["start", "each"]
    assert play.trace(once) == ["start", "each", "each"]
    assert play.trace(more) == ["start", "each", "each", "each"]
    assert {*play.open(never), *play.open(once), *play.open(more)} == {"after"}


def test_an_empty_list_passes_with_an_empty_list_of_results(play: Play) -> None:
    marker = many(collection="= []", output="seen", outputElement="= 1")
    play.deploy(one(user("each", "", marker)))

    root = play.start()

    assert play.trace(root) == ["start", "each"]
    assert variables(play, root) == {"seen": []}


def test_a_boundary_event_of_the_whole_ends_every_run(play: Play) -> None:
    marker = many(collection="= [1, 2]", output="seen", outputElement="= 1")
    late = boundary("late", "each", timer("duration", "PT1H"))
    play.deploy(one(user("each", "", marker), late, end("gone"), chain("late", "gone")))
    root = play.start()
    play.complete(root, "each")

    play.move(hours=2)

    assert play.trace(root) == ["start", "each", "-each", "-each", "late", "gone"]
    assert variables(play, root) == {}


@bpmn("repeat.parallel", "repeat.output")
def test_a_subprocess_runs_for_each_item_with_its_own_answers(play: Play) -> None:
    outcomes = '<ravand:outcome key="yes" fa="a"/><ravand:outcome key="no" fa="b"/>'
    marker = many(
        collection="= names",
        element="name",
        output="said",
        outputElement="= [name, outcome, outcomes.ask]",
    )
    inside = start("in") + user("ask", outcomes) + user("check") + end("out")
    inside += chain("in", "ask", "check", "out")
    play.deploy(one(element("subProcess", "each", inside + marker)))
    root = play.start(names=["a", "b"])

    first, second = play.items(root, "ask")
    play.complete_item(first, outcome="yes")
    play.complete_item(second, outcome="no")
    play.complete(root, "check")
    play.complete(root, "check")

    assert Counter(play.trace(root)) == Counter(
        ["start", "in", "in", "ask", "ask", "check", "check", "out", "out"] + ["each"] * 3
    )
    assert variables(play, root)["said"] == [["a", "yes", "yes"], ["b", "no", "no"]]


def test_repetition_inside_repetition(play: Play) -> None:
    inner = many(collection="= row", element="cell", output="doubled", outputElement="= cell * 2")
    task = f"<bpmn:script>x = cell</bpmn:script>{inner}"
    inside = start("in") + element("scriptTask", "cells", task, scriptFormat="ravand")
    inside += end("out") + chain("in", "cells", "out")
    outer = many(
        "", True, collection="= rows", element="row", output="all", outputElement="= doubled"
    )
    play.deploy(one(element("subProcess", "each", inside + outer)))

    root = play.start(rows=[[1, 2], [3]])

    assert play.trace(root) == [
        "start",
        *("in", "cells", "cells", "cells", "out", "each"),
        *("in", "cells", "cells", "out", "each"),
        "each",
    ]
    assert variables(play, root)["all"] == [[2, 4], [6]]


def test_a_process_is_called_for_each_item(play: Play) -> None:
    marker = many(collection="= [5, 6]", element="n", output="all", outputElement="= squared")
    maps = '<ravand:in source="n" target="n"/><ravand:out source="sq" target="squared"/>'
    play.deploy(
        one(element("callActivity", "each", marker, maps, called="square")),
        process(
            start("s"),
            script("calc", "sq = n * n"),
            end("e"),
            chain("s", "calc", "e"),
            key="square",
        ),
    )

    root = play.start()

    assert play.trace(root) == ["start"] + ["s", "calc", "e", "each"] * 2 + ["each"]
    assert variables(play, root)["all"] == [25, 36]


def test_a_result_that_cannot_be_computed_stops_its_run_and_may_be_retried(play: Play) -> None:
    marker = many(collection="= [1, 0]", element="n", output="all", outputElement="= 1 / (n + k)")
    play.deploy(one(user("each", "", marker)))
    root = play.start(k=0)
    play.complete(root, "each")
    play.complete(root, "each")
    [incident] = play.incidents(root)

    play.retry(incident.id, k=1)

    assert incident.code == "engine.expression"
    assert play.trace(root) == ["start", "each", "!each", "each", "each"]
    assert variables(play, root)["all"] == [1, 1]


def test_every_one_of_several_people_answers_in_every_run(play: Play) -> None:
    marker = many(collection="= [1, 2]")
    both = """<ravand:performer mode="every"
        expression="= [position('finance.head'), position('reception.head')]"/>"""
    play.deploy(one(user("each", "", marker, performer=both)))
    root = play.start()
    holders = {str(play.actor(key).person_id): key for key in ("finance.head", "reception.head")}
    items = play.items(root)
    assert len(items) == 4

    for item in items:
        play.complete_item(item, by=holders[item.principals[0].partition(":")[2]])

    assert play.trace(root) == ["start", "each", "each", "each"]
