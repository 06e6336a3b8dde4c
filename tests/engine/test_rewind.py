"""Going back to a completed step: tokens, variables, work and timers as they were."""

from typing import Any
from uuid import UUID

import pytest

import engine
from engine.errors import InstanceEnded, RewindCalledEnded, RewindReasonMissing
from engine.store import SNAPSHOT, TIMER, Store
from kernel.uow import read_only, unit_of_work
from people.actors import actor_at
from people.errors import PermissionMissing
from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    element,
    end,
    flow,
    outcomes,
    process,
    script,
    start,
    timer,
    user,
)


def snapshots(root: UUID) -> list[dict[str, Any]]:
    with read_only() as session:
        return Store(session).snapshots(root)


def back(play: Play, root: UUID, step: str, *, reason: str = "a mistake", **who: Any) -> None:
    instance = who.get("instance", root)
    chosen = [one for one in snapshots(instance) if one["element_id"] == step][-1]
    with unit_of_work() as uow:
        by = actor_at(uow.session, "reception.head")
        engine.rewind(uow, instance, chosen["submission_id"], by=by, reason=reason)


def three_steps() -> str:
    return process(
        start(),
        user("a", outcomes("yes", "no")),
        script("count", "n = n + 1"),
        user("b"),
        boundary("late", "b", timer("duration", "PT48H"), cancel=False),
        user("c"),
        end(),
        end("told"),
        chain("start", "a", "count", "b", "c", "end"),
        chain("late", "told"),
    )


def test_a_step_is_open_again_with_the_variables_of_its_time(play_both: Play) -> None:
    play = play_both
    play.deploy(three_steps())
    root = play.start(n=5)
    first = play.items(root)[0]
    play.complete(root, "a", outcome="yes")
    play.complete(root, "b")

    back(play, root, "a")

    [item] = play.items(root)
    assert (item.element_id, item.id != first.id, item.visit) == ("a", True, 2)
    assert play.instance(root).variables == {"n": 5}
    [line] = play.happened(root, "rewound")
    assert (line.element_id, line.facts["reason"]) == ("a", "a mistake")
    play.complete(root, "a", outcome="no")
    play.complete(root, "b")
    play.complete(root, "c")
    assert play.instance(root).status == "completed"
    assert play.instance(root).variables["n"] == 6


def test_timers_come_back_with_the_instants_they_had(play_both: Play) -> None:
    play = play_both
    play.deploy(three_steps())
    root = play.start(n=0)
    play.complete(root, "a", outcome="yes")
    due = _timers(root)
    play.move(hours=10)
    play.complete(root, "b")
    assert _timers(root) == []

    back(play, root, "b")

    assert _timers(root) == due
    play.move(hours=39)
    assert "told" in play.trace(root)


def _timers(root: UUID) -> list[Any]:
    with read_only() as session:
        rows = session.execute(TIMER.select().where(TIMER.c.instance_id == root)).all()
    return [(row.element_id, row.due_at) for row in rows]


def test_a_branch_that_went_on_since_goes_back_too_and_one_that_did_not_keeps_its_work(
    play_both: Play,
) -> None:
    play = play_both
    play.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            *(user(key) for key in ("left", "right", "still", "after")),
            element("parallelGateway", "join"),
            end(),
            chain("start", "fork", "left", "join", "after", "end"),
            chain("fork", "right", "join"),
            chain("fork", "still", "join"),
        )
    )
    root = play.start()
    waiting = play.items(root, "still")[0].id
    play.complete(root, "left")
    play.complete(root, "right")

    back(play, root, "left")

    assert play.open(root) == ["left", "right", "still"]
    assert play.items(root, "still")[0].id == waiting
    for step in ("right", "still", "left", "after"):
        play.complete(root, step)
    assert play.instance(root).status == "completed"


def test_a_process_called_since_is_cancelled(play_both: Play) -> None:
    play = play_both
    child = process(start(), user("deep"), end(), chain("start", "deep", "end"), key="q")
    call = element("callActivity", "call", called="q")
    play.deploy(child)
    play.deploy(process(start(), user("a"), call, end(), chain("start", "a", "call", "end")))
    root = play.start()
    play.complete(root, "a")
    assert play.open(root) == ["deep"]

    back(play, root, "a")

    assert play.open(root) == ["a"]
    assert play.tree(root)["q"].status == "cancelled"


def test_a_called_process_that_has_ended_cannot_come_back(play: Play) -> None:
    child = process(start(), user("deep"), end(), chain("start", "deep", "end"), key="q")
    play.deploy(child)
    play.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            element("callActivity", "call", called="q"),
            user("beside"),
            user("late"),
            element("parallelGateway", "join"),
            end(),
            chain("start", "fork", "call", "join", "end"),
            chain("fork", "beside", "late", "join"),
        )
    )
    root = play.start()
    play.complete(root, "beside")
    play.complete(root, "deep")

    with pytest.raises(RewindCalledEnded) as refused:
        back(play, root, "beside")

    assert refused.value.facts == {"step": "call"}
    assert play.open(root) == ["late"]


def test_it_needs_a_reason_a_running_case_and_the_right(play: Play) -> None:
    play.deploy(process(start(), user("a"), user("b"), end(), chain("start", "a", "b", "end")))
    root = play.start()
    play.complete(root, "a")

    with pytest.raises(RewindReasonMissing):
        back(play, root, "a", reason=" ")
    chosen = snapshots(root)[0]["submission_id"]
    nobody = play.actor("reception.clerk").__class__(
        None, None, None, frozenset(), frozenset(), "x"
    )
    with unit_of_work() as uow, pytest.raises(PermissionMissing):
        engine.rewind(uow, root, chosen, by=nobody, reason="x")
    play.complete(root, "b")
    with pytest.raises(InstanceEnded):
        back(play, root, "a")


def test_snapshots_are_few_and_small(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("exclusiveGateway", "again"),
            user("work", outcomes("back")),
            element("exclusiveGateway", "way", default="way__end"),
            end(),
            chain("start", "again", "work", "way", "end"),
            flow("way", "again", '= outcome = "back"'),
        )
    )
    root = play.start(text="ا" * 5000)
    for _ in range(55):
        play.complete(root, "work", outcome="back")

    kept = snapshots(root)
    assert len(kept) == 50
    assert max(len(one["variables"]) + len(one["state"]) for one in kept) < 600
    assert SNAPSHOT.name == "instance_snapshot"
