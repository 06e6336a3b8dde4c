"""Large multi-instance activities: their bodies sleep in parts, and behave as if they did not."""

import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import engine
from engine.bpmn.model import ProcessModel, Repeat
from engine.bpmn.reader import read
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.dormitory import CHUNK, LARGE
from engine.spiff.graph import ProcessGraph
from engine.spiff.token import Token
from engine.store import PART
from engine.xml import parse
from kernel.db import database
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, timer, user

NOW = datetime(2026, 11, 22, tzinfo=UTC)
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


def test_a_signal_of_the_case_itself_reaches_bodies_that_sleep(play_both: Play) -> None:
    play = play_both
    heard = '<bpmn:signalEventDefinition signalRef="s"/>'
    inside = (
        start("in"),
        user("call"),
        boundary("stop", "call", heard),
        end("out"),
        end("stopped"),
        chain("in", "call", "out"),
        chain("stop", "stopped"),
    )
    play.deploy(
        process(
            start(),
            element("parallelGateway", "fork"),
            element("subProcess", "work", each() + "".join(inside)),
            user("decide"),
            element("endEvent", "say", heard),
            end(),
            chain("start", "fork", "work", "end"),
            chain("fork", "decide", "say"),
            head='<bpmn:signal id="s" name="enough"/>',
        )
    )
    root = play.start(people=list(range(LARGE)))

    play.complete(root, "decide")

    way = play.trace(root)
    assert (way.count("-call"), way.count("stop"), way[-1]) == (LARGE, LARGE, "end")
    assert play.instance(root).status == "completed"


def test_a_small_activity_has_no_parts(play: Play) -> None:
    deploy(play)
    root = play.start(people=list(range(LARGE - 1)))

    assert parts(root) == 0


def test_random_orders_end_alike_stored_between_steps_and_not() -> None:
    for seed in range(6):
        assert _in_memory(seed, store=True) == _in_memory(seed, store=False), seed


def _in_memory(seed: int, *, store: bool) -> list[str]:
    """A large activity of two steps each, completed in a random order."""
    chance, memory = random.Random(seed), Memory()
    graph = ProcessGraph(_two_steps_each())
    case = Case(graph, memory, {}, NOW)  # type: ignore[arg-type]
    case.begin("start")
    case.run()
    done: list[str] = []
    parts: dict[int, bytes] = {}
    while not case.has_ended:
        if store:
            blob = codec.dump(case)
            assert len(blob) < 800
            assert case.asleep is not None
            for number, data in case.asleep.changes().items():
                parts = {k: v for k, v in parts.items() if k != number}
                parts |= {} if data is None else {number: data}
            held = dict(parts)
            fetch = {"fetch": lambda numbers, held=held: {n: held[n] for n in numbers}}
            case = codec.load(blob, graph, memory, {}, NOW, **fetch)  # type: ignore[arg-type]
        chosen = memory.open.pop(chance.randrange(len(memory.open)))
        token = case.live[chosen]
        done.append(f"{token.node.id} {token.local and token.local['loopCounter']}")
        case.finish(token)
        case.run()
    assert memory.open == []
    return done


class Memory:
    """Effects that remember the open work, oldest first."""

    def __init__(self) -> None:
        self.open: list[UUID] = []

    def open_work(self, token: Token) -> None:
        self.open.append(token.id)

    def items_of(self, token: Token, repeat: Repeat) -> tuple[int, None]:
        return LARGE + 20, None

    def mark(self) -> int:
        return 0

    def incident(self, token: Token, fault: Exception) -> None:
        raise AssertionError(f"{token.node.id}: {fault}")

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


def _two_steps_each() -> ProcessModel:
    inside = start("in") + user("one") + user("two") + end("out") + chain("in", "one", "two", "out")
    work = element("subProcess", "work", each() + inside)
    text = process(start(), work, end(), chain("start", "work", "end"))
    return read(parse(text.encode(), "p.bpmn"), "p.bpmn").models[0]
