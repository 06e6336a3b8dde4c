"""What a drawing leaves unsaid and BPMN says for it: starts, ends, forks, defaults, codes."""

import pytest

from engine.preflight import Catalogue, check
from tests.engine.conftest import Play
from tests.engine.drawing import (
    CLERK,
    boundary,
    bundle,
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
from tests.requirements import bpmn

NOTHING = Catalogue(positions=frozenset({"reception.clerk"}))


def notes(*documents: str) -> list[tuple[str, str]]:
    """What preflight decided, and about which element."""
    report = check(bundle(*documents), NOTHING)
    assert not report.errors, report.errors
    return sorted((p.code, p.element_id) for p in report.problems if p.code.startswith("read."))


@bpmn("flow.fork", "end.implicit")
def test_all_flows_out_of_a_task_are_taken_and_the_last_tasks_end_the_case(play: Play) -> None:
    drawn = process(start(), user("a"), user("b"), user("c"), chain("start", "a", "b"),
                    chain("a", "c"))  # fmt: skip
    play.deploy(drawn)
    root = play.start()

    play.complete(root, "a")
    assert play.open(root) == ["b", "c"]
    play.complete(root, "c")
    assert play.instance(root).status == "running"
    play.complete(root, "b")

    assert play.trace(root) == ["start", "a", "c", "b"]
    assert play.instance(root).status == "completed"
    assert notes(drawn) == [("read.fork", "a"), ("read.implicit-end", "p")]


@pytest.mark.parametrize(
    ("amount", "way"),
    [
        (5, ["start", "a", "small", "end"]),
        (50, ["start", "a", "big", "end"]),
        (500, ["start", "a", "big", "huge", "end", "end"]),
    ],
)
@bpmn("flow.conditional")
def test_conditional_flows_out_of_a_task_are_each_decided(
    play: Play, amount: int, way: list[str]
) -> None:
    given = f'default="a__small">{"<bpmn:extensionElements>"}{CLERK}</bpmn:extensionElements>'
    task = f'<bpmn:userTask id="a" name="a" {given}</bpmn:userTask>'
    drawn = process(
        start(), task, script("small", "x = 1"), script("big", "x = 2"), script("huge", "y = 3"),
        end(), chain("start", "a"), flow("a", "small"), flow("a", "big", "= amount &gt; 10"),
        flow("a", "huge", "= amount &gt; 100"), chain("small", "end"), chain("big", "end"),
        chain("huge", "end"),
    )  # fmt: skip
    play.deploy(drawn)
    root = play.start(amount=amount)

    play.complete(root, "a")

    assert play.trace(root) == way
    assert notes(drawn) == [("read.conditional-flows", "a")]


@bpmn("flow.conditional")
def test_an_unconditional_flow_is_taken_beside_the_conditional_ones(play: Play) -> None:
    play.deploy(
        process(start(), user("a"), script("always", "x = 1"), script("rarely", "y = 1"), end(),
                chain("start", "a", "always", "end"), flow("a", "rarely", "= rare"),
                chain("rarely", "end"))
    )  # fmt: skip
    plain, rare = play.start(rare=False), play.start(rare=True)

    play.complete(plain, "a")
    play.complete(rare, "a")

    assert play.trace(plain) == ["start", "a", "always", "end"]
    assert play.trace(rare) == ["start", "a", "always", "rarely", "end", "end"]


@bpmn("flow.conditional")
def test_a_task_whose_flows_all_say_no_stops_the_case(play: Play) -> None:
    play.deploy(
        process(start(), user("a"), user("b"), end(), chain("start", "a"),
                flow("a", "b", "= false"), chain("b", "end"))
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")

    assert play.trace(root) == ["start", "!a"]


def test_a_process_without_a_start_begins_at_everything_nothing_flows_into(play: Play) -> None:
    drawn = process(user("a"), user("b"), element("parallelGateway", "both"), end(),
                    chain("a", "both", "end"), chain("b", "both"))  # fmt: skip
    play.deploy(drawn)
    root = play.start()

    assert play.open(root) == ["a", "b"]
    play.complete(root, "b")
    play.complete(root, "a")

    assert play.trace(root) == ["implicit_start", "b", "a", "both", "end"]
    assert notes(drawn) == [("read.implicit-start", "p")]


@bpmn("end.implicit")
def test_a_subprocess_without_start_and_end_runs_from_its_first_to_its_last(play: Play) -> None:
    inside = user("x") + user("y") + chain("x", "y") + user("z")
    drawn = process(start(), element("subProcess", "sub", inside), end(),
                    chain("start", "sub", "end"))  # fmt: skip
    play.deploy(drawn)
    root = play.start()

    assert play.open(root) == ["x", "z"]
    play.complete(root, "z")
    play.complete(root, "x")
    play.complete(root, "y")

    assert play.trace(root) == ["start", "z", "x", "y", "sub", "end"]
    assert notes(drawn) == [("read.implicit-end", "sub"), ("read.implicit-start", "sub")]


def test_the_one_flow_without_a_condition_is_the_default(play: Play) -> None:
    drawn = process(
        start(), user("ask", outcomes("yes", "no")), element("exclusiveGateway", "gate"),
        user("a"), end(), chain("start", "ask", "gate"), flow("gate", "a"),
        flow("gate", "end", '= outcomes.ask = "yes"'), chain("a", "end"),
    )  # fmt: skip
    play.deploy(drawn)
    yes, no = play.start(), play.start()

    play.complete(yes, "ask", outcome="yes")
    play.complete(no, "ask", outcome="no")

    assert play.trace(yes) == ["start", "ask", "gate", "end"]
    assert play.trace(no) == ["start", "ask", "gate"]
    assert notes(drawn) == [("read.default-flow", "gate")]


def test_an_undeclared_error_is_its_own_code(play: Play) -> None:
    drawn = process(
        start(),
        element("subProcess", "sub", start("in") + chain("in", "bad")
                + end("bad", '<bpmn:errorEventDefinition errorRef="no_stock"/>')),
        boundary("caught", "sub", '<bpmn:errorEventDefinition errorRef="no_stock"/>'),
        user("mend"), end(), chain("start", "sub", "end"), chain("caught", "mend"),
    )  # fmt: skip
    play.deploy(drawn)
    root = play.start()

    assert play.open(root) == ["mend"]
    assert ("read.undeclared-code", "bad") in notes(drawn)


def test_a_gateway_with_one_way_in_and_out_is_passed(play: Play) -> None:
    gates = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
    play.deploy(
        process(start(), *(element(one, one) for one in gates), user("a"), end(),
                chain("start", *gates, "a", "end"))
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")

    assert play.trace(root) == ["start", *gates, "a", "end"]


def test_a_definition_shared_by_events_is_found_by_its_reference(play: Play) -> None:
    shared = '<bpmn:terminateEventDefinition id="stop"/>'
    reference = "<bpmn:eventDefinitionRef>stop</bpmn:eventDefinitionRef>"
    play.deploy(
        process(start(), user("a"), user("b"), end("stopped", reference), end(),
                chain("start", "a", "stopped"), chain("start", "b", "end"), head=shared)
    )  # fmt: skip
    root = play.start()

    play.complete(root, "a")

    assert play.trace(root) == ["start", "a", "-b", "stopped"]
