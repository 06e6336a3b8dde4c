"""Work for workers outside: they fetch it by topic under a lease, and say what came of it.

Asked in pull: a worker takes what waits, for so many seconds; when it says nothing in that time,
another may take it. Nothing here leaves the building.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from engine.advance import advance
from engine.connectors import BpmnError
from engine.errors import ExternalTaskLost, ExternalTaskUnknown
from engine.live import Live
from engine.spiff.faults import Fault
from engine.spiff.throwing import raise_in
from engine.spiff.token import Token
from engine.store import EXTERNAL, Store
from engine.tables import ExternalTask
from engine.verbs.activity import finish_with
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor

MOST_AT_ONCE = 100
LONGEST_LEASE = 24 * 3600  # seconds


def fetch_and_lock(
    uow: UnitOfWork,
    topics: str | Sequence[str],
    worker: str,
    *,
    most: int = 10,
    lock_seconds: int = 300,
    by: Actor,
) -> list[ExternalTask]:
    """Lease what waits under these topics to a worker, the longest waiting first.

    Args:
        most: at most 100.
        lock_seconds: how long nobody else gets it; at most a day.

    Raises: PermissionMissing
    """
    by.require("instance.operate")
    names = [topics] if isinstance(topics, str) else list(topics)
    free = or_(EXTERNAL.c.locked_until.is_(None), EXTERNAL.c.locked_until <= uow.now)
    query = (
        select(EXTERNAL)
        .where(EXTERNAL.c.topic.in_(names), EXTERNAL.c.available_at <= uow.now, free)
        .order_by(EXTERNAL.c.available_at, EXTERNAL.c.id)
        .limit(max(0, min(most, MOST_AT_ONCE)))
        .with_for_update(skip_locked=True)
    )
    connection = Store(uow.session).connection
    rows = [dict(row) for row in connection.execute(query).mappings()]
    lease = {"worker": worker, "locked_until": _until(uow, lock_seconds)}
    if rows:
        chosen = EXTERNAL.c.id.in_([row["id"] for row in rows])
        connection.execute(update(EXTERNAL).where(chosen).values(**lease))
    return [ExternalTask(**{**row, **lease}) for row in rows]


def extend_lock(
    uow: UnitOfWork, task_id: UUID, worker: str, lock_seconds: int, *, by: Actor
) -> None:
    """Keep the lease for so many seconds from now.

    Raises: PermissionMissing, ExternalTaskUnknown, ExternalTaskLost
    """
    by.require("instance.operate")
    _change(Store(uow.session), task_id, worker, {"locked_until": _until(uow, lock_seconds)})


def unlock(uow: UnitOfWork, task_id: UUID, worker: str, *, by: Actor) -> None:
    """Give the work back, so that another worker may take it at once.

    Raises: PermissionMissing, ExternalTaskUnknown, ExternalTaskLost
    """
    by.require("instance.operate")
    _change(Store(uow.session), task_id, worker, {"worker": None, "locked_until": None})


def complete_external(
    uow: UnitOfWork, task_id: UUID, worker: str, result: JsonObject | None = None, *, by: Actor
) -> None:
    """The work is done: its result goes through the step's `ravand:out`, the case goes on.

    Raises: PermissionMissing, ExternalTaskUnknown, ExternalTaskLost
    """
    with _token_of(uow, task_id, worker, by) as (live, token, _):
        live.history("machine", token, by=by, facts={"connector": "external", "worker": worker})
        finish_with(live, token, result or {})


def fail_external(
    uow: UnitOfWork,
    task_id: UUID,
    worker: str,
    message: str,
    *,
    retries: int,
    retry_after: int = 0,
    by: Actor,
) -> None:
    """The work failed: others may try it again after a time; without retries left it stops.

    Args:
        retries: how often it may still be tried; 0 makes it an incident.
        retry_after: seconds before it can be fetched again.

    Raises: PermissionMissing, ExternalTaskUnknown, ExternalTaskLost
    """
    if retries > 0:
        by.require("instance.operate")
        again = uow.now + timedelta(seconds=max(0, retry_after))
        free: JsonObject = {"worker": None, "locked_until": None, "available_at": again}
        free |= {"retries": retries, "error": message[:4000]}
        _change(Store(uow.session), task_id, worker, free)
        return
    with _token_of(uow, task_id, worker, by) as (live, token, topic):
        live.stop(token)
        token.internal_data.pop("external", None)
        fault = Fault("engine.external", message[:2000], topic=topic, worker=worker)
        live.case.fail(token, fault, live.mark())


def bpmn_error_external(
    uow: UnitOfWork,
    task_id: UUID,
    worker: str,
    code: str,
    message: str = "",
    variables: JsonObject | None = None,
    *,
    by: Actor,
) -> None:
    """The work came to a business error: to its boundary event, else an incident.

    Raises: PermissionMissing, ExternalTaskUnknown, ExternalTaskLost
    """
    with _token_of(uow, task_id, worker, by) as (live, token, _):
        live.stop(token)
        token.internal_data.pop("external", None)
        raise_in(token, BpmnError(code, message, variables=variables))


@contextmanager
def _token_of(
    uow: UnitOfWork, task_id: UUID, worker: str, by: Actor
) -> Iterator[tuple[Live, Token, str]]:
    """The token that waits for leased work, under its root's lock; it runs on afterwards."""
    by.require("instance.operate")
    store = Store(uow.session)
    root = store.lock_root(_leased(store, task_id, worker)["root_id"])
    task = _leased(store, task_id, worker)  # as it stands under the lock
    if root is None:
        raise ExternalTaskUnknown(task=str(task_id))
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.running(task["instance_id"])
        token = live.case.live.get(task_id)
        if token is None:
            raise ExternalTaskUnknown(task=str(task_id))
        tree.wake(live)
        yield live, token, task["topic"]


def _leased(store: Store, task_id: UUID, worker: str) -> JsonObject:
    query = select(EXTERNAL).where(EXTERNAL.c.id == task_id)
    row = store.connection.execute(query).mappings().first()
    if row is None:
        raise ExternalTaskUnknown(task=str(task_id))
    if row["worker"] != worker:
        raise ExternalTaskLost(task=str(task_id), worker=worker)
    return dict(row)


def _change(store: Store, task_id: UUID, worker: str, values: JsonObject) -> None:
    mine = (EXTERNAL.c.id == task_id, EXTERNAL.c.worker == worker)
    if not store.connection.execute(update(EXTERNAL).where(*mine).values(**values)).rowcount:
        _leased(store, task_id, worker)  # says why not


def _until(uow: UnitOfWork, seconds: int) -> object:
    return uow.now + timedelta(seconds=max(1, min(seconds, LONGEST_LEASE)))
