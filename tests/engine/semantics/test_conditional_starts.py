"""Conditional starts: each look at the data begins what holds."""

from typing import Any

import engine
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import chain, end, process, start, user
from tests.requirements import bpmn


def when(condition: str) -> str:
    return (
        "<bpmn:conditionalEventDefinition><bpmn:condition>"
        f"{condition}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )


def begins(condition: str, key: str = "p") -> str:
    flows = chain("so", "work", "end")
    return process(start("so", when(condition)), user("work"), end(), flows, key=key)


def look(variables: dict[str, Any], **more: Any) -> int:
    with unit_of_work() as uow:
        return len(engine.evaluate_conditions(uow, variables, by=SYSTEM, **more))


@bpmn("start.conditional")
def test_what_holds_begins_at_each_look(play_both: Play) -> None:
    play = play_both
    play.deploy(begins("= stock &lt; 10"), begins("= stock &lt; 5", key="q"))

    assert look({"stock": 12}) == 0
    assert look({"stock": 7}, business_key="flour") == 1
    assert look({"stock": 3}) == 2

    first, second = play.cases()
    [other] = play.cases("q")
    for root in (first, second, other):
        play.complete(root, "work")
        assert play.trace(root) == ["so", "work", "end"]
    assert play.instance(first).business_key == "flour"
    assert play.instance(first).variables["stock"] == 7


def test_one_process_alone_may_be_looked_at(play: Play) -> None:
    play.deploy(begins("= true"), begins("= true", key="q"))

    assert look({}, definition_key="q") == 1
    assert (len(play.cases()), len(play.cases("q"))) == (0, 1)


def test_a_retired_or_newer_version_looks_no_more(play: Play) -> None:
    play.deploy(begins("= true"))
    play.deploy(begins("= level = 2"))
    assert look({"level": 1}) == 0
    with unit_of_work() as uow:
        engine.retire(uow, "p", by=SYSTEM)

    assert look({"level": 2}) == 0


def test_an_undecided_condition_keeps_nobody_else_from_beginning(play: Play) -> None:
    play.deploy(begins("= stock + 1 &gt; 2"), begins("= true", key="q"))

    assert look({"stock": "many"}) == 1
    assert len(play.cases("q")) == 1
