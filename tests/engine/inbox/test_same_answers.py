"""Whatever lies in an inbox and whatever is asked, the pages are those of a naive list."""

import random
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest

from engine import queries
from engine.queries import InboxPage
from kernel import clock
from kernel.clock import MovableClock
from kernel.uow import read_only
from people.actor import Actor
from tests.conftest import START
from tests.engine.inbox.naive import WORDS, Office, answer

SEEDS = range(2)


@pytest.fixture(params=SEEDS)
def office(request: pytest.FixtureRequest, ravand_both: MovableClock) -> Office:
    """Some hundred random items on either database."""
    made = Office(random.Random(request.param))
    made.prepare()
    made.add(160)
    return made


@pytest.fixture
def short_sighted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page looks at a few entries at a time, and gives up soon."""
    asking = import_module("engine.queries.inbox")
    monkeypatch.setattr(asking, "SIZES", (4, 8, 12, 16))
    monkeypatch.setattr(asking, "LOOKED", 20)


def wishes(dice: random.Random) -> dict[str, Any]:
    """A tab, filters and an order, at random."""
    wish: dict[str, Any] = {"status": dice.choice(("open", "open", "claimed", "completed"))}
    if wish["status"] == "open" and dice.random() < 0.3:
        wish["newest"] = True
    if dice.random() < 0.3:
        wish["due_before"] = START + timedelta(hours=dice.randrange(-6, 30))
    elif dice.random() < 0.25 and wish["status"] == "open":
        wish["later_than"] = START + timedelta(hours=dice.randrange(-5, 5))
    if dice.random() < 0.3:
        wish["definition_key"] = dice.choice(("p1", "p2"))
    if dice.random() < 0.3:
        wish["search"] = dice.choice(WORDS)
    return wish


def ask(actor: Actor, wish: dict[str, Any], **place: Any) -> InboxPage:
    with read_only() as session:
        return queries.inbox_page(session, actor, **wish, **place)


def forwards(actor: Actor, wish: dict[str, Any], limit: int) -> list[InboxPage]:
    """Every page, from the first to the last."""
    pages = [ask(actor, wish, limit=limit)]
    while pages[-1].next:
        pages.append(ask(actor, wish, limit=limit, after=pages[-1].next))
    return pages


def ids(*pages: InboxPage) -> list[UUID]:
    return [row.id for page in pages for row in page.rows]


def test_paging_through_gives_each_item_once_and_in_order(office: Office) -> None:
    for _ in range(25):
        actor, wish, limit = office.actor(), wishes(office.dice), office.dice.randrange(1, 30)
        pages = forwards(actor, wish, limit)

        assert ids(*pages) == answer(office.items, actor, wish), wish
        assert all(len(page.rows) == limit for page in pages[:-1])
        assert not any(page.cut for page in pages)


@pytest.mark.usefixtures("short_sighted")
def test_a_search_that_gives_up_goes_on_where_it_stopped(office: Office) -> None:
    gave_up = 0
    for _ in range(25):
        actor, wish = office.actor(), wishes(office.dice) | {"search": f"{WORDS[0]} 1"}
        pages = forwards(actor, wish, 7)

        assert ids(*pages) == answer(office.items, actor, wish), wish
        gave_up += any(page.cut for page in pages)
    assert gave_up


def test_paging_back_leads_over_the_same_rows_to_the_first_page(office: Office) -> None:
    for _ in range(12):
        actor, wish, limit = office.actor(), wishes(office.dice), office.dice.randrange(2, 12)
        there = forwards(actor, wish, limit)
        page, back = there[-1], [there[-1]]
        while page.previous:
            page = ask(actor, wish, limit=limit, before=page.previous)
            back.append(page)

        assert [ids(one) for one in back[::-1]] == [ids(one) for one in there], wish


@pytest.mark.usefixtures("short_sighted")
def test_paging_back_passes_over_what_does_not_fit(office: Office) -> None:
    for _ in range(12):
        actor, wish = office.actor(), wishes(office.dice) | {"search": WORDS[0]}
        every = answer(office.items, actor, wish)
        page = forwards(actor, wish, 5)[-1]
        seen = ids(page)
        while page.previous:
            page = ask(actor, wish, limit=5, before=page.previous)
            seen = ids(page) + [one for one in seen if one not in ids(page)]

        assert seen == every, wish


def test_what_stays_is_seen_once_while_other_work_comes_and_goes(office: Office) -> None:
    for _ in range(3):
        actor, dice = office.actor(), office.dice
        before = answer(office.items, actor, {})
        page = ask(actor, {}, limit=9)
        rows = list(page.rows)
        while page.next:
            office.add(5)
            gone = dice.sample([one for one in office.items if one["closed_at"] is None], 3)
            for one in gone:
                office.close(one, dice.choice(office.people), clock.now())
            page = ask(actor, {}, limit=9, after=page.next)
            rows += page.rows
        after = set(answer(office.items, actor, {}))

        keys = [row.key for row in rows]
        assert keys == sorted(keys, key=lambda key: (key[0], key[1].int))
        assert len(set(keys)) == len(keys)
        assert [one for one in before if one in after] == [
            row.id for row in rows if row.id in set(before) & after
        ]


def test_numbers_count_each_item_once(office: Office) -> None:
    midnight = START.replace(hour=20, minute=30)  # in Tehran
    for _ in range(12):
        actor = office.actor()
        with read_only() as session:
            counts = queries.inbox_counts(session, actor)
            done = queries.closed_count(session, actor, since=START - timedelta(hours=3))
            processes = [one.key for one in queries.inbox_processes(session, actor)]
        late = answer(office.items, actor, {"due_before": START})
        by_midnight = {"due_before": midnight - timedelta(microseconds=1)}
        today = answer(office.items, actor, by_midnight)
        closed = [one for one in office.items if one["closed_by_id"] == actor.person_id]
        here = answer(office.items, actor, {})

        assert counts.open == len(here)
        assert counts.overdue == len(late)
        assert counts.today == len(today) - len(late)
        assert counts.claimed == len(answer(office.items, actor, {"status": "claimed"}))
        assert done == sum(one["closed_at"] >= START - timedelta(hours=3) for one in closed)
        lies = [one for one in office.items if one["id"] in here]
        assert set(processes) >= {one["definition_key"] for one in lies}


def test_the_number_of_a_case_finds_its_work(office: Office) -> None:
    actor = office.actor()
    mine = answer([one for one in office.items if one["number"] == "1405/0002"], actor, {})

    assert ids(ask(actor, {"search": "۱۴۰۵/۰۰۰۲"})) == mine[:50]
