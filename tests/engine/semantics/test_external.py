"""Work that workers outside fetch by topic, under a lease."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

import engine
from engine.errors import ExternalTaskLost, ExternalTaskUnknown
from engine.tables import ExternalTask
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer
from tests.requirements import bpmn

ERROR = '<bpmn:error id="E" name="BAD" errorCode="BAD"/>'
BAD = '<bpmn:errorEventDefinition errorRef="E"/>'


def erp(*parts: str, tag: str = "serviceTask", topic: str = "erp") -> str:
    """One step for an external worker."""
    maps = '<ravand:in source="n" target="amount"/><ravand:out source="id" target="booked"/>'
    connector = f'<ravand:connector type="external" topic="{topic}">{maps}</ravand:connector>'
    return process(
        start(), element(tag, "book", "", connector), *parts, end(), chain("start", "book", "end"),
        head=ERROR,
    )  # fmt: skip


def fetch(worker: str = "w1", topic: str = "erp", **limits: int) -> list[ExternalTask]:
    with unit_of_work() as uow:
        return engine.fetch_and_lock(uow, topic, worker, by=SYSTEM, **limits)


def act(verb: Callable[..., Any], task: UUID, worker: str = "w1", *given: Any, **more: Any) -> None:
    with unit_of_work() as uow:
        verb(uow, task, worker, *given, by=SYSTEM, **more)


@bpmn("task.service.external")
@pytest.mark.parametrize("tag", ["serviceTask", "sendTask"])
def test_a_worker_fetches_and_completes(play_both: Play, tag: str) -> None:
    play = play_both
    play.deploy(erp(tag=tag))
    root = play.start(n=7, secret=1)
    assert play.trace(root) == ["start"]

    [task] = fetch()
    assert (task.topic, task.inputs, task.element_id) == ("erp", {"amount": 7}, "book")
    assert fetch("w2") == []
    act(engine.complete_external, task.id, "w1", {"id": "B-1"})

    assert play.trace(root) == ["start", "book", "end"]
    assert play.instance(root).variables["booked"] == "B-1"
    assert fetch() == []


def test_only_the_topic_that_was_asked_for_and_the_longest_waiting_first(play_both: Play) -> None:
    play = play_both
    play.deploy(erp(topic="= where"))
    first = play.start(where="erp", n=1)
    play.move(seconds=5)
    play.start(where="erp", n=2)
    play.start(where="mail", n=3)

    assert [task.instance_id for task in fetch(most=1)] == [first]
    assert [task.inputs for task in fetch(topic="mail")] == [{"amount": 3}]
    assert [task.inputs for task in fetch()] == [{"amount": 2}]


def test_a_lease_that_ran_out_goes_to_another_worker(play_both: Play) -> None:
    play = play_both
    play.deploy(erp())
    root = play.start(n=1)
    [task] = fetch(lock_seconds=60)
    act(engine.extend_lock, task.id, "w1", 120)
    play.move(seconds=90)
    assert fetch("w2") == []
    play.move(seconds=31)

    [again] = fetch("w2")

    assert again.id == task.id
    with pytest.raises(ExternalTaskLost):
        act(engine.complete_external, task.id, "w1")
    with pytest.raises(ExternalTaskLost):
        act(engine.extend_lock, task.id, "w1", 60)
    act(engine.unlock, task.id, "w2")
    act(engine.complete_external, fetch("w3")[0].id, "w3", {"id": 3})
    assert play.trace(root) == ["start", "book", "end"]
    with pytest.raises(ExternalTaskUnknown):
        act(engine.complete_external, task.id, "w3")


def test_a_failure_is_tried_again_later_and_at_last_an_incident(play_both: Play) -> None:
    play = play_both
    play.deploy(erp())
    root = play.start(n=1)
    [task] = fetch()

    act(engine.fail_external, task.id, "w1", "down", retries=1, retry_after=600)
    assert fetch() == []
    play.move(minutes=11)
    [task] = fetch()
    assert (task.retries, task.error) == (1, "down")
    act(engine.fail_external, task.id, "w1", "still down", retries=0)
    [incident] = play.incidents(root)
    assert (incident.code, incident.message) == ("engine.external", "still down")
    assert fetch() == []
    play.retry(incident.id)
    act(engine.complete_external, fetch()[0].id, "w1", {"id": 9})

    assert play.trace(root) == ["start", "!book", "book", "end"]


def test_a_business_error_takes_its_boundary_event(play_both: Play) -> None:
    play = play_both
    play.deploy(erp(boundary("bad", "book", BAD), end("refused"), chain("bad", "refused")))
    root = play.start(n=1)

    act(engine.bpmn_error_external, fetch()[0].id, "w1", "BAD", "no money", {"left": 3})

    assert play.trace(root) == ["start", "-book", "bad", "refused"]
    assert play.instance(root).variables["left"] == 3
    assert fetch() == []


def test_work_goes_with_its_token_and_with_its_case(play_both: Play) -> None:
    play = play_both
    late = boundary("late", "book", timer("duration", "PT1H"))
    play.deploy(erp(late, end("gone"), chain("late", "gone")))
    root, other = play.start(n=1), play.start(n=2)
    with unit_of_work() as uow:
        engine.cancel(uow, other, "mistake", by=SYSTEM)
    tasks = fetch()
    assert [task.instance_id for task in tasks] == [root]

    play.move(hours=2)

    assert play.trace(root) == ["start", "-book", "late", "gone"]
    assert fetch() == []
    with pytest.raises(ExternalTaskUnknown):
        act(engine.complete_external, tasks[0].id)
