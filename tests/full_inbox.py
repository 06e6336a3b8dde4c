"""A store full of open work: some thousands of items, which the database itself then multiplies.

Half of the work lies with groups, the first of which has a sixth of it; half with persons, every
hundredth item with the hero, whom a test or benchmark acts as. Some of it lies at two addresses,
is claimed, is for later, or is barred to the hero by four eyes.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Connection,
    Table,
    Text,
    case,
    func,
    insert,
    literal_column,
    select,
    update,
)

from engine.entries import NEVER_DUE, entries_of
from engine.store import INBOX, INSTANCE, ITEM
from engine.tables import Deployment, ProcessDefinition
from kernel.ids import new_id
from kernel.types import JsonObject
from people import tables

PROCESSES = 20
CASE_OF = 10  # items of one case
HERO_GROUPS = (0, 3, 10, 50, 120)
DEFINITION = ProcessDefinition.__table__
SHIFTED_IDS = ("id", "activation_id", "instance_id", "root_id", "item_id", "filled_for")
SHIFTED_TIMES = ("opened", "opened_at", "due", "due_at", "follow_up", "follow_up_at")


@dataclass(frozen=True)
class FullInbox:
    """How much there is, and of whom: `base` items, each `times` times.

    Attributes:
        hero: a person's id.
        now: a fifth of the time limits have passed by then.
    """

    hero: UUID
    now: datetime
    base: int = 20_000
    times: int = 1
    people: int = 10_000
    groups: int = 200
    seed: int = 4

    def fill(self, connection: Connection) -> None:
        """Add definitions, cases, items and their inbox rows, as the engine leaves them."""
        dice = random.Random(self.seed)
        connection.execute(insert(Deployment.__table__), [_deployment(self.now)])
        connection.execute(insert(DEFINITION), [_definition(n, self.now) for n in range(PROCESSES)])
        cases = [self._case(number) for number in range(self.base // CASE_OF + 1)]
        items = [self._item(number, dice) for number in range(self.base)]
        connection.execute(insert(INSTANCE), cases)
        connection.execute(insert(ITEM), items)
        connection.execute(insert(INBOX), [row for item in items for row in entries_of(item)])
        for table in (INSTANCE, ITEM, INBOX) if self.times > 1 else ():
            _multiply(connection, table, self.times)

    def staff(self, connection: Connection) -> None:
        """Add the groups and the people; the hero holds a post in some of the groups."""
        units = [{"key": f"g{n}", "name": f"گروه {n}", "rank": n} for n in range(self.groups)]
        posts = [
            {"key": f"g{n}.staff", "unit_key": f"g{n}", "name": f"کارشناس {n}", "rank": 0}
            for n in range(self.groups)
        ]
        people = [_person(number, self.now) for number in range(self.people)]
        held = [(self.hero, group) for group in HERO_GROUPS if group < self.groups]
        held += [(person(number), number % self.groups) for number in range(self.people)]
        connection.execute(insert(tables.Unit), units)
        connection.execute(insert(tables.Position), posts)
        connection.execute(insert(tables.Person), people)
        connection.execute(insert(tables.Holding), [_holding(*one, self.now) for one in held])
        connection.execute(update(tables.Organisation).values(version=new_id()))

    def _case(self, number: int) -> JsonObject:
        return {
            "id": _id(number),
            "root_id": _id(number),
            "definition_id": _id(number % PROCESSES),
            "definition_key": f"process{number % PROCESSES}",
            "number": f"1405/{number:04d}",
            "subject": f"case {number}",
            "status": "running",
            "state": b"",
            "revision": 1,
            "variables": {},
            "active": [],
            "initiator": {},
            "started_at": self.now,
            "started_by": "x",
        }

    def _item(self, number: int, dice: random.Random) -> JsonObject:
        hours = dice.uniform(-200, 800)
        due = self.now + timedelta(hours=hours) if dice.random() < 0.9 else None
        holder = self._holder(number, dice) if number % 2 else None
        group = int(self.groups * dice.random() ** 3)
        offered = (
            [f"person:{holder}"] if holder else list(addresses(group)[: dice.choice((1, 1, 2))])
        )
        claimed = holder is not None and dice.random() < 0.1
        later = due if dice.random() < 0.05 else None
        return {
            "id": _id(number),
            "activation_id": _id(number),
            "instance_id": _id(number // CASE_OF),
            "root_id": _id(number // CASE_OF),
            "definition_id": _id(number // CASE_OF % PROCESSES),
            "definition_key": f"process{number // CASE_OF % PROCESSES}",
            "element_id": "step",
            "name": f"بررسی {number % 97}",
            "name_en": f"check {number % 97}",
            "number": f"1405/{number // CASE_OF:04d}",
            "subject": f"subject {number}",
            "principals": list(offered),
            "excluded": [str(self.hero)] if dice.random() < 0.02 else [],
            "assignee_id": holder if claimed else None,
            "assignee": "x" if claimed else None,
            "status": "claimed" if claimed else "open",
            "revision": 1,
            "visit": 1,
            "priority": "normal",
            "opened_at": self.now - timedelta(hours=dice.uniform(0, 500)),
            "due_at": due,
            "follow_up_at": later,
        }

    def _holder(self, number: int, dice: random.Random) -> UUID:
        return self.hero if number % 100 == 1 else person(dice.randrange(self.people))


def person(number: int) -> UUID:
    """The id of one of the people."""
    return UUID(int=(1 << 80) + number)


def _person(number: int, now: datetime) -> JsonObject:
    name = f"person {number}"
    keys = {"sort_key": name, "search_key": name}
    return {"id": person(number), "username": f"p{number}", "name": name, "created_at": now, **keys}


def _holding(who: UUID, group: int, now: datetime) -> JsonObject:
    post = f"g{group}.staff"
    since = (now - timedelta(days=900)).date()
    return {"id": new_id(), "person_id": who, "position_key": post, "since": since}


def addresses(group: int) -> tuple[str, str]:
    """Where a group's work lies: with the unit, and some of it with a position, too."""
    return f"unit:g{group}", f"position:g{group}.staff"


