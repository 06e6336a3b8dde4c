"""Stores with many cases that wait: one is started, the rest are copies with ids of their own."""

import itertools
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    create_engine,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session

import engine
from config import Config
from engine.store import HISTORY, INBOX, INSTANCE, ITEM, TIMER
from engine.verifying import of_instances
from kernel import db
from kernel.ids import new_id
from kernel.uow import unit_of_work
from people import SYSTEM
from people.actors import actor_at
from tests.engine.drawing import bundle, chain, element, end, process, start, timer, user
from web.cli.connect import connect

PROCESS = "waiting"
AT_ONCE = 5_000  # rows of a statement
SAMPLE = 500  # cases that are looked through token by token
ANYBODY = '<ravand:performer position="subscribers.expert"/>'
LOOK_EVERY = 0.2  # seconds
_CASES = TIMER.c.element_id == "wait"
_ALIVE = INSTANCE.c.definition_key == PROCESS
Row = dict[str, Any]


def waiting() -> str:
    """A case waits for a day, a script runs, then a person has work."""
    wait = element("intermediateCatchEvent", "wait", timer("duration", "P1D"))
    script = element("scriptTask", "count", "<bpmn:script>rounds = rounds + 1</bpmn:script>")
    script = script.replace("<bpmn:scriptTask", '<bpmn:scriptTask scriptFormat="ravand"')
    flows = chain("start", "wait", "count", "work", "end")
    return process(
        start(), wait, script, user("work", performer=ANYBODY), end(), flows, key=PROCESS
    )


def release(config: Config) -> None:
    """Add the process to an installation that is not served yet."""
    connect(config)
    with unit_of_work() as uow:
        engine.deploy(uow, bundle(waiting()), by=SYSTEM)
        engine.release(uow, PROCESS, by=SYSTEM)
    db.database().dispose()


def fill(config: Config, count: int) -> None:
    """So many cases wait in an installation that is not served yet."""
    release(config)
    connect(config)
    with unit_of_work() as uow:
        by = actor_at(uow.session, "subscribers.expert")
        engine.start(uow, PROCESS, variables={"rounds": 0, "note": "n" * 200}, by=by)
    with db.database().writer.begin() as connection:
        Pattern(connection).copy(connection, [None] * (count - 1))
    db.database().dispose()


class Pattern:
    """A case that waits, with its rows, to be copied."""

    def __init__(self, connection: Connection) -> None:
        [self.timer] = _rows(connection, TIMER, TIMER.c.element_id == "wait", 1)
        instance = self.timer["instance_id"]
        [self.case] = _rows(connection, INSTANCE, INSTANCE.c.id == instance, 1)
        self.history = _rows(connection, HISTORY, HISTORY.c.instance_id == instance, 9)
        assert self.timer["activation_id"].bytes in self.case["state"], "the token is not there"

    def copy(self, connection: Connection, dues: Sequence[datetime | None]) -> list[UUID]:
        """Copies that wait as long, or until an instant; their ids."""
        made, waiting = [], iter(dues)
        while some := list(itertools.islice(waiting, AT_ONCE)):
            copies = [self._copied(due, len(made) + number) for number, due in enumerate(some)]
            for place, table in enumerate((INSTANCE, TIMER, HISTORY)):
                connection.execute(insert(table), [row for one in copies for row in one[place]])
            made += [case["id"] for [case], *_ in copies]
        return made

    def _copied(self, due: datetime | None, number: int) -> tuple[list[Row], list[Row], list[Row]]:
        own, token = new_id(), new_id()
        state = self.case["state"].replace(self.timer["activation_id"].bytes, token.bytes)
        known = {"instance_id": own, "root_id": own}
        started = self.case["started_at"] + timedelta(milliseconds=number)
        case = {**self.case, "id": own, "root_id": own, "state": state}
        timer = {**self.timer, **known, "id": new_id(), "activation_id": token}
        return (
            [case | {"number": f"copy/{own.hex[:12]}{number}", "started_at": started}],
            [timer | {"due_at": due or timer["due_at"]}],
            [{**row, **known, "id": new_id()} for row in self.history],
        )


def _rows(connection: Connection, table: Table, where: ColumnElement[bool], most: int) -> list[Row]:
    found = connection.execute(select(table).where(where).limit(most)).mappings()
    return [dict(row) for row in found]


class Store:
    """An installation's database, looked at from beside."""

    def __init__(self, url: str) -> None:
        self.database = create_engine(url)
        with self.database.connect() as connection:
            self.pattern = Pattern(connection)

    def make_due(self) -> None:
        """Every case's timer has been due for a second."""
        due = datetime.now(UTC) - timedelta(seconds=1)
        with self.database.begin() as connection:
            connection.execute(update(TIMER).where(_CASES).values(due_at=due))

    def add(self, dues: Sequence[datetime]) -> list[UUID]:
        """More cases, that wait until these instants."""
        with self.database.begin() as connection:
            return self.pattern.copy(connection, dues)

    def await_fired(self, seconds: float) -> None:
        """Return when no case waits for its timer any more; fails when that takes longer."""
        until = time.monotonic() + seconds
        while self.waits():
            assert time.monotonic() < until, f"after {seconds:.0f} s {self.left()} timers wait"
            time.sleep(LOOK_EVERY)

    def waits(self) -> bool:
        """Whether any case waits for its timer."""
        with self.database.connect() as connection:
            return connection.execute(select(TIMER.c.id).where(_CASES).limit(1)).first() is not None

    def left(self) -> int:
        """How many cases wait for their timer."""
        return self._count(select(func.count()).where(_CASES))

    def fired(self) -> int:
        """How many cases have gone on."""
        return self._count(select(func.count()).where(ITEM.c.element_id == "work"))

    def lateness(self, cases: Sequence[UUID]) -> list[float]:
        """Seconds from the planned instants to those at which the timers fired."""
        query = select(HISTORY.c.at, HISTORY.c.facts).where(
            HISTORY.c.kind == "timer", HISTORY.c.instance_id.in_(cases)
        )
        with self.database.connect() as connection:
            return [
                (row.at - datetime.fromisoformat(row.facts["due"])).total_seconds()
                for row in connection.execute(query)
            ]

    def judge(self, cases: int) -> None:
        """Fails unless every timer fired once and each case has its one piece of work."""
        timers = select(func.count()).where(HISTORY.c.kind == "timer")
        places = select(func.count(HISTORY.c.instance_id.distinct()))
        work = select(func.count()).where(ITEM.c.element_id == "work", ITEM.c.status == "open")
        found = {
            "timers fired": self._count(timers),
            "cases in which one did": self._count(places.where(HISTORY.c.kind == "timer")),
            "open work": self._count(work),
            "lines in inboxes": self._count(select(func.count()).select_from(INBOX)),
        }
        assert found == dict.fromkeys(found, cases), (found, cases)
        with Session(self.database) as session:
            query = select(INSTANCE).where(_ALIVE).limit(SAMPLE)
            some = [dict(row) for row in session.execute(query).mappings()]
            wrong = list(of_instances(session, some))
        assert wrong == [], wrong

    def _count(self, query: Select[tuple[int]]) -> int:
        with self.database.connect() as connection:
            return int(connection.scalar(query) or 0)

    def close(self) -> None:
        """Leave the database."""
        self.database.dispose()
