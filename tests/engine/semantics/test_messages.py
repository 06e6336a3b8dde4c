"""Messages: by name and key, thrown and caught, early, kept, expired, and taken once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select

import engine
from engine.tables import BufferedMessage
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from people.actors import actor_at
from tests.engine.conftest import Play
from tests.engine.drawing import boundary, chain, element, end, process, start, user
from tests.requirements import bpmn

DECLARED = '<bpmn:message id="M" name="go"/>'
GO = '<bpmn:messageEventDefinition messageRef="M"/>'
KEY = '<ravand:correlation key="= contract"/>'
HOUR = timedelta(hours=1)


def kept() -> int:
    with read_only() as session:
        return session.scalar(select(func.count()).select_from(BufferedMessage)) or 0


def tell(play: Play, key: str | None, ttl: timedelta | None = HOUR, **payload: object) -> int:
    with unit_of_work() as uow:
        taken = engine.correlate(uow, "go", key, payload, by=SYSTEM, ttl=ttl)
    play.run()
    return taken


def catching(*tail: str, key: str = "p", ext: str = KEY) -> str:
    wait = element("intermediateCatchEvent", "heard", GO, ext)
    parts = (start(), wait, *tail, end(), chain("start", "heard", "end"))
    return process(*parts, key=key, head=DECLARED)


def listening(tag: str = "intermediateThrowEvent", ext: str = KEY) -> str:
    """Throws and ends."""
    if tag == "endEvent":
        return process(
            start(), end("said", GO, ext), chain("start", "said"), key="q", head=DECLARED
        )
    inside, more = (GO, {}) if tag == "intermediateThrowEvent" else ("", {"messageRef": "M"})
    said = element(tag, "said", inside, ext, **more)
    return process(start(), said, end(), chain("start", "said", "end"), key="q", head=DECLARED)


@bpmn("catch.message", "message.key")
def test_a_message_finds_its_case_by_name_and_key(play_both: Play) -> None:
    play = play_both
    play.deploy(catching())
    one, two = play.start(contract="c1"), play.start(contract="c2")

    assert tell(play, "c2", amount=7) == 1
    assert tell(play, "c3", None) == 0

    assert play.trace(two) == ["start", "heard", "end"]
    assert play.instance(two).variables["amount"] == 7
    assert play.trace(one) == ["start"]


@bpmn("throw.message")
@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "sendTask", "endEvent"])
def test_what_one_case_throws_another_catches(play: Play, tag: str) -> None:
    payload = '<ravand:in target="total" expression="= 3 * 4"/>'
    play.deploy(catching(), listening(tag, KEY + payload))
    waiting, other = play.start(contract="c1"), play.start(contract="c2")

    speaker = play.start("q", contract="c1")
    play.run()

    expected = ["start", "said"] if tag == "endEvent" else ["start", "said", "end"]
    assert play.trace(speaker) == expected
    assert play.trace(waiting) == ["start", "heard", "end"]
    assert play.instance(waiting).variables["total"] == 12
    assert play.trace(other) == ["start"]
    assert kept() == 0


@bpmn("message.early")
def test_an_early_message_is_kept_and_taken_in_the_run_that_asks_for_it(play_both: Play) -> None:
    play = play_both
    play.deploy(catching())
    tell(play, "c1", number=1)
    tell(play, "c1", number=2)
    assert kept() == 2

    first = play.start(contract="c1")

    assert play.trace(first) == ["start", "heard", "end"]
    assert play.instance(first).variables["number"] == 1  # in the order of arrival
    other = play.start(contract="c2")
    second, third = play.start(contract="c1"), play.start(contract="c1")
    assert play.instance(second).variables["number"] == 2
    assert play.trace(other) == play.trace(third) == ["start"]
    assert kept() == 0


@bpmn("message.early", "throw.message")
def test_a_thrown_message_waits_a_day_for_a_case_that_comes_later(play: Play) -> None:
    play.deploy(catching(), listening())
    play.start("q", contract="c1")
    play.run()
    play.move(hours=23)

    late = play.start(contract="c1")

    assert play.trace(late) == ["start", "heard", "end"]


@bpmn("message.ttl")
def test_a_kept_message_expires(play_both: Play) -> None:
    play = play_both
    play.deploy(catching(), listening(ext='<ravand:correlation key="= contract" ttl="PT1H"/>'))
    play.start("q", contract="c1")
    play.run()
    assert kept() == 1
    play.move(minutes=60)

    late = play.start(contract="c1")

    assert play.trace(late) == ["start"]
    assert kept() == 0


def test_an_expired_message_is_not_taken_even_before_it_is_swept_away(play: Play) -> None:
    play.deploy(catching())
    tell(play, "c1")
    play.clock.move(hours=1)

    assert play.trace(play.start(contract="c1")) == ["start"]
    assert kept() == 1


def test_a_message_from_outside_is_not_kept_unless_somebody_says_how_long(play: Play) -> None:
    play.deploy(catching(), listening(ext='<ravand:correlation key="= contract" ttl="PT0S"/>'))

    tell(play, "c1", None)
    tell(play, "")
    play.start("q", contract="c1")
    play.run()

    assert kept() == 0


def test_a_message_of_the_same_id_is_kept_once(play: Play) -> None:
    for _ in range(2):
        with unit_of_work() as uow:
            engine.correlate(uow, "go", "c1", {}, by=SYSTEM, message_id="m-1", ttl=HOUR)

    assert kept() == 1


def test_only_a_kept_message_with_the_wanted_text_is_taken(play_both: Play) -> None:
    play = play_both
    play.deploy(catching(ext='<ravand:correlation key="= contract" match="2"/>'))
    tell(play, "c1", text="1")
    tell(play, "c1", text=" ۲")

    root = play.start(contract="c1")

    assert play.instance(root).variables["text"] == " ۲"
    assert kept() == 1


def test_a_boundary_that_does_not_interrupt_takes_all_that_came_early(play: Play) -> None:
    play.deploy(
        process(
            start(),
            user("work"),
            boundary("heard", "work", GO, KEY, cancel=False),
            end(),
            end("noted"),
            chain("start", "work", "end"),
            chain("heard", "noted"),
            head=DECLARED,
        )
    )
    tell(play, "c1")
    tell(play, "c1")

    root = play.start(contract="c1")

    assert play.trace(root) == ["start", "heard", "heard", "noted", "noted"]
    play.complete(root, "work")
    assert play.trace(root)[-2:] == ["work", "end"]


def test_a_loop_takes_one_early_message_at_each_round(play: Play) -> None:
    play.deploy(
        process(
            start(),
            element("exclusiveGateway", "again", default="again__heard"),
            element("intermediateCatchEvent", "heard", GO, KEY),
            end(),
            chain("start", "again", "heard"),
            chain("again", "end").replace(
                'targetRef="end">',
                'targetRef="end"><bpmn:conditionExpression>= last = true'
                "</bpmn:conditionExpression>",
            ),
            chain("heard", "again"),
            head=DECLARED,
        )
    )
    tell(play, "c1", last=False)
    tell(play, "c1", last=True)
    tell(play, "c1", last=True)

    root = play.start(contract="c1")

    assert play.trace(root) == ["start", "again", "heard", "again", "heard", "again", "end"]
    assert kept() == 1


@bpmn("start.message", "message.early")
def test_a_message_kept_before_its_process_was_released_begins_it_afterwards(
    play_both: Play,
) -> None:
    play = play_both
    tell(play, "c7", amount=5)
    begins = process(start("begun", GO), end(), chain("begun", "end"), head=DECLARED)
    play.deploy(begins)
    play.run()

    [root] = play.cases()
    assert play.trace(root) == ["begun", "end"]
    assert play.instance(root).business_key == "c7"
    assert play.instance(root).variables == {"amount": 5}
    assert kept() == 0


@bpmn("start.message")
def test_a_case_that_waits_with_this_key_gets_the_message_before_a_new_one_begins(
    play_both: Play,
) -> None:
    play = play_both
    begins = process(start("begun", GO), end(), chain("begun", "end"), key="q", head=DECLARED)
    play.deploy(catching(), begins)
    root = play.start(contract="c1")

    tell(play, "c1")
    assert (play.trace(root), play.cases("q")) == (["start", "heard", "end"], [])
    tell(play, "c1")

    [begun] = play.cases("q")
    assert play.trace(begun) == ["begun", "end"]


@bpmn("message.early")
def test_two_who_ask_at_once_get_two_messages_and_one_message_goes_to_one(
    play_both: Play,
) -> None:
    play = play_both
    play.deploy(catching())
    play.start(contract="other")
    tell(play, "c1")
    together = Barrier(4)

    def begin(_: int) -> UUID:
        together.wait()
        with unit_of_work() as uow:
            clerk = actor_at(uow.session, "reception.clerk")
            return engine.start(uow, "p", variables={"contract": "c1"}, by=clerk).id

    with ThreadPoolExecutor(4) as pool:
        roots = list(pool.map(begin, range(4)))

    traces = sorted(play.trace(root) for root in roots)
    assert traces == [["start"]] * 3 + [["start", "heard", "end"]]
    assert kept() == 0


def test_whoever_missed_a_kept_message_gets_it_from_the_sweep(play_both: Play) -> None:
    """As when one looked just before the other kept: neither saw the other."""
    play = play_both
    play.deploy(catching())
    root = play.start(contract="c1")
    with unit_of_work() as uow:
        engine.early.keep(uow, engine.store.Store(uow.session), "go", "c1", {}, HOUR, None)

    play.run()

    assert play.trace(root) == ["start", "heard", "end"]
    assert kept() == 0


def test_an_early_message_that_wakes_a_child_is_taken_in_the_same_run(play: Play) -> None:
    call = element("callActivity", "call", called="p", ext='<ravand:in source="*"/>')
    play.deploy(
        catching(), process(start(), call, end(), chain("start", "call", "end"), key="caller")
    )
    tell(play, "c1")

    root = play.start("caller", contract="c1")

    assert play.trace(root) == ["start", "start", "heard", "end", "call", "end"]
