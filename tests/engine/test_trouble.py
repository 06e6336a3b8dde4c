"""What stops a case, and how an operator mends it."""

from dataclasses import replace

import pytest

import engine
import engine.definitions
import engine.queries
from engine.connectors import ConnectorCall, Pending, connectors
from engine.errors import CancelReasonMissing, IncidentResolved, InstanceEnded, NotReleased
from engine.spiff import codec
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only, unit_of_work
from people import SYSTEM
from people.errors import PermissionMissing
from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    element,
    end,
    flow,
    machine,
    process,
    script,
    start,
    timer,
    user,
)

GATE = process(
    start(),
    user("first"),
    element("exclusiveGateway", "gate", default="gate__end"),
    user("big"),
    end(),
    chain("start", "first", "gate", "end"),
    flow("gate", "big", "= amount &gt; 1000"),
    chain("big", "end"),
)


def test_a_failing_expression_is_an_incident_and_never_the_default_branch(play_both: Play) -> None:
    play = play_both
    play.deploy(GATE)
    root = play.start(amount="a lot")

    play.complete(root, "first")

    [stopped] = play.incidents(root)
    assert (stopped.element_id, stopped.code) == ("gate", "engine.expression")
    assert stopped.expression == "= amount > 1000"
    assert play.instance(root).status == "running"
    assert play.open(root) == []


def test_an_incident_goes_on_where_it_stopped_once_it_is_mended(play_both: Play) -> None:
    play = play_both
    play.deploy(GATE)
    root = play.start(amount="a lot")
    play.complete(root, "first")
    [stopped] = play.incidents(root)

    with unit_of_work() as uow:
        engine.retry_incident(uow, stopped.id, by=SYSTEM)
    [again] = play.incidents(root)
    with unit_of_work() as uow:
        engine.retry_incident(uow, again.id, by=SYSTEM, variables={"amount": 5000})

    assert play.incidents(root) == []
    assert play.open(root) == ["big"]
    with pytest.raises(IncidentResolved), unit_of_work() as uow:
        engine.retry_incident(uow, again.id, by=SYSTEM)


def test_an_incident_goes_with_the_scope_it_stopped_in(play: Play) -> None:
    inner = (
        start("in") + script("sum", "total = amount + 1") + end("out") + chain("in", "sum", "out")
    )
    play.deploy(
        process(
            start(),
            element("subProcess", "sub", inner),
            boundary("late", "sub", timer("duration", "PT1H")),
            user("call"),
            end(),
            chain("start", "sub", "end"),
            chain("late", "call", "end"),
        )
    )
    root = play.start(amount="a lot")
    assert [one.element_id for one in play.incidents(root)] == ["sum"]

    play.move(hours=2)

    assert play.incidents(root) == []
    assert play.open(root) == ["call"]


def test_only_operators_retry(play: Play) -> None:
    play.deploy(GATE)
    root = play.start(amount="a lot")
    play.complete(root, "first")
    nobody = replace(play.actor("reception.clerk"), permissions=frozenset())

    with pytest.raises(PermissionMissing), unit_of_work() as uow:
        engine.retry_incident(uow, play.incidents(root)[0].id, by=nobody)


class Broken:
    def __init__(self) -> None:
        self.works = False

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        if not self.works:
            raise OSError("down")
        return {"answer": 42}


def test_a_connector_that_fails_is_tried_again_and_at_last_is_an_incident(play: Play) -> None:
    broken = Broken()
    connectors.add("test.broken", broken)
    play.deploy(
        process(
            start(),
            machine("ask", "test.broken", '<ravand:out source="answer" target="found"/>'),
            user("after"),
            end(),
            chain("start", "ask", "after", "end"),
        )
    )
    root = play.start()

    play.run()
    assert play.incidents(root) == []
    for _ in range(12):
        play.move(hours=2)
    [stopped] = play.incidents(root)
    assert stopped.element_id == "ask"
    assert "down" in stopped.message

    broken.works = True
    with unit_of_work() as uow:
        engine.retry_incident(uow, stopped.id, by=SYSTEM)
    play.run()

    assert play.open(root) == ["after"]
    assert play.instance(root).variables["found"] == 42


class Later:
    seen: list[ConnectorCall] = []

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> Pending:
        self.seen.append(call)
        return Pending()


def test_a_pending_connector_is_finished_later_and_only_once(play: Play) -> None:
    connectors.add("test.later", Later())
    play.deploy(
        process(
            start(),
            machine("ask", "test.later", '<ravand:out source="x" target="x"/>'),
            user("after"),
            end(),
            chain("start", "ask", "after", "end"),
        )
    )
    root = play.start()
    play.run()
    activation = Later.seen[-1].activation_id

    assert play.open(root) == []
    with unit_of_work() as uow:
        assert engine.finish_activity(uow, activation, {"x": 1})
    with unit_of_work() as uow:
        assert not engine.finish_activity(uow, activation, {"x": 2})

    assert play.open(root) == ["after"]
    assert play.instance(root).variables["x"] == 1


