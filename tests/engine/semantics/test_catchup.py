"""What timers of running cases and of schedules do after a time in which nothing ran."""

import pytest

from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user


def rule(catchup: str, text: str = "R5/PT1H") -> str:
    return timer("cycle", text).replace(
        "<bpmn:timerEventDefinition>", f'<bpmn:timerEventDefinition ravand:catchup="{catchup}">'
    )


def reminded(play: Play, catchup: str) -> None:
    """A task of whose wait somebody is told every hour, five times."""
    again = boundary("again", "work", rule(catchup), cancel=False)
    parts = (start(), user("work"), again, end(), user("told"), end("heard"))
    flows = chain("start", "work", "end") + chain("again", "told", "heard")
    play.deploy(process(*parts, flows))


def kinds(play: Play, root: object) -> list[str]:
    return [
        kind
        for kind in ("timer", "timer-missed")
        for _ in play.happened(root, kind)  # type: ignore[arg-type]  # an id
    ]


@pytest.mark.parametrize(
    ("catchup", "fired", "left_out"), [("skip", 0, 1), ("once", 1, 0), ("all", 3, 0)]
)
def test_a_boundary_timer_after_three_missed_hours(
    play_both: Play, catchup: str, fired: int, left_out: int
) -> None:
    play = play_both
    reminded(play, catchup)
    root = play.start()

    play.move(hours=3, minutes=30)

    assert kinds(play, root) == ["timer"] * fired + ["timer-missed"] * left_out
    assert play.open(root) == ["told"] * fired + ["work"]
    play.move(minutes=30)
    assert len(play.happened(root, "timer")) == fired + 1
    play.move(hours=1)
    play.move(hours=9)
    assert len(play.happened(root, "timer")) == fired + 2, "five times were planned in all"


def test_missed_times_that_are_left_out_to_the_last_end_the_timer(play: Play) -> None:
    reminded(play, "skip")
    root = play.start()

    play.move(hours=9)

    assert kinds(play, root) == ["timer-missed"]
    play.complete(root, "work")
    assert play.instance(root).status == "completed"


@pytest.mark.parametrize(("catchup", "fired"), [("skip", 0), ("once", 1), ("all", 3)])
def test_an_event_subprocess_after_three_missed_hours(play: Play, catchup: str, fired: int) -> None:
    inside = start("late", rule(catchup)).replace(
        "<bpmn:startEvent", '<bpmn:startEvent isInterrupting="false"'
    )
    beside = element(
        "subProcess",
        "beside",
        inside + user("told") + end("heard") + chain("late", "told", "heard"),
        triggeredByEvent="true",
    )
    play.deploy(process(start(), user("work"), end(), beside, chain("start", "work", "end")))
    root = play.start()

    play.move(hours=3, minutes=30)

    assert play.open(root) == ["told"] * fired + ["work"]


@pytest.mark.parametrize(("catchup", "begun"), [("skip", 0), ("once", 1), ("all", 10)])
def test_a_schedule_after_half_a_day(play_both: Play, catchup: str, begun: int) -> None:
    play = play_both
    parts = (start("begun", rule(catchup, "R/PT1H")), user("work"), end())
    play.deploy(process(*parts, chain("begun", "work", "end")))

    play.move(hours=12, minutes=30)

    assert len(play.cases()) == begun
    play.move(minutes=30)
    assert len(play.cases()) == begun + 1


@pytest.mark.parametrize("catchup", ["skip", "once", "all"])
def test_what_fires_once_fires_however_late(play: Play, catchup: str) -> None:
    wait = element("intermediateCatchEvent", "wait", rule(catchup, "R9/PT1H"))
    play.deploy(
        process(start(), wait, user("after"), end(), chain("start", "wait", "after", "end"))
    )
    root = play.start()

    play.move(days=2)

    assert play.open(root) == ["after"]
