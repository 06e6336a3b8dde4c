"""Jobs whose tries are spent: an incident where the case stands, from which the job runs again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Table, select

from engine.store import BUFFERED, SUBSCRIPTION, TIMER, Store
from engine.verbs.report import report_incident
from kernel.errors import AppError
from kernel.jobs.doing import sentence_of
from kernel.queue import Claim
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

CODE = "engine.job"
# What nobody waits for in a case: a thrown message or signal, a move to another version.
SKIPPABLE = frozenset({"engine.correlate", "engine.signal", "engine.deliver", "engine.migrate"})
Place = tuple[UUID, str]  # an instance and an element of it


def open_incident(uow: UnitOfWork, job: Claim, error: Exception) -> bool:
    """Say at the right place that the machine gave up; the failed job stays, to be tried again.

    A job that belongs to no case stays among the failed jobs that the operator's page lists.
    """
    place = _place(Store(uow.session), job)
    if place is not None:
        facts: JsonObject = {"job": str(job.id), "kind": job.kind, "message": sentence_of(error)}
        if isinstance(error, AppError):
            facts = {**{key: str(value) for key, value in error.facts.items()}, **facts}
            facts["problem"] = error.code
        report_incident(uow, *place, code=CODE, facts=facts, reference=str(job.id))
    return False


def _place(store: Store, job: Claim) -> Place | None:
    told = job.payload
    if "timer_id" in told:
        return _waiting(store, TIMER, TIMER.c.id == UUID(told["timer_id"]))
    if "subscriptions" in told:
        ids = [UUID(one) for one in told["subscriptions"]]
        return _waiting(store, SUBSCRIPTION, SUBSCRIPTION.c.id.in_(ids))
    if job.kind == "engine.deliver":
        name = select(BUFFERED.c.name).where(BUFFERED.c.id == UUID(told["id"]))
        return _waiting(store, SUBSCRIPTION, SUBSCRIPTION.c.name == name.scalar_subquery())
    instance = told.get("instance_id") or told.get("from")
    if instance and told.get("element_id"):
        return UUID(instance), told["element_id"]
    if told.get("activation_id"):
        asked = SUBSCRIPTION.c.activation_id == UUID(told["activation_id"])
        if (found := _waiting(store, SUBSCRIPTION, asked)) is not None:
            return found
    return _standing(store, instance or job.group)


def _waiting(store: Store, table: Table, condition: ColumnElement[bool]) -> Place | None:
    """Where the timer or subscription is that a job was about; None for a definition's."""
    query = select(table.c.instance_id, table.c.element_id).where(
        condition, table.c.instance_id.is_not(None)
    )
    row = store.connection.execute(query.limit(1)).first()
    return (row[0], row[1]) if row else None


def _standing(store: Store, instance: str | None) -> Place | None:
    """Where a case stands of which only the number is known."""
    try:
        rows = store.instances([UUID(instance or "")])
    except ValueError:
        return None
    if not rows:
        return None
    active = rows[0]["active"]
    return rows[0]["id"], active[0][0] if active else rows[0]["start_event"] or ""
