"""Cases that nothing would ever move become incidents, instead of being found by chance.

A look costs the same however many cases wait: a hundred a minute, on a walk round all of them.
What looks wrong at a glance is looked at again under the case's lock before anybody is told.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_

from engine.store import INSTANCE, Store
from engine.verbs.report import report_incident
from engine.verifying import of_instances
from kernel.findings import Finding
from kernel.i18n import translate_code
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

AT_ONCE = 100
CODE = "engine.adrift"
_FIRST = (datetime(1, 1, 2, tzinfo=UTC), UUID(int=0))  # before every case
RUNNING = INSTANCE.c.status == "running"


class FindAdrift:
    """The sweep. It begins where chance says, so that restarts leave no case out for ever."""

    every = timedelta(minutes=1)

    def __init__(self) -> None:
        self._after: tuple[datetime, UUID] | None = None

    def __call__(self, uow: UnitOfWork) -> int:
        """Look at the next cases; nothing is left to do until the next minute."""
        after = self._after or _somewhere(uow)
        if after is None:
            return 0
        rows = _next(uow, after)
        over = len(rows) < AT_ONCE
        self._after = _FIRST if over else (rows[-1]["started_at"], rows[-1]["id"])
        if rows:
            suspects = {one.instance_id for one in of_instances(uow.session, rows)}
            for row in rows:
                if row["id"] in suspects:
                    _look_closer(uow, row["id"], row["root_id"])
        return 0


def _somewhere(uow: UnitOfWork) -> tuple[datetime, UUID] | None:
    span = select(func.min(INSTANCE.c.started_at), func.max(INSTANCE.c.started_at)).where(RUNNING)
    first, last = uow.session.execute(span).one()
    if first is None:
        return None
    return first + (last - first) * random.random(), UUID(int=0)  # noqa: S311 not a secret


def _next(uow: UnitOfWork, after: tuple[datetime, UUID]) -> list[JsonObject]:
    place = (INSTANCE.c.started_at, INSTANCE.c.id)
    query = select(INSTANCE).where(RUNNING, tuple_(*place) > after).order_by(*place)
    return [dict(row) for row in uow.session.execute(query.limit(AT_ONCE)).mappings()]


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
