"""The engine's jobs and sweeps: importing this module registers them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select, update

from engine import early, signals
from engine.store import TIMER, Store
from engine.stranded import open_incident
from engine.verbs.activity import fail_activity, run_activity
from engine.verbs.conditions import evaluate_conditions
from engine.verbs.correlate import correlate, deliver_early, deliver_signal
from engine.verbs.fire import fire
from engine.verbs.migrate import move_one
from engine.verbs.schedule import make_up, skip_tick
from kernel import metrics
from kernel.jobs import handlers, spent, sweeps
from kernel.queue import Claim, turn_into
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import SYSTEM

TIMERS_AT_ONCE = 100


class ActivityJob:
    """Runs a connector; when its tries are spent, the operator gets an incident."""

    def __call__(self, uow: UnitOfWork, payload: JsonObject) -> None:
        """Run it."""
        run_activity(uow, payload)

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """Stop the token; trying it again queues another job."""
        fail_activity(uow, job.payload, error)
        return True


handlers.add("engine.activity", ActivityJob())


@handlers.register("engine.correlate")
def _correlate(uow: UnitOfWork, payload: JsonObject) -> None:
    """A message that an instance threw."""
    ttl = timedelta(seconds=payload.get("ttl", 0))
    correlate(uow, payload["name"], payload.get("key"), payload["payload"], by=SYSTEM, ttl=ttl)


@handlers.register("engine.deliver")
def _deliver(uow: UnitOfWork, payload: JsonObject) -> None:
    """A message that came early, and somebody who asks for it now."""
    deliver_early(uow, UUID(payload["id"]))


@sweeps.register("engine.messages")
def look_after_early_messages(uow: UnitOfWork) -> int:
    """Forget expired messages; bring others to those who ask by now. How many there were."""
    return early.sweep(uow)


@handlers.register(signals.JOB)
def _signal(uow: UnitOfWork, payload: JsonObject) -> None:
    """A signal, for those of one case who waited when it was thrown."""
    deliver_signal(uow, [UUID(one) for one in payload["subscriptions"]], payload["payload"])


@handlers.register("engine.conditions")
def _conditions(uow: UnitOfWork, payload: JsonObject) -> None:
    """Something changed, in the words of whoever queued this: `variables`, `business_key`."""
    key = payload.get("business_key")
    evaluate_conditions(uow, payload["variables"], business_key=key, by=SYSTEM)


class FireJob:
    """A timer that the sweep found due."""

    def __call__(self, uow: UnitOfWork, payload: JsonObject) -> None:
        """Fire it."""
        fire(uow, UUID(payload["timer_id"]))

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """A schedule goes on with its next tick; the operator may begin the missed case."""
        missed = skip_tick(uow, UUID(job.payload["timer_id"]))
        if missed is not None:
            turn_into(uow.session, job.id, "engine.start", missed)
            return False
        return open_incident(uow, job, error)


handlers.add("engine.fire", FireJob())


@handlers.register("engine.start")
def _start(uow: UnitOfWork, payload: JsonObject) -> None:
    """A tick of a schedule that failed and that an operator makes up for."""
    make_up(uow, payload)


spent.add("engine.incident", open_incident)


@handlers.register("engine.migrate")
def _migrate(uow: UnitOfWork, payload: JsonObject) -> None:
    """One instance of a version that is left; one that cannot move keeps a line that says so."""
    move_one(uow, payload)


@sweeps.register("engine.timers")
def queue_due_timers(uow: UnitOfWork) -> int:
    """Make a job of each due timer, the earliest first; how many there were.

    Every timer fires in a transaction of its own, so a broken one holds up nobody.
    """
    store = Store(uow.session)
    due = (
        select(TIMER.c.id, TIMER.c.root_id, TIMER.c.definition_id, TIMER.c.due_at)
        .where(TIMER.c.queued_at.is_(None), TIMER.c.due_at <= uow.now)
        .order_by(TIMER.c.due_at)
        .limit(TIMERS_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = store.connection.execute(due).all()
    if not rows:
        return 0
    ids = [row.id for row in rows]
    store.connection.execute(update(TIMER).where(TIMER.c.id.in_(ids)).values(queued_at=uow.now))
    for row in rows:
        group = str(row.root_id or row.definition_id)
        uow.jobs.add("engine.fire", {"timer_id": str(row.id)}, group=group)
        late = (uow.now - row.due_at).total_seconds()
        uow.after_commit(partial(metrics.TIMER_LATENESS.observe, late))
    return len(rows)
