"""The oracle itself: each kind of damage is found, and nothing is found where nothing is wrong."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgpack
import pytest
from sqlalchemy import delete, event, insert, select, update
from sqlalchemy.orm import Session

from engine.store import (
    HISTORY,
    INBOX,
    INCIDENT,
    INSTANCE,
    ITEM,
    SUBMISSION,
    SUBSCRIPTION,
    TIMER,
)
from engine.verifying import verify
from kernel.clock import MovableClock
from kernel.db import database
from kernel.ids import new_id
from kernel.uow import of_one_instant, read_only, unit_of_work
from tests.engine.conftest import Play, furnish
from tests.engine.drawing import (
    boundary,
    chain,
    element,
    end,
    process,
    script,
    start,
    timer,
    user,
)

GO = '<bpmn:messageEventDefinition messageRef="M"/>'
KEY = '<ravand:correlation key="= instance.id"/>'


@pytest.fixture
def desk(ravand: MovableClock, composed: None) -> Play:
    """Like `play`, but what it leaves behind may be damaged."""
    return furnish(ravand)


def begin(play: Play) -> UUID:
    """A case with a step done, open work, a timer, a message, a called process and an incident."""
    child = process(start(), user("inside"), end(), chain("start", "inside", "end"), key="child")
    parent = process(
        start(),
        user("first"),
        element("parallelGateway", "fork"),
        user("work"),
        boundary("late", "work", timer("duration", "PT1H")),
        element("intermediateCatchEvent", "heard", GO, KEY),
        element("callActivity", "call", called="child"),
        script("bad", "x = 1 / 0"),
        end(),
        end("too_late"),
        chain("start", "first", "fork", "work", "end"),
        chain("fork", "heard", "end"),
        chain("fork", "call", "end"),
        chain("fork", "bad", "end"),
        chain("late", "too_late"),
        head='<bpmn:message id="M" name="go"/>',
    )
    play.deploy(child, parent)
    root = play.start()
    play.clock.move(minutes=1)
    play.complete(root, "first")
    return root


def found() -> list[tuple[str, str]]:
    with read_only() as session:
        return [(one.code, str(one.facts.get("element", ""))) for one in verify(session)]


def rewrite(session: Session, root: UUID) -> None:
    session.execute(update(INSTANCE).where(INSTANCE.c.id == root).values(state=b"\x00"))


def scramble(session: Session, root: UUID) -> None:
    """Bytes that can be unpacked and are no case."""
    form, facts, tokens, *rest = msgpack.unpackb(
        session.scalar(select(INSTANCE.c.state).where(INSTANCE.c.id == root)), strict_map_key=False
    )
    for token in tokens:
        token[7] = 5
    state = msgpack.packb((form, facts, tokens, *rest))
    session.execute(update(INSTANCE).where(INSTANCE.c.id == root).values(state=state))


def end_the_root(session: Session, root: UUID) -> None:
    session.execute(update(INSTANCE).where(INSTANCE.c.id == root).values(status="completed"))


def complete_again(session: Session, root: UUID) -> None:
    line = session.execute(select(HISTORY).limit(1)).mappings().one()
    for _ in range(2):
        row = {**line, "id": new_id(), "kind": "completed", "element_id": "work"}
        session.execute(insert(HISTORY), [row])


def begin_again(session: Session, root: UUID) -> None:
    gone = (HISTORY.c.kind == "started") & (HISTORY.c.instance_id == root)
    session.execute(update(HISTORY).where(gone).values(kind="passed"))


def an_older_state(session: Session, root: UUID) -> None:
    session.execute(update(INSTANCE).where(INSTANCE.c.id == root).values(revision=1))


def open_again(session: Session, root: UUID) -> None:
    session.execute(update(ITEM).where(ITEM.c.element_id == "first").values(status="cancelled"))


def submit_again(session: Session, root: UUID) -> None:
    sent = session.execute(select(SUBMISSION).limit(1)).mappings().one()
    session.execute(insert(SUBMISSION), [{**sent, "id": new_id(), "request_id": None}])


def drop_work(session: Session, root: UUID) -> None:
    gone = update(ITEM).where(ITEM.c.element_id == "work").values(status="cancelled")
    session.execute(gone)


def drop_child(session: Session, root: UUID) -> None:
    below = INSTANCE.c.parent_id == root
    session.execute(update(INSTANCE).where(below).values(status="cancelled"))
    session.execute(update(ITEM).where(ITEM.c.element_id == "inside").values(status="cancelled"))


def empty_the_inbox(session: Session, root: UUID) -> None:
    session.execute(delete(INBOX))


def lie_in_the_inbox(session: Session, root: UUID) -> None:
    work = select(ITEM.c.id).where(ITEM.c.element_id == "work").scalar_subquery()
    session.execute(update(INBOX).where(INBOX.c.item_id == work).values(barred=["somebody"]))


def lie_elsewhere(session: Session, root: UUID) -> None:
    work = select(ITEM.c.id).where(ITEM.c.element_id == "work").scalar_subquery()
    session.execute(update(INBOX).where(INBOX.c.item_id == work).values(principal="role:other"))


DAMAGE: list[tuple[Callable[[Session, UUID], object], set[tuple[str, str]]]] = [
    (rewrite, {("unreadable", "")}),
    (scramble, {("unreadable", "")}),
    (drop_work, {("lost", "work"), ("inbox-extra", "work")}),
    (drop_child, {("lost", "call"), ("end-disagrees", ""), ("inbox-extra", "inside")}),
    (empty_the_inbox, {("inbox-missing", "work"), ("inbox-missing", "inside")}),
    (lie_in_the_inbox, {("inbox-differs", "work")}),
    (lie_elsewhere, {("inbox-missing", "work"), ("inbox-extra", "work")}),
    (lambda s, _: s.execute(delete(TIMER)), {("lost", "late")}),
    (lambda s, _: s.execute(delete(SUBSCRIPTION)), {("lost", "heard")}),
    (lambda s, _: s.execute(update(INCIDENT).values(state="resolved")), {("lost", "bad")}),
    (complete_again, {("completed-twice", "work")}),
    (
        end_the_root,
        {
            ("item-orphan", "work"),
            ("timer-orphan", "late"),
            ("subscription-orphan", "heard"),
            ("child-orphan", ""),
            ("end-disagrees", ""),
        },
    ),
    (begin_again, {("not-begun-once", "")}),
    (an_older_state, {("older-than-history", "")}),
    (lambda s, _: s.execute(delete(SUBMISSION)), {("unproved", "first")}),
    (open_again, {("submitted-open", "first")}),
    (submit_again, {("submitted-twice", "first")}),
]


def test_a_sound_installation_has_no_findings(desk: Play) -> None:
    begin(desk)

    assert found() == []


@pytest.mark.parametrize(("damage", "expected"), DAMAGE)
def test_damage_is_found(
    desk: Play,
    damage: Callable[[Session, UUID], object],
    expected: set[tuple[str, str]],
) -> None:
    root = begin(desk)

    with unit_of_work() as uow:
        damage(uow.session, root)

    assert set(found()) == expected


def test_what_moves_on_while_somebody_looks_is_no_finding(play_both: Play) -> None:
    play_both.deploy(
        process(start(), user("one"), user("two"), end(), chain("start", "one", "two", "end"))
    )
    root = play_both.start()

    def move_on(*facts: Any) -> None:
        """Once the cases were read, and before what they wait for is."""
        play_both.complete(root, "one")

    with of_one_instant() as session:
        event.listen(database().engine, "after_cursor_execute", move_on, once=True)
        assert list(verify(session)) == []

    assert play_both.open(root) == ["two"], "it did move on"
