"""Large multi-instance activities: their bodies sleep in parts, and behave as if they did not."""

from uuid import UUID

import engine
from engine.spiff.dormitory import CHUNK, LARGE
from engine.store import PART
from kernel.db import database
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user

MANY = 2 * CHUNK + 10
UNTIL = "<bpmn:completionCondition>= nrOfCompletedInstances &gt;= 3</bpmn:completionCondition>"


def each(inside: str = "") -> str:
    return (
        '<bpmn:multiInstanceLoopCharacteristics ravand:collection="= people" '
        f'ravand:element="person">{inside}</bpmn:multiInstanceLoopCharacteristics>'
    )


def deploy(play: Play, *around: str, inside: str = "") -> None:
    ask = user("ask", inside=each(inside))
    play.deploy(process(start(), ask, end(), chain("start", "ask", "end"), *around))


def many(play: Play) -> UUID:
    return play.start(people=list(range(MANY)))


def parts(root: UUID) -> int:
    with database().engine.connect() as connection:
        rows = connection.execute(PART.select().where(PART.c.instance_id == root)).all()
    return len(rows)


def test_every_body_of_a_large_activity_is_done_and_the_way_is_that_of_a_small_one(
    play_both: Play,
) -> None:
    play = play_both
    deploy(play)
    root = many(play)
    assert parts(root) == 3

    for item in reversed(play.items(root)):
        play.complete_item(item)

    assert play.instance(root).status == "completed"
    assert play.trace(root) == ["start", *["ask"] * MANY, "ask", "end"]
    assert parts(root) == 0


def test_one_completion_rewrites_one_part_and_the_state_stays_small(play: Play) -> None:
    deploy(play)
    root = many(play)
    state = play.instance(root).state
    before = _data(root)

    play.complete(root, "ask")

    after = _data(root)
    assert len(state) < 1000
    assert sum(before[number] != data for number, data in after.items()) == 1
    assert play.instance(root).active[0][0::3] == ["ask", MANY]  # the activity, and who is left


def _data(root: UUID) -> dict[int, bytes]:
    with database().engine.connect() as connection:
        rows = connection.execute(PART.select().where(PART.c.instance_id == root))
        return {row.number: row.data for row in rows}


def test_the_completion_condition_ends_the_bodies_that_sleep(play_both: Play) -> None:
    play = play_both
    deploy(play, inside=UNTIL)
    root = many(play)

    for _ in range(3):
        play.complete(root, "ask")

    assert play.trace(root) == ["start", *["ask"] * 3, *["-ask"] * (MANY - 3), "ask", "end"]
    assert play.items(root) == []
    assert parts(root) == 0


def test_an_interrupting_boundary_event_takes_sleeping_bodies_along(play_both: Play) -> None:
    play = play_both
    late = boundary("late", "ask", timer("duration", "PT24H"))
    deploy(play, late, end("over"), chain("late", "over"))
    root = many(play)
    play.complete(root, "ask")

    play.move(hours=25)

    assert play.instance(root).status == "completed"
    assert play.trace(root)[:2] == ["start", "ask"]
    assert sorted(play.trace(root)[2:]) == sorted([*["-ask"] * MANY, "late", "over"])
    assert play.items(root) == []
    assert parts(root) == 0


def test_cancelling_a_case_leaves_no_parts(play: Play) -> None:
    deploy(play)
    root = many(play)

    with unit_of_work() as uow:
        engine.cancel(uow, root, "no longer wanted", by=SYSTEM)

    assert parts(root) == 0
    assert play.items(root) == []


def test_bodies_of_several_steps_sleep_with_what_is_inside_of_them(play_both: Play) -> None:
    play = play_both
    inside = (
        start("in"),
        user("call"),
        boundary("slow", "call", timer("duration", "PT24H"), cancel=False),
        end("told"),
        user("note"),
        end("out"),
        chain("in", "call", "note", "out"),
        chain("slow", "told"),
    )
    work = element("subProcess", "work", each() + "".join(inside))
    play.deploy(process(start(), work, end(), chain("start", "work", "end")))
    root = play.start(people=list(range(LARGE)))
    first = play.items(root, "call")[0]

    play.complete_item(first)
    play.move(hours=25)
    for item in play.items(root):
        play.complete_item(item)
    for item in play.items(root):
        play.complete_item(item)

    assert play.instance(root).status == "completed"
    way = play.trace(root)
    assert (way.count("call"), way.count("note")) == (LARGE, LARGE)
    assert (way.count("slow"), way.count("-slow")) == (LARGE - 1, 0)
    assert way[-3:] == ["work", "work", "end"]
    assert parts(root) == 0


def test_a_small_activity_has_no_parts(play: Play) -> None:
    deploy(play)
    root = play.start(people=list(range(LARGE - 1)))

    assert parts(root) == 0
