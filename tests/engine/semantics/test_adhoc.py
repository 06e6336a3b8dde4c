"""Ad-hoc subprocesses: activities in no drawn order, begun by the diagram or by people."""

from dataclasses import replace
from uuid import UUID

import pytest

import engine
import engine.queries
from engine.definitions import specs
from engine.errors import ActivityNotOffered, AdHocEndsItself
from kernel.uow import read_only, unit_of_work
from people.errors import PermissionMissing
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user
from tests.requirements import bpmn


def loose(
    *inside: str, until: str = "", begin: str = "", marker: str = "", **attributes: str
) -> str:
    """A process around one ad-hoc subprocess."""
    over = f"<bpmn:completionCondition>{until}</bpmn:completionCondition>" if until else ""
    ext = f'<ravand:adhoc start="{begin}"/>' if begin else ""
    parts = "".join(inside) + over + marker
    return process(
        start(),
        element("adHocSubProcess", "care", parts, ext, **attributes),
        user("after"),
        end(),
        chain("start", "care", "after", "end"),
    )


def take(play: Play, root: UUID, activity: str, by: str = "reception.clerk") -> None:
    with unit_of_work() as uow:
        engine.start_activity(uow, root, activity, by=play.actor(by))


def finish(play: Play, root: UUID, by: str = "reception.clerk") -> None:
    with unit_of_work() as uow:
        engine.finish_adhoc(uow, root, "care", by=play.actor(by))


def offers(play: Play, root: UUID) -> list[str]:
    """What a person may start, and whether they may end it."""
    actor = replace(play.actor("reception.clerk"), permissions=frozenset())
    with read_only() as session:
        case = play.instance(root)
        found = engine.queries.offered(session, actor, case, specs.get(session, case.definition_id))
        return [a.id for one in found for a in one.activities] + ["end"] * sum(
            one.can_finish for one in found
        )


@bpmn("sub.adhoc")
def test_everything_begins_and_it_is_over_when_nothing_runs(play: Play) -> None:
    play.deploy(loose(user("a"), user("b"), user("then"), chain("a", "then")))
    root = play.start()
    assert play.open(root) == ["a", "b"]

    for step in ("b", "a", "then"):
        assert play.instance(root).status == "running"
        play.complete(root, step)

    assert play.trace(root) == ["start", "b", "a", "then", "care"]
    assert play.open(root) == ["after"]


@bpmn("sub.adhoc")
def test_in_sequence_one_begins_after_the_other(play: Play) -> None:
    play.deploy(
        loose(user("a"), user("b"), user("then"), chain("a", "then"), ordering="Sequential")
    )
    root = play.start()

    for step in ("a", "then", "b"):
        assert play.open(root) == [step]
        play.complete(root, step)

    assert play.trace(root) == ["start", "a", "then", "b", "care"]


@bpmn("sub.adhoc")
def test_its_condition_ends_it_and_takes_the_rest_away(play: Play) -> None:
    play.deploy(loose(user("a"), user("b"), user("then"), chain("a", "then"), until="= enough"))
    root, other = play.start(enough=True), play.start(enough=False)

    play.complete(root, "a")
    for step in ("a", "b", "then"):
        play.complete(other, step)

    assert play.trace(root) == ["start", "a", "-b", "care"]
    assert play.trace(other) == ["start", "a", "b", "then"]  # it goes on being offered
    assert offers(play, other) == ["a", "b"]


@bpmn("sub.adhoc")
def test_its_condition_may_let_running_work_end(play: Play) -> None:
    inside = (user("a"), user("b"), user("then"), chain("a", "then"))
    play.deploy(loose(*inside, until="= true", cancelRemainingInstances="false"))
    root = play.start()

    play.complete(root, "a")
    assert play.open(root) == ["b"]
    with pytest.raises(ActivityNotOffered):
        take(play, root, "a")
    play.complete(root, "b")

    assert play.trace(root) == ["start", "a", "b", "care"]


@bpmn("sub.adhoc")
def test_people_start_what_is_offered_as_often_as_they_need(play_both: Play) -> None:
    play = play_both
    play.deploy(loose(user("a"), user("b"), begin="none"))
    root = play.start()
    assert play.open(root) == []
    assert offers(play, root) == ["a", "b", "end"]

    for step in ("a", "a"):
        take(play, root, step)
    assert play.open(root) == ["a", "a"]
    play.complete(root, "a")
    play.complete(root, "a")
    take(play, root, "b")
    finish(play, root)

    assert play.trace(root) == ["start", "a", "a", "-b", "care"]
    assert play.open(root) == ["after"]
    assert offers(play, root) == []
    with pytest.raises(ActivityNotOffered):
        take(play, root, "a")


def test_an_expression_says_what_begins(play: Play) -> None:
    play.deploy(loose(user("a"), user("b"), begin="= wanted"))
    some, wrong = play.start(wanted=["b"]), play.start(wanted=["nothing"])

    assert play.open(some) == ["b"]
    [incident] = play.incidents(wrong)
    assert incident.code == "engine.adhoc-unknown"
    play.retry(incident.id, wanted=["a", "b"])
    assert play.open(wrong) == ["a", "b"]


def test_only_performers_and_operators_start_and_end_it(play: Play) -> None:
    play.deploy(loose(user("a"), begin="none"))
    root = play.start()
    stranger = replace(play.actor("finance.head"), permissions=frozenset())

    with pytest.raises(PermissionMissing), unit_of_work() as uow:
        engine.start_activity(uow, root, "a", by=stranger)
    with pytest.raises(PermissionMissing), unit_of_work() as uow:
        engine.finish_adhoc(uow, root, "care", by=stranger)

    assert play.open(root) == []


def test_one_with_a_condition_is_not_ended_by_hand(play: Play) -> None:
    play.deploy(loose(user("a"), until="= false"))
    root = play.start()

    with pytest.raises(AdHocEndsItself):
        finish(play, root)


def test_a_boundary_event_takes_all_of_it_away(play: Play) -> None:
    late = boundary("late", "care", timer("duration", "PT1H"))
    whole = loose(user("a"), begin="none").replace(
        "</bpmn:process>", f"{late}{end('gone')}{chain('late', 'gone')}</bpmn:process>"
    )
    play.deploy(whole)
    root = play.start()
    take(play, root, "a")

    play.move(hours=2)

    assert play.trace(root) == ["start", "-a", "-care", "late", "gone"]
    assert offers(play, root) == []
