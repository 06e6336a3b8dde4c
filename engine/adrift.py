"""Cases that nothing would ever move become incidents, instead of being found by chance.

Two walks go round all that run, each at a cost that does not grow with how many cases wait. The
quick one asks the database for cases for which nothing at all is stored that could move them; it
goes round a hundred thousand in some minutes. The thorough one opens a hundred cases a minute,
for a path that is lost beside others that live, or a state that cannot be read.
What looks wrong at a glance is looked at again under the case's lock before anybody is told.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    func,
    select,
    tuple_,
)

from engine.store import EXTERNAL, INCIDENT, INSTANCE, ITEM, SUBSCRIPTION, TIMER, Store
from engine.verbs.report import report_incident
from engine.verifying import ALIVE, OPEN, of_instances
from kernel.findings import Finding
from kernel.i18n import translate_code
from kernel.job_table import Job
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

AT_ONCE = 100  # cases that are opened
GLANCED = 2_000  # cases about which the database is asked
CODE = "engine.adrift"
Place = tuple[datetime, UUID]
_FIRST = (datetime(1, 1, 2, tzinfo=UTC), UUID(int=0))  # before every case
RUNNING = INSTANCE.c.status == "running"


class Near(NamedTuple):
    """One case on the way of a walk."""

    id: UUID
    root_id: UUID
    started_at: datetime

    @property
    def place(self) -> Place:
        """Where a walk goes on behind it."""
        return self.started_at, self.id


class FindAdrift:
    """The thorough walk. It begins where chance says: restarts leave no case out for ever."""

    every = timedelta(minutes=1)

    def __init__(self) -> None:
        self._after: Place | None = None

    def __call__(self, uow: UnitOfWork) -> int:
        """Look at the next cases; nothing is left to do until the next minute."""
        after = self._after or _somewhere(uow)
        if after is not None:
            cases = _near(uow, _from(after).limit(AT_ONCE))
            self._after = cases[-1].place if len(cases) == AT_ONCE else _FIRST
            _open(uow, cases)
        return 0


class FindForgotten:
    """The quick walk. Where it has been round, it rests for a minute."""

    IN_A_ROUND, BETWEEN = timedelta(seconds=10), timedelta(minutes=1)

    def __init__(self) -> None:
        self._after: Place | None = None
        self.every = self.IN_A_ROUND

    def __call__(self, uow: UnitOfWork) -> int:
        """Ask about the next cases; nothing is left to do until `every` has passed."""
        after = self._after or _somewhere(uow)
        if after is not None:
            last = _near(uow, _from(after).offset(GLANCED - 1).limit(1))
            found = _without_job(uow, _near(uow, _without_waits(after)))
            if len(found) > AT_ONCE:
                last = found = found[:AT_ONCE]
            _open(uow, found)
            self._after = last[-1].place if last else _FIRST
            self.every = self.IN_A_ROUND if last else self.BETWEEN
        return 0


def _somewhere(uow: UnitOfWork) -> Place | None:
    # Asked for both in one breath, SQLite would walk all that run.
    ends = (func.min(INSTANCE.c.started_at), func.max(INSTANCE.c.started_at))
    first, last = (uow.session.scalar(select(one).where(RUNNING)) for one in ends)
    if first is None or last is None:
        return None
    return first + (last - first) * random.random(), UUID(int=0)  # noqa: S311 not a secret


def _from(after: Place) -> Select[Any]:
    place = (INSTANCE.c.started_at, INSTANCE.c.id)
    columns = (INSTANCE.c.id, INSTANCE.c.root_id, INSTANCE.c.started_at)
    return select(*columns).where(RUNNING, tuple_(*place) > after).order_by(*place)


def _near(uow: UnitOfWork, query: Select[Any]) -> list[Near]:
    return [Near(*row) for row in uow.session.execute(query)]


def _without_waits(after: Place) -> Select[Any]:
    """Of the next cases those that wait for nobody, no instant, no message, no case they called."""
    near = _from(after).limit(GLANCED).subquery("near")
    called = INSTANCE.alias("called")
    waits = [
        _any(ITEM, ITEM.c.instance_id == near.c.id, ITEM.c.status.in_(OPEN)),
        _any(TIMER, TIMER.c.instance_id == near.c.id),
        _any(SUBSCRIPTION, SUBSCRIPTION.c.instance_id == near.c.id),
        _any(EXTERNAL, EXTERNAL.c.instance_id == near.c.id),
        _any(INCIDENT, INCIDENT.c.instance_id == near.c.id, INCIDENT.c.state == "open"),
        # The state as it is would make SQLite walk all that run instead of the called ones.
        _any(called, called.c.parent_id == near.c.id, func.lower(called.c.status).in_(ALIVE)),
    ]
    columns = (near.c.id, near.c.root_id, near.c.started_at)
    query = select(*columns).where(*(one.is_(None) for one in waits))
    return query.order_by(near.c.started_at, near.c.id)


def _any(table: FromClause, *conditions: ColumnElement[bool]) -> ScalarSelect[UUID]:
    # A value of each case: of an EXISTS, PostgreSQL would make one walk through the whole table.
    return select(table.c.id).where(*conditions).limit(1).scalar_subquery()


def _without_job(uow: UnitOfWork, cases: list[Near]) -> list[Near]:
    """Those that no machine's job will move, either."""
    if not cases:
        return []
    roots = [str(one.root_id) for one in cases]
    busy = select(Job.group).where(Job.kind == "engine.activity", Job.group.in_(roots))
    moved = set(uow.session.scalars(busy))
    return [one for one in cases if str(one.root_id) not in moved]


def _open(uow: UnitOfWork, cases: list[Near]) -> None:
    """Look into some cases, and closer at those in which something seems wrong."""
    rows = Store(uow.session).instances([one.id for one in cases]) if cases else []
    suspects = {one.instance_id for one in of_instances(uow.session, rows)} if rows else set()
    for row in rows:
        if row["id"] in suspects:
            _look_closer(uow, row["id"], row["root_id"])


def _look_closer(uow: UnitOfWork, instance_id: UUID, root_id: UUID) -> None:
    """Nobody moves the case now: what is wrong with it is wrong."""
    store = Store(uow.session)
    if store.lock_root(root_id) is None:
        return
    rows = [row for row in store.instances([instance_id]) if row["status"] == "running"]
    found = list(of_instances(uow.session, rows)) if rows else []
    if found:
        _tell(uow, rows[0], found[0])


def _tell(uow: UnitOfWork, row: JsonObject, finding: Finding) -> None:
    place = str(finding.facts.get("element") or row["start_event"] or "")
    problem = f"verify.{finding.code}"
    message = translate_code(problem, finding.facts)
    facts: JsonObject = {**finding.facts, "problem": problem, "message": message}
    report_incident(uow, row["id"], place, code=CODE, facts=facts, reference=finding.code)
