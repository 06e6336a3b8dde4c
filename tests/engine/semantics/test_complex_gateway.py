"""The complex gateway: goes on when enough has come, then absorbs what comes late."""

from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, flow, outcomes, process, script, start, user
from tests.requirements import bpmn


def when(condition: str) -> str:
    inside = f"<bpmn:activationCondition>{condition}</bpmn:activationCondition>"
    return element("complexGateway", "gate", inside)


def race(*parts: str, condition: str = "= activationCount &gt;= 2") -> str:
    """Three branches come to a complex gateway."""
    return process(
        start(), element("parallelGateway", "split"), user("a"), user("b"), user("c"),
        when(condition), user("after"), end(), *parts,
        chain("start", "split", "a", "gate", "after", "end"),
        chain("split", "b", "gate"), chain("split", "c", "gate"),
    )  # fmt: skip


@bpmn("gateway.complex")
def test_two_of_three_go_on_and_the_third_is_absorbed(play: Play) -> None:
    play.deploy(race())
    root = play.start()

    play.complete(root, "c")
    assert play.open(root) == ["a", "b"]
    play.complete(root, "a")
    assert play.open(root) == ["after", "b"]
    play.complete(root, "after")
    assert play.instance(root).status == "running"
    play.complete(root, "b")

    assert play.trace(root) == ["start", "split", "c", "a", "gate", "after", "end", "b"]
    assert play.instance(root).status == "completed"


@bpmn("gateway.complex")
def test_the_condition_may_ask_by_which_flow_tokens_came(play: Play) -> None:
    play.deploy(race(condition="= arrived.b__gate = 1 or activationCount = 3"))
    by_b, all_three = play.start(), play.start()

    play.complete(by_b, "b")
    for name in ("a", "c"):
        play.complete(all_three, name)
        assert "after" not in play.open(all_three)
    play.complete(all_three, "b")

    assert play.trace(by_b) == ["start", "split", "b", "gate"]
    assert play.open(by_b) == ["a", "after", "c"]
    assert play.trace(all_three) == ["start", "split", "a", "c", "b", "gate"]
    assert play.open(all_three) == ["after"]


@bpmn("gateway.complex")
def test_in_a_loop_every_round_goes_on_once(play: Play) -> None:
    play.deploy(
        process(
            start(), element("exclusiveGateway", "again"), element("parallelGateway", "split"),
            user("a"), user("b"), user("c"), when("= activationCount &gt;= 2"),
            user("check", outcomes("back", "done")),
            element("exclusiveGateway", "way", default="way__end"), end(),
            chain("start", "again", "split", "a", "gate", "check", "way", "end"),
            chain("split", "b", "gate"), chain("split", "c", "gate"),
            flow("way", "again", '= outcome = "back"'),
        )
    )  # fmt: skip
    root = play.start()

    for name in ("a", "b", "c"):
        play.complete(root, name)
    assert play.open(root) == ["check"]
    play.complete(root, "check", outcome="back")
    for name in ("c", "a"):
        play.complete(root, name)
    assert play.open(root) == ["b", "check"]
    play.complete(root, "b")
    play.complete(root, "check", outcome="done")

    first = ["start", "again", "split", "a", "b", "gate", "c", "check", "way"]
    second = ["again", "split", "c", "a", "gate", "b", "check", "way", "end"]
    assert play.trace(root) == first + second
    assert play.instance(root).status == "completed"


@bpmn("gateway.complex")
def test_it_splits_by_conditions(play: Play) -> None:
    play.deploy(
        process(
            start(), element("complexGateway", "gate", default="gate__c"),
            script("a", "x = 1"), script("b", "x = 2"), script("c", "x = 3"), end(),
            chain("start", "gate"),
            flow("gate", "a", "= n &gt; 0"), flow("gate", "b", "= n &gt; 1"), flow("gate", "c"),
            *(chain(name, "end") for name in "abc"),
        )
    )  # fmt: skip

    assert play.trace(play.start(n=2)) == ["start", "gate", "a", "b", "end", "end"]
    assert play.trace(play.start(n=1)) == ["start", "gate", "a", "end"]
    assert play.trace(play.start(n=0)) == ["start", "gate", "c", "end"]


@bpmn("gateway.complex")
def test_a_flow_may_be_taken_when_the_late_tokens_have_come(play: Play) -> None:
    play.deploy(
        process(
            start(), element("parallelGateway", "split"), user("a"), user("b"),
            when("= activationCount &gt;= 1"), script("early", "x = 1"), script("late", "y = 1"),
            end(), chain("start", "split", "a", "gate"), chain("split", "b", "gate"),
            flow("gate", "early", "= waitingForStart"),
            flow("gate", "late", "= not(waitingForStart)"),
            chain("early", "end"), chain("late", "end"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "b")
    assert play.trace(root) == ["start", "split", "b", "gate", "early", "end"]
    play.complete(root, "a")

    assert play.trace(root) == ["start", "split", "b", "gate", "early", "end", "a", "late", "end"]
    assert play.instance(root).status == "completed"


def test_tokens_that_can_come_no_more_are_not_waited_for(play: Play) -> None:
    play.deploy(
        process(
            start(), element("inclusiveGateway", "split", default="split__a"),
            user("a"), user("b"), user("c"), when("= activationCount &gt;= 1"), end(),
            chain("start", "split"), flow("split", "a"), flow("split", "b", "= n &gt; 0"),
            flow("split", "c", "= n &gt; 1"), chain("a", "gate", "end"), chain("b", "gate"),
            chain("c", "gate"),
        )
    )  # fmt: skip
    root = play.start(n=1)

    play.complete(root, "b")

    assert play.trace(root) == ["start", "split", "b", "gate", "end"]
    assert play.instance(root).status == "completed"


def test_a_condition_that_can_hold_no_more_is_an_incident(play: Play) -> None:
    play.deploy(race(condition="= activationCount &gt; n"))
    root = play.start(n=3)
    for name in ("a", "b", "c"):
        play.complete(root, name)

    [incident] = play.incidents(root)
    assert (incident.code, incident.element_id) == ("engine.no-activation", "gate")
    play.retry(incident.id, n=2)

    assert play.trace(root) == ["start", "split", "a", "b", "c", "!gate", "gate"]
    assert play.open(root) == ["after"]
