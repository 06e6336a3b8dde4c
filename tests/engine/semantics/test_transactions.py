"""Transactions: cancelled from inside, they undo what completed and leave by their own event."""

from tests.engine.conftest import Play
from tests.engine.drawing import (
    boundary,
    chain,
    compensate,
    element,
    end,
    flow,
    outcomes,
    process,
    start,
    sub,
    timer,
    undoing,
    undone_by,
    user,
    user_undone_by,
)
from tests.requirements import bpmn

ERROR = '<bpmn:error id="E" name="BAD" errorCode="BAD"/>'
BAD = '<bpmn:errorEventDefinition errorRef="E"/>'
CANCEL = "<bpmn:cancelEventDefinition/>"


def work(id: str) -> str:
    return element("task", id) + undoing(id, f"no_{id}") + undone_by(f"no_{id}")


def transaction(id: str, *parts: str) -> str:
    return sub(id, *parts, tag="transaction")


def booking(*, late: str = "") -> str:
    """Books a hotel and a flight; a person accepts, cancels or reports an error."""
    return process(
        start(),
        transaction(
            "booking", start("s"), work("hotel"), work("flight"),
            user("pay", outcomes("ok", "no", "bad")),
            element("exclusiveGateway", "gate", default="gate__e"),
            end("e"), end("off", CANCEL), end("wrong", BAD),
            chain("s", "hotel", "flight", "pay", "gate", "e"),
            flow("gate", "off", '= outcome = "no"'), flow("gate", "wrong", '= outcome = "bad"'),
        ),
        boundary("cancelled", "booking", CANCEL), boundary("hazard", "booking", BAD), late,
        end(), end("sorry"), end("trouble"), chain("start", "booking", "end"),
        chain("cancelled", "sorry"), chain("hazard", "trouble"), head=ERROR,
    )  # fmt: skip


@bpmn("sub.transaction", "end.cancel", "boundary.cancel")
def test_a_cancelled_transaction_undoes_its_work_and_leaves_by_its_event(play: Play) -> None:
    play.deploy(booking())
    root = play.start()

    play.complete(root, "pay", outcome="no")

    assert play.trace(root) == [
        "start", "s", "hotel", "flight", "pay", "gate", "off",
        "on_no_flight", "no_flight", "on_no_hotel", "no_hotel", "-booking", "cancelled", "sorry",
    ]  # fmt: skip
    assert play.instance(root).end_event == "sorry"


@bpmn("sub.transaction")
def test_a_transaction_that_succeeds_goes_on_and_one_that_fails_undoes_nothing(
    play: Play,
) -> None:
    play.deploy(booking())
    good, bad = play.start(), play.start()

    play.complete(good, "pay", outcome="ok")
    play.complete(bad, "pay", outcome="bad")

    assert play.trace(good)[6:] == ["e", "booking", "end"]
    assert play.trace(bad)[6:] == ["wrong", "-booking", "hazard", "trouble"]


@bpmn("end.cancel")
def test_a_cancel_deep_inside_takes_everything_away_and_undoes_what_was_done_there(
    play: Play,
) -> None:
    deep = sub(
        "deep", start("s2"), work("inner"), user("ask", outcomes("stop", "go")), end("off", CANCEL),
        chain("s2", "inner", "ask", "off"),
    )  # fmt: skip
    play.deploy(
        process(
            start(), work("before"),
            transaction("t", start("s"), work("a"), element("parallelGateway", "fork"), deep,
                user("beside"), element("parallelGateway", "join"), end("e"),
                chain("s", "a", "fork", "deep", "join", "e"), chain("fork", "beside", "join")),
            boundary("cancelled", "t", CANCEL), boundary("late", "t", timer("duration", "PT1H")),
            element("intermediateThrowEvent", "rest", compensate()), end(), end("e2"), end("e3"),
            chain("start", "before", "t", "end"), chain("cancelled", "rest", "e2"),
            chain("late", "e3"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "ask", outcome="stop")

    assert play.trace(root) == [
        "start", "before", "s", "a", "fork", "s2", "inner", "ask", "off", "-deep", "-beside",
        "on_no_inner", "no_inner", "on_no_a", "no_a", "-t", "cancelled",
        "on_no_before", "no_before", "rest", "e2",
    ]  # fmt: skip


@bpmn("boundary.cancel")
def test_handlers_that_people_do_are_waited_for_and_no_timer_interrupts_them(play: Play) -> None:
    play.deploy(
        process(
            start(),
            transaction("t", start("s"), user("a"), undoing("a", "no_a"), user_undone_by("no_a"),
                end("off", CANCEL), chain("s", "a", "off")),
            boundary("cancelled", "t", CANCEL), boundary("late", "t", timer("duration", "PT1H")),
            end(), end("e2"), end("e3"),
            chain("start", "t", "end"), chain("cancelled", "e2"), chain("late", "e3"),
        )
    )  # fmt: skip
    root = play.start()
    play.complete(root, "a")

    play.move(hours=2)
    assert play.open(root) == ["no_a"]
    play.complete(root, "no_a")

    assert play.trace(root) == [
        "start", "s", "a", "off", "on_no_a", "no_a", "-t", "cancelled", "e2",
    ]  # fmt: skip


@bpmn("sub.transaction")
def test_a_transaction_within_a_transaction_is_cancelled_alone(play: Play) -> None:
    inner = transaction(
        "inner", start("s2"), work("b"), end("off", CANCEL), chain("s2", "b", "off")
    )
    play.deploy(
        process(
            start(),
            transaction("outer", start("s"), work("a"), inner, boundary("gone", "inner", CANCEL),
                end("e"), end("off2", CANCEL), chain("s", "a", "inner", "e"),
                user("ask"), chain("gone", "ask", "off2")),
            boundary("all_gone", "outer", CANCEL), end(), end("e2"),
            chain("start", "outer", "end"), chain("all_gone", "e2"),
        )
    )  # fmt: skip
    root = play.start()
    assert play.open(root) == ["ask"]

    play.complete(root, "ask")

    assert play.trace(root) == [
        "start", "s", "a", "s2", "b", "off", "on_no_b", "no_b", "-inner", "gone", "ask", "off2",
        "on_no_a", "no_a", "-outer", "all_gone", "e2",
    ]  # fmt: skip


def test_a_completed_transaction_is_undone_later_as_a_whole(play: Play) -> None:
    play.deploy(
        process(
            start(), transaction("t", start("s"), work("a"), work("b"), end("e"),
                chain("s", "a", "b", "e")),
            user("u"), end("over", compensate()), chain("start", "t", "u", "over"),
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == [
        "start", "s", "a", "b", "e", "t", "u", "on_no_b", "no_b", "on_no_a", "no_a", "over",
    ]  # fmt: skip


def test_an_error_while_undoing_is_a_hazard(play: Play) -> None:
    fails = sub("no_a", start("h"), end("bad", BAD), chain("h", "bad"), isForCompensation="true")
    play.deploy(
        process(
            start(),
            transaction("t", start("s"), element("task", "a"), undoing("a", "no_a"), fails,
                user("u"), end("off", CANCEL), chain("s", "a", "u", "off")),
            boundary("cancelled", "t", CANCEL), boundary("hazard", "t", BAD),
            end(), end("e2"), end("e3"), chain("start", "t", "end"), chain("cancelled", "e2"),
            chain("hazard", "e3"), head=ERROR,
        )
    )  # fmt: skip
    root = play.start()

    play.complete(root, "u")

    assert play.trace(root) == [
        "start", "s", "a", "u", "off", "on_no_a", "h", "bad", "-no_a", "-t", "hazard", "e3",
    ]  # fmt: skip
