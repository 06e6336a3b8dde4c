"""Random work, and an inbox that is asked the simple way: every item is looked at."""

import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, update

from engine.entries import NEVER_DUE, entries_of
from engine.store import INBOX, INSTANCE, ITEM
from engine.tables import Deployment, ProcessDefinition
from kernel.types import JsonObject
from kernel.uow import unit_of_work
from people.actor import Actor
from tests.conftest import START

PLACES = ("unit:a", "unit:b", "position:a.head", "role:clerk", "role:other")
WORDS = ("قرارداد", "بازدید", "پرداخت")


@dataclass
class Office:
    """Items as the naive inbox knows them, and the same in the database."""

    dice: random.Random
    people: tuple[UUID, ...] = (UUID(int=71), UUID(int=72), UUID(int=73))
    items: list[JsonObject] = field(default_factory=list)
    made: int = 0

    def prepare(self) -> None:
        """Some processes and a few cases."""
        with unit_of_work() as uow:
            head = {"id": _id(1), "created_at": START, "created_by": "x", "bundle_hash": "x"}
            uow.session.execute(insert(Deployment.__table__), [head])
            uow.session.execute(insert(ProcessDefinition.__table__), [_process(n) for n in (1, 2)])
            uow.session.execute(insert(INSTANCE), [_case(n) for n in (1, 2, 3)])

    def add(self, count: int) -> None:
        """Random work comes."""
        fresh = [self._item() for _ in range(count)]
        self.items += fresh
        with unit_of_work() as uow:
            uow.session.execute(insert(ITEM), fresh)
            rows = [row for one in fresh if one["closed_at"] is None for row in entries_of(one)]
            if rows:
                uow.session.execute(insert(INBOX), rows)

    def close(self, item: JsonObject, by: UUID, at: datetime) -> None:
        """Somebody did it."""
        done = {"status": "completed", "closed_by_id": by, "closed_at": at}
        item |= done
        with unit_of_work() as uow:
            uow.session.execute(update(ITEM).where(ITEM.c.id == item["id"]).values(**done))
            uow.session.execute(delete(INBOX).where(INBOX.c.item_id == item["id"]))

    def actor(self) -> Actor:
        """One of the people, with some of the addresses."""
        person = self.dice.choice(self.people)
        places = self.dice.sample(PLACES, self.dice.randrange(len(PLACES) + 1))
        principals = frozenset({f"person:{person}", *places})
        return Actor(person, None, None, frozenset(), principals, "x")

    def _item(self) -> JsonObject:
        dice = self.dice
        self.made += 1
        process = dice.choice((1, 2))
        # Few different instants, so that many rows stand at the same place in an order.
        due = START + timedelta(hours=dice.randrange(-6, 30)) if dice.random() < 0.8 else None
        claimed = dice.random() < 0.15
        addresses = [*PLACES, *(f"person:{one}" for one in self.people)]
        closed = not claimed and dice.random() < 0.15
        return {
            "id": UUID(int=dice.getrandbits(120)),
            "activation_id": _id(self.made),
            "instance_id": (case := _id(dice.choice((1, 2, 3)))),
            "root_id": case,
            "definition_id": _id(process),
            "definition_key": f"p{process}",
            "element_id": "step",
            "name": f"{dice.choice(WORDS)} {self.made}",
            "name_en": "",
            "number": f"1405/{case.int:04d}",
            "subject": f"{dice.choice(WORDS)} {dice.randrange(40)}",
            "principals": dice.sample(addresses, dice.choice((1, 1, 2, 3))),
            "excluded": [str(dice.choice(self.people))] if dice.random() < 0.2 else [],
            "assignee_id": dice.choice(self.people) if claimed else None,
            "assignee": "x" if claimed else None,
            "status": "completed" if closed else "claimed" if claimed else "open",
            "revision": 1,
            "visit": 1,
            "priority": "normal",
            "opened_at": START - timedelta(hours=dice.randrange(20)),
            "due_at": due,
            "follow_up_at": START + timedelta(hours=dice.randrange(-5, 9))
            if dice.random() < 0.3
            else None,
            "closed_at": START - timedelta(hours=dice.randrange(9)) if closed else None,
            "closed_by_id": dice.choice(self.people) if closed else None,
        }


def answer(items: list[JsonObject], actor: Actor, wish: dict[str, Any]) -> list[UUID]:
    """The whole list that somebody asks for, in order."""
    found = [one for one in items if _fits(one, actor, wish)]
    if wish.get("status") == "completed":
        return _sorted(found, "closed_at", turned=True)
    if wish.get("later_than"):
        return _sorted(found, "follow_up_at")
    if wish.get("newest") and wish.get("status") != "claimed":
        return _sorted(found, "opened_at", turned=True)
    return _sorted(found, "due_at")


def _sorted(found: list[JsonObject], by: str, *, turned: bool = False) -> list[UUID]:
    ordered = sorted(found, key=lambda one: (one[by] or NEVER_DUE, one["id"].int), reverse=turned)
    return [one["id"] for one in ordered]


def _fits(item: JsonObject, actor: Actor, wish: dict[str, Any]) -> bool:
    status = wish.get("status", "open")
    if status == "completed":
        if item["status"] != "completed" or item["closed_by_id"] != actor.person_id:
            return False
    elif not _lies_here(item, actor) or (status == "claimed" and not _mine(item, actor)):
        return False
    if str(actor.person_id) in item["excluded"]:
        return False
    if status != "completed" and not _in_time(item, wish):
        return False
    if wish.get("definition_key", item["definition_key"]) != item["definition_key"]:
        return False
    words = ".*".join(wish.get("search", "").split())
    return bool(re.search(words, item["name"]) or re.search(words, item["subject"]))


def _in_time(item: JsonObject, wish: dict[str, Any]) -> bool:
    due, later = item["due_at"], item["follow_up_at"]
    if "due_before" in wish and (due is None or due > wish["due_before"]):
        return False
    return "later_than" not in wish or (later is not None and later > wish["later_than"])


def _lies_here(item: JsonObject, actor: Actor) -> bool:
    if item["status"] == "claimed":
        return f"person:{item['assignee_id']}" in actor.principals
    return item["status"] == "open" and bool(actor.principals & set(item["principals"]))


def _mine(item: JsonObject, actor: Actor) -> bool:
    return item["status"] == "claimed" and item["assignee_id"] == actor.person_id


def _id(number: int) -> UUID:
    return UUID(int=number)


def _process(number: int) -> JsonObject:
    return {
        "id": _id(number),
        "deployment_id": _id(1),
        "key": f"p{number}",
        "version": 1,
        "state": "released",
        "name": f"p{number}",
        "name_en": "",
        "file": "x",
        "xml": "",
        "model_hash": "",
        "form_ids": {},
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "created_by": "x",
    }


def _case(number: int) -> JsonObject:
    return {
        "id": _id(number),
        "root_id": _id(number),
        "definition_id": _id(1),
        "definition_key": "p1",
        "number": f"1405/{number:04d}",
        "subject": "",
        "status": "running",
        "state": b"",
        "revision": 1,
        "variables": {},
        "active": [],
        "initiator": {},
        "started_at": START,
        "started_by": "x",
    }
