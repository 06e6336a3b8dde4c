"""An inbox of thousands: pages there and back, numbers that stop, searches that say so."""

import re
from html import unescape
from importlib import import_module
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import select

from engine.store import ITEM
from kernel.db import database
from people.tables import Person
from tests.conftest import START
from tests.full_inbox import FullInbox
from tests.product.fixtures import Desk, Product
from tests.product.organisation import holder_of
from web import counts

EXPERT = "subscribers.expert"
ROW = re.compile(r'<a class="rv-row" href="/items/([0-9a-f-]{36})')


@pytest.fixture
def full(product: Product) -> Product:
    """The expert is one of two hundred people who share twenty thousand pieces of work."""
    hero = _person_at(EXPERT)
    with database().writer.connect() as connection, connection.begin():
        made = FullInbox(hero, START, base=6_000, people=200, groups=50)
        made.staff(connection)
        made.fill(connection)
    counts.forget_everybody()
    return product


def _person_at(position: str) -> UUID:
    query = select(Person.id).where(Person.username == holder_of(position))
    with database().engine.connect() as connection:
        found: UUID = connection.execute(query).scalar_one()
    return found


def last_subject(hero: UUID) -> str:
    """What the hero's last piece of work is about."""
    query = select(ITEM.c.subject).where(ITEM.c.principals == [f"person:{hero}"])
    with database().engine.connect() as connection:
        found: str = connection.execute(query.where(ITEM.c.due_at.is_(None))).scalars().all()[-1]
    return found


def link(page: str, rel: str) -> str:
    """Where the page's control leads."""
    found = re.search(rf'<a class="[^"]*" href="([^"]+)" rel="{rel}"', page)
    assert found, f"the page has no {rel}"
    return unescape(found[1])


def test_the_pages_lead_on_and_back_and_keep_what_was_chosen(full: Product) -> None:
    clerk = full.visitor(EXPERT)
    first = clerk.get("/inbox?kind=step&order=new")
    second = clerk.get(link(first, "next"))
    third = clerk.get(link(second, "next"))
    back = clerk.get(link(third, "prev"))

    assert [len(ROW.findall(page)) for page in (first, second, third)] == [50, 50, 50]
    assert len({*ROW.findall(first), *ROW.findall(second), *ROW.findall(third)}) == 150
    assert ROW.findall(back) == ROW.findall(second)
    assert ROW.findall(clerk.get(link(back, "prev"))) == ROW.findall(first)
    assert 'rel="prev"' not in first
    for page in (second, third, back):
        assert "kind=step" in link(page, "next")
        assert "order=new" in link(page, "prev")


@pytest.mark.parametrize(("locale", "number"), [("fa", "۱۰۰۰+"), ("en", "1000+")])
def test_numbers_stop_at_a_thousand(full: Product, locale: str, number: str) -> None:
    clerk = full.visitor(EXPERT)
    clerk.post("/language", {"locale": locale})

    assert f"<small>{number}</small>" in clerk.get("/inbox")
    assert number in clerk.get("/")


def test_a_search_through_a_part_says_so_and_goes_on(
    full: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("engine.queries.inbox"), "LOOKED", 300)
    subject = last_subject(_person_at(EXPERT))
    clerk = full.visitor(EXPERT)
    page = clerk.get("/inbox?" + urlencode({"q": subject}))

    looks = 1
    while not ROW.findall(page):
        assert "تنها بخشی از آن گشته شد" in page
        page = clerk.get(link(page, "next"))
        looks += 1
    assert looks > 1
    assert subject in page


def test_a_page_of_which_nothing_is_left_leads_back(full: Product) -> None:
    clerk = full.visitor(EXPERT)

    page = clerk.get(
        "/inbox?after=9999-12-31T00:00:00%2B00:00~ffffffff-0000-0000-0000-000000000000"
    )

    assert "در این صفحه چیزی نمانده است" in page
    assert len(ROW.findall(clerk.get(link(page, "prev")))) == 50


def test_letters_turn_the_pages(full: Product, desk: Desk) -> None:
    page = desk(EXPERT)
    page.goto(full.url + "/inbox")
    first = page.locator(".rv-row").first.get_attribute("href") or ""
    page.keyboard.press("n")
    page.wait_for_url("**after=**")
    page.keyboard.press("p")
    page.wait_for_url("**before=**")

    assert (page.locator(".rv-row").first.get_attribute("href") or "").startswith(first)
