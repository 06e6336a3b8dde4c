"""The engine's jobs and sweeps: importing this module registers them."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import early, signals
from engine.adrift import FindAdrift, FindForgotten
from engine.refilling import refill
from engine.stranded import open_incident
from engine.verbs import due
from engine.verbs.activity import fail_activity, run_activity
from engine.verbs.conditions import evaluate_conditions
from engine.verbs.correlate import correlate, deliver_early, deliver_signal
from engine.verbs.fire import fire
from engine.verbs.migrate import move_one
from engine.verbs.schedule import make_up, skip_tick
from kernel import clock
from kernel.ids import new_id
from kernel.job_table import Job
from kernel.jobs import handlers, spent, sweeps
from kernel.queue import Claim, turn_into
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import SYSTEM

LANES = 4  # batches of due timers that are queued at once, for as many workers
A_MOMENT = timedelta(seconds=1)
# Lanes are named for the process and thread that sweeps: those of one that died hold up nobody.
_BORN = new_id().hex


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


class DeliverJob:
    """Brings a message that came early to somebody who asks for it now."""

    def __call__(self, uow: UnitOfWork, payload: JsonObject) -> None:
        """Bring it."""
        deliver_early(uow, UUID(payload["id"]))

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """The failed job stands for the message: the sweep makes no second one."""
        early.leave(uow, UUID(job.payload["id"]))
        return open_incident(uow, job, error)


handlers.add("engine.deliver", DeliverJob())


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
        planned = payload.get("due")
        fire(uow, UUID(payload["timer_id"]), datetime.fromisoformat(planned) if planned else None)

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """A schedule goes on with its next tick; the operator may begin the missed case."""
        missed = skip_tick(uow, UUID(job.payload["timer_id"]))
        if missed is not None:
            turn_into(uow.session, job.id, "engine.start", missed)
            return False
        return open_incident(uow, job, error)


handlers.add(due.ALONE, FireJob())


@handlers.register("engine.start")
def _start(uow: UnitOfWork, payload: JsonObject) -> None:
    """A tick of a schedule that failed and that an operator makes up for."""
    make_up(uow, payload)


spent.add("engine.incident", open_incident)


@handlers.register("engine.migrate")
def _migrate(uow: UnitOfWork, payload: JsonObject) -> None:
    """One instance of a version that is left; one that cannot move keeps a line that says so."""
    move_one(uow, payload)


class TimersJob:
    """A batch of cases whose timers are due; it goes on with the next as long as there are any."""

    def __call__(self, uow: UnitOfWork, payload: JsonObject) -> None:
        """Fire them."""
        left, busy = due.fire_due(uow, payload["roots"])
        if busy:
            _fire_soon(uow, busy, run_at=uow.now + A_MOMENT)
        if payload["lane"]:
            _go_on(uow, payload["lane"], left)
        elif left:
            _fire_soon(uow, left)

    def on_exhausted(self, uow: UnitOfWork, job: Claim, error: Exception) -> bool:
        """Each timer for itself; the lane goes on with others."""
        due.alone(uow, job.payload["roots"])
        if job.payload["lane"]:
            _go_on(uow, job.payload["lane"])
        return True


handlers.add(due.JOB, TimersJob())


class DueTimers:
    """Queues what is due: schedules each, other timers in batches, a few at a time."""

    def __call__(self, uow: UnitOfWork) -> int:
        """How many schedules there were; batches go on by themselves."""
        due.take_back(uow)
        schedules = due.mark_schedules(uow)
        me = f"{_BORN}:{os.getpid()}:{threading.get_ident()}"
        names = [f"timers:{me}:{number}" for number in range(LANES)]
        taken = set(uow.session.scalars(select(Job.key).where(Job.key.in_(names))))
        for name in names:
            if name not in taken and not _go_on(uow, name):
                break
        return schedules

    def next_due(self, session: Session) -> datetime | None:
        """When the earliest timer is due that is not due yet."""
        return due.next_due(session, clock.now())


sweeps.add("engine.timers", DueTimers())


def _go_on(uow: UnitOfWork, lane: str, roots: Sequence[str] = ()) -> bool:
    """Queue a lane's next batch, of these cases or of those due first; whether there is one."""
    roots = roots or due.mark(uow)
    if roots:
        _fire_soon(uow, roots, lane)
    return bool(roots)


def _fire_soon(
    uow: UnitOfWork, roots: Sequence[str], lane: str | None = None, run_at: datetime | None = None
) -> None:
    """One try: after a failure, or the worker's death, each timer gets a job of its own."""
    payload = {"roots": list(roots), "lane": lane}
    uow.jobs.add(due.JOB, payload, run_at=run_at, key=lane, max_attempts=1)


@sweeps.register("engine.inbox")
def look_after_the_inbox(uow: UnitOfWork) -> int:
    """Complete the rows that processes of an older release still write. How many there were."""
    return refill(uow)


sweeps.add("engine.adrift", FindAdrift())
sweeps.add("engine.forgotten", FindForgotten())
