"""The list of cases gives the same rows whether few or many fit, and says where it stopped."""

from importlib import import_module
from typing import Any
from uuid import UUID

import pytest

from engine import queries
from kernel import looking
from kernel.uow import read_only
from people.actor import Actor
from tests.engine.conftest import Play
from tests.engine.drawing import chain, end, process, start, user

HOURS = (1, 50, 2, 60, 3, 70, 4)
WISHES: tuple[dict[str, Any], ...] = (
    {},
    {"overdue": True},
    {"search": "رضایی"},
    {"overdue": True, "search": "رضایی"},
    {"element_id": "work"},
    {"stopped": True},
    {"status": "running", "started_by_me": True},
)


def prepared(play: Play) -> None:
    """Cases of two people, some of them late, some of them of one customer."""
    limit = '<ravand:deadline duration="= limit" clock="wall"/>'
    play.deploy(process(start(), user("work", limit), end(), chain("start", "work", "end")))
    for number, hours in enumerate(HOURS):
        by = "reception.clerk" if number % 3 else "reception.head"
        subject = "خانم رضایی" if number % 2 else "آقای امینی"
        play.start(by=by, limit=f"PT{hours}H", subject=subject)
    play.move(hours=5)


def every(actor: Actor, wish: dict[str, Any]) -> list[UUID]:
    """The rows of all pages."""
    found, after = [], None
    while True:
        with read_only() as session:
            page = queries.instances_page(session, actor, **wish, after=after, limit=2)
        found += [row.id for row in page.rows]
        after = page.next
        if after is None:
            return found


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("position", ["reception.head", "finance.accountant", "management.ceo"])
def test_few_and_many_give_the_same_rows(
    play_both: Play, position: str, wish: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(play_both)
    actor = play_both.actor(position)

    by_id = every(actor, wish)
    monkeypatch.setattr(import_module("engine.queries.few"), "CAP", 1)
    monkeypatch.setattr(looking, "SIZES", (1, 2))
    looked_through = every(actor, wish)

    assert looked_through == by_id
    assert len(set(by_id)) == len(by_id)


def test_a_list_that_was_looked_through_in_part_goes_on(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared(play)
    monkeypatch.setattr(looking, "SIZES", (1, 2))

    with read_only() as session:
        boss = play.actor("management.ceo")
        page = queries.instances_page(session, boss, search="nobody")

    assert (page.rows, page.cut) == ([], True)
    assert page.next is not None
