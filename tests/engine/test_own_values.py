"""What a step has to itself is what its page shows and its form begins with."""

from uuid import UUID

import pytest

from engine import queries
from engine.queries import ItemView
from kernel.uow import read_only
from tests.engine.conftest import Play
from tests.engine.drawing import chain, element, end, process, start, sub, user

OWN = '<ravand:in target="amount" expression="= amount * 2"/>'


def view(play: Play, item: UUID) -> ItemView:
    with read_only() as session:
        return queries.item(session, play.actor("reception.clerk"), item)


def test_a_step_shows_what_was_handed_into_it_before_the_variables(play: Play) -> None:
    play.deploy(process(start(), user("t", OWN), end(), chain("start", "t", "end")))
    root = play.start(amount=4, other="o")

    [item] = play.items(root, "t")

    assert view(play, item.id).variables == {"amount": 8, "other": "o"}


def test_a_step_shows_what_the_subprocess_around_it_has(play: Play) -> None:
    inside = (start("s"), user("t"), end("e"), chain("s", "t", "e"))
    data = '<bpmn:property id="kind" ravand:value="= &quot;k&quot; + string(amount)"/>'
    play.deploy(process(start(), sub("box", data, *inside), end(), chain("start", "box", "end")))
    root = play.start(amount=4)

    [item] = play.items(root, "t")

    assert view(play, item.id).variables == {"amount": 4, "kind": "k4"}


@pytest.mark.parametrize("runs", [3, 70], ids=["a few runs", "so many that they sleep"])
def test_each_run_of_a_repeated_step_shows_its_own_item(play: Play, runs: int) -> None:
    loop = '<bpmn:multiInstanceLoopCharacteristics ravand:collection="= l" ravand:element="one"/>'
    step = element("userTask", "t", loop, '<ravand:performer position="reception.clerk"/>' + OWN)
    play.deploy(process(start(), step, end(), chain("start", "t", "end")))
    root = play.start(l=list(range(1, runs + 1)), amount=1)

    seen = [view(play, item.id).variables for item in play.items(root, "t")]

    assert sorted(one["one"] for one in seen) == list(range(1, runs + 1))
    assert {one["loopCounter"] - one["one"] for one in seen} == {0}
    assert {(one["nrOfInstances"], one["amount"]) for one in seen} == {(runs, 2)}
