"""Timers came due: wake the tokens that wait for them, or remind people of their work.

Whoever fires holds the lock of the case, and takes the very occurrence away that it fires: the
same one, seen by several, fires once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete

from engine import recording, waits
from engine.advance import Tree
from engine.reminders import remind_next
from engine.spiff.events import rearm
from engine.store import TIMER, Store
from engine.verbs.schedule import START, begin_due
from kernel.errors import Conflict
from kernel.prepared import Prepared
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import SYSTEM

_TAKE = Prepared(
    delete(TIMER).where(TIMER.c.id == bindparam("timer"), TIMER.c.due_at == bindparam("due"))
)


def fire(uow: UnitOfWork, timer_id: UUID, due: datetime | None = None) -> None:
    """Fire one timer. One that nobody waits for any more goes away quietly.

    Args:
        due: the occurrence that is meant; once it has been fired, nothing happens.
    """
    store = Store(uow.session)
    timer = store.timer(timer_id)
    if timer is None:
        return
    if timer["kind"] == START:
        begin_due(uow, store, timer_id)
        return
    root = store.lock_root(timer["root_id"])
    timer = store.timer(timer_id)  # as it stands under the lock
    if timer is None or root is None or (due is not None and timer["due_at"] != due):
        return
    fire_all(uow, store, {root["id"]: root}, [timer])


def fire_all(
    uow: UnitOfWork,
    store: Store,
    roots: Mapping[UUID, JsonObject],
    timers: Iterable[JsonObject],
    *,
    until: float | None = None,
) -> int:
    """Fire timers of locked cases, as they stand under the locks; how many it came to.

    Every case runs in memory first; then all of them are recorded together.

    Args:
        until: on the monotonic clock; no further timer is begun after it.
    """
    trees: dict[UUID, Tree] = {}
    taken: list[JsonObject] = []
    count = 0
    for timer in timers:
        if count and until is not None and time.monotonic() > until:
            break
        count += 1
        if timer["kind"] == "reminder":
            remind_next(uow, store, timer)
            continue
        taken.append({"timer": timer["id"], "due": timer["due_at"]})
        root = roots[timer["root_id"]]
        if root["status"] == "running":
            tree = trees.setdefault(root["id"], Tree(uow, store, root, SYSTEM))
            _wake(tree, timer)
    if taken and _TAKE.change_many(store.connection, taken) != len(taken):
        raise Conflict(what="timer")
    recording.record(list(trees.values()))
    return count


def _wake(tree: Tree, timer: JsonObject) -> None:
    live = tree.live(timer["instance_id"])
    token = live.case.live.get(timer["activation_id"])
    if token is None or live.row["status"] != "running":
        return
    missed = waits.was_missed(live, token)
    facts = {"due": timer["due_at"].isoformat()}
    live.history("timer-missed" if missed else "timer", token, facts=facts)
    if missed:
        rearm(token)
    else:
        live.case.trigger(token)
    tree.wake(live)
    tree.settle()