def test_a_case_is_ended_early_with_everything_it_called(play_both: Play) -> None:
    play = play_both
    child = process(
        start(),
        user("work"),
        boundary("late", "work", timer("duration", "PT1H")),
        end(),
        end("e2"),
        chain("start", "work", "end"),
        chain("late", "e2"),
        key="child",
    )
    parent = process(
        start(),
        element("callActivity", "call", called="child"),
        end(),
        chain("start", "call", "end"),
    )
    play.deploy(child, parent)
    root = play.start()
    head = play.actor("reception.head")

    with pytest.raises(CancelReasonMissing), unit_of_work() as uow:
        engine.cancel(uow, root, " ", by=head)
    with unit_of_work() as uow:
        engine.cancel(uow, play.tree(root)["child"].id, "اشتباه بود", by=head)

    assert {one.status for one in play.tree(root).values()} == {"cancelled"}
    assert play.instance(root).end_reason == "اشتباه بود"
    assert play.instance(root).ended_by == head.name
    assert play.open(root) == []
    play.move(hours=3)
    assert {one.status for one in play.tree(root).values()} == {"cancelled"}
    with pytest.raises(InstanceEnded), unit_of_work() as uow:
        engine.cancel(uow, root, "again", by=head)


def test_an_error_of_a_called_process_is_caught_by_its_caller(play_both: Play) -> None:
    play = play_both
    error = '<bpmn:error id="E" name="BAD" errorCode="BAD"/>'
    bad = '<bpmn:errorEventDefinition errorRef="E"/>'
    child = process(
        start(),
        element("parallelGateway", "fork"),
        user("work"),
        user("other"),
        end("bad", bad),
        end("ok"),
        chain("start", "fork", "work", "bad"),
        chain("fork", "other", "ok"),
        key="child",
        head=error,
    )
    parent = process(
        start(),
        element("callActivity", "call", called="child"),
        boundary("caught", "call", bad),
        user("mend"),
        end(),
        chain("start", "call", "end"),
        chain("caught", "mend", "end"),
        head=error,
    )
    play.deploy(child, parent)
    root = play.start()

    play.complete(root, "work")

    assert play.open(root) == ["mend"]
    assert play.tree(root)["child"].status == "cancelled"
    play.complete(root, "mend")
    assert play.tree(root)["p"].status == "completed"


def test_a_called_process_is_an_instance_of_its_own_and_hands_back_what_is_mapped(
    play_both: Play,
) -> None:
    play = play_both
    child = process(
        start(),
        script("double", "result = amount * 2"),
        user("work"),
        end(),
        chain("start", "double", "work", "end"),
        key="child",
    )
    parent = process(
        start(),
        element(
            "callActivity",
            "call",
            "",
            '<ravand:in source="price" target="amount"/>'
            '<ravand:out source="result" target="twice"/>',
            called="child",
        ),
        user("after"),
        end(),
        chain("start", "call", "after", "end"),
    )
    play.deploy(child, parent)
    root = play.start(price=21, secret="x")

    called = play.tree(root)["child"]
    assert called.parent_id == root
    assert called.number == play.instance(root).number
    assert called.variables == {"amount": 21, "result": 42}
    play.complete(root, "work")

    assert play.open(root) == ["after"]
    assert play.instance(root).variables["twice"] == 42
    assert "result" not in play.instance(root).variables


def test_a_draft_cannot_be_started_and_old_cases_keep_their_version(play: Play) -> None:
    first = process(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end"))
    second = process(start(), user("a"), user("c"), end(), chain("start", "a", "c", "end"))
    play.deploy(first, release=False)
    with pytest.raises(NotReleased):
        play.start()
    with unit_of_work() as uow:
        engine.release(uow, "p", by=SYSTEM)
    old = play.start()
    play.deploy(second)
    new = play.start()

    play.complete(old, "a")
    play.complete(new, "a")

    assert play.open(old) == ["b"]
    assert play.open(new) == ["c"]
    with read_only() as session:
        versions = engine.queries.versions(session, "p")
    assert [(one.version, one.state, one.running) for one in versions] == [
        (2, "released", 1),
        (1, "retired", 1),
    ]


def test_the_state_holds_tokens_only_and_stays_small_in_a_long_loop(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("exclusiveGateway", "again"),
            user("work", '<ravand:outcome key="back" fa="ب" en="b"/>'),
            element("exclusiveGateway", "way", default="way__end"),
            end(),
            chain("start", "again", "work", "way", "end"),
            flow("way", "again", '= outcome = "back"'),
        )
    )
    root = play.start()
    sizes = []
    for _ in range(30):
        play.complete(root, "work", outcome="back")
        sizes.append(len(play.instance(root).state))

    assert sizes[-1] <= sizes[0] + 8
    assert sizes[-1] < 250
    assert b"exclusiveGateway" not in play.instance(root).state
    assert codec.FORMAT == 2


def test_running_a_process_changes_nothing_in_its_specification(play: Play) -> None:
    play.deploy(GATE)
    first = play.start(amount=1)
    with read_only() as session:
        graph = engine.definitions.specs.get(session, play.instance(first).definition_id).graph
    before = {name: (list(s._inputs), list(s._outputs)) for name, s in graph.task_specs.items()}

    play.complete(first, "first")
    second = play.start(amount=5000)
    play.complete(second, "first")

    after = {name: (list(s._inputs), list(s._outputs)) for name, s in graph.task_specs.items()}
    assert before == after