def _id(number: int) -> UUID:
    return UUID(int=number + 1)


def _deployment(now: datetime) -> JsonObject:
    return {"id": _id(0), "created_at": now, "created_by": "x", "bundle_hash": "x"}


def _definition(number: int, now: datetime) -> JsonObject:
    return {
        "id": _id(number),
        "deployment_id": _id(0),
        "key": f"process{number}",
        "version": 1,
        "state": "released",
        "name": f"فرایند {number}",
        "name_en": f"process {number}",
        "file": "x",
        "xml": "",
        "model_hash": "",
        "form_ids": {},
        "created_at": now,
        "created_by": "x",
    }


def _multiply(connection: Connection, table: Table, times: int) -> None:
    """Each row `times - 1` times more: of another id, a minute later each."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        first = select(literal_column("1").label("k")).cte("copies", recursive=True)
        copies: Any = first.union_all(select(first.c.k + 1).where(first.c.k < times - 1))
    else:
        copies = select(func.generate_series(1, times - 1).label("k")).cte("copies")
    columns = list(table.c)
    copied = [_copied(column, copies.c.k, sqlite=sqlite) for column in columns]
    rows = select(*copied).select_from(table.join(copies, literal_column("1") == 1))
    connection.execute(insert(table).from_select(columns, rows))


def _copied(column: Column[Any], k: Any, *, sqlite: bool) -> Any:
    if column.name in SHIFTED_IDS:
        digits = func.printf("%08x", k) if sqlite else func.lpad(func.to_hex(k), 8, "0")
        plain = column if sqlite else func.replace(column.cast(Text), "-", "")
        moved = digits.op("||")(func.substr(plain, 9))
        return moved if sqlite else moved.cast(column.type)
    if column.name in SHIFTED_TIMES:
        later = (
            func.strftime("%Y-%m-%d %H:%M:%S.000000", column, func.printf("+%d minutes", k))
            if sqlite
            else column + func.make_interval(0, 0, 0, 0, 0, k)
        )
        return case((column < NEVER_DUE, later), else_=column)
    return column
