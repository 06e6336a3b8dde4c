"""Lists of contacts and tickets cost the same however many there are, and lose nobody."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from crm import contacts, lists
from crm.contacts import ContactData
from crm.tables import Contact, ContactPhone, ContactRole, Ticket, TicketType
from kernel import looking
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from people import Actor
from tests.engine.test_idle import learn, recorded, visited

NAMES = ("رضا آذر", "زهرا اکبری", "مینا پرویز", "پرویز صدر", "علی محمدی", "زهرا محمدی", "ژاله کاوه")
FEW, MANY, SLACK = 150, 500, 20


def add(clerk: Actor) -> None:
    with unit_of_work() as uow:
        for number, name in enumerate(NAMES):
            phones = (f"0912000000{number}",)
            contacts.add_contact(uow, ContactData(name=name, phones=phones), by=clerk)


def found(clerk: Actor, query: str, **wish: Any) -> list[str]:
    """All pages, one after the other; whoever is found twice stands there once."""
    names: dict[str, None] = {}
    after = None
    while True:
        with read_only() as session:
            page = lists.contacts(session, clerk, query=query, after=after, limit=2, **wish)
        names |= {row.name: None for row in page.rows}
        after = page.next
        if after is None:
            return list(names)


@pytest.mark.parametrize("query", ["", "زهرا", "پرویز", "محمدی", "091200000", "5", "نیست"])
def test_a_list_that_is_looked_through_in_parts_finds_the_same(
    clerk: Actor, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(clerk)
    at_once = found(clerk, query)
    monkeypatch.setattr(looking, "SIZES", (1, 2))
    assert sorted(found(clerk, query)) == sorted(at_once)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("محمدی", "زهرا محمدی"),
        ("محمدی زهرا", "زهرا محمدی"),
        ("زهرا محمدی", "زهرا محمدی"),
        ("۰۹۱۲ ۰۰۰ ۰۰۰۴", "علی محمدی"),
    ],
)
def test_a_family_name_or_number_is_found_at_once_far_down_the_list(
    clerk: Actor, query: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(clerk)
    monkeypatch.setattr(looking, "SIZES", (1, 1))
    with read_only() as session:
        page = lists.contacts(session, clerk, query=query)
    assert page.cut
    assert page.rows[0].name == first


def crowd(count: int) -> None:
    """So many more contacts and tickets."""
    with unit_of_work() as uow:
        for model in (Contact, Ticket):
            row = dict(uow.session.execute(select(model.__table__).limit(1)).mappings().one())
            copies = [row | _another(row, at) for at in range(count)]
            uow.session.execute(insert(model), copies)
            if model is Contact:
                ids = [one["id"] for one in copies]
                number = {"number": "+989350000000", "label": "mobile", "rank": 0}
                uow.session.execute(insert(ContactPhone), [{"contact_id": i} | number for i in ids])
                plays = [{"contact_id": one, "role": "subscriber"} for one in ids]
                uow.session.execute(insert(ContactRole), plays)


def _another(row: dict[str, Any], at: int) -> dict[str, Any]:
    new: dict[str, Any] = {"id": new_id()}
    if "sort_key" in row:
        new["sort_key"] = f"{row['sort_key']}{at}"
    if "opened_at" in row:
        new["opened_at"] = row["opened_at"] - timedelta(minutes=at)
    new |= {name: None for name in ("melli_code", "legal_id", "request_id") if name in row}
    return new


WISHES: tuple[dict[str, Any], ...] = (
    {},
    {"query": "ناشناس"},
    {"query": "زهرا محمدی"},
    {"query": "4567890"},
    {"query": "پرویز", "role": "subscriber"},
    {"role": "patient"},
)


def cost(clerk: Actor) -> list[tuple[str, int]]:
    """What every question of the lists visits."""
    with recorded() as said, read_only() as session:
        for wish in WISHES:
            lists.contacts(session, clerk, **wish)
            if "role" not in wish:
                lists.tickets(session, clerk, **wish)
            behind = lists.contacts(session, clerk, limit=5).next
            lists.contacts(session, clerk, after=behind, **wish)
        lists.tickets(session, clerk, status="open", query="ناشناس")
    learn()
    return [(one[0], visited(one, *(["enable_sort"] if "near" in one[0] else []))) for one in said]


def test_no_question_of_the_lists_grows_with_contacts_and_tickets(
    clerk: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "SIZES", (5, 10))
    monkeypatch.setattr(lists, "CAP", 50)
    add(clerk)
    with unit_of_work() as uow:
        kind = uow.session.scalars(select(TicketType.key)).first()
        said = {"caller_name": "زهرا", "mobile": "+989120000000", "subject": "-", "type_key": kind}
        uow.session.add(Ticket(**said, channel="phone", opened_at=uow.now, opened_by="-"))
    crowd(FEW)
    few = cost(clerk)
    crowd(MANY)
    many = cost(clerk)
    assert [said for said, _ in many] == [said for said, _ in few]
    pairs = zip(few, many, strict=True)
    assert [(a, b[1]) for a, b in pairs if b[1] > 2 * a[1] + SLACK] == []
