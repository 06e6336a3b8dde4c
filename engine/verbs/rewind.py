"""Take a case back to a step that somebody has completed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select

from engine import snapshots, waits, work
from engine.advance import Tree, advance
from engine.errors import (
    InstanceEnded,
    RewindCalledEnded,
    RewindImpossible,
    RewindMoved,
    RewindReasonMissing,
    RewindStopped,
)
from engine.live import Live
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.token import Token
from engine.store import ITEM, Store
from engine.tables import ProcessInstance
from engine.verbs.common import lock_instance
from kernel.audit import acts
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor

OUTSIDE = ("items", "timer", "cycle", "subscription", "external", "child", "incident")


def rewind(
    uow: UnitOfWork, instance_id: UUID, submission_id: UUID, *, by: Actor, reason: str
) -> ProcessInstance:
    """Open a completed step again: tokens and variables as they were before it was completed.

    What was begun since is cancelled: work, timers, subscriptions, called processes. Timers of
    that time come back with the instants they had. What left the house (texts, calls of other
    systems) is not undone.

    Raises: PermissionMissing, RewindReasonMissing, InstanceUnknown, InstanceEnded,
        RewindImpossible. Nothing was changed then.
    """
    by.require("instance.operate")
    if not reason.strip():
        raise RewindReasonMissing()
    store = Store(uow.session)
    root, row = lock_instance(store, instance_id)
    if row["status"] != "running":
        raise InstanceEnded(number=row["number"], instance=str(instance_id))
    kept = store.snapshots(instance_id)
    snapshot = next((one for one in kept if one["submission_id"] == submission_id), None)
    if snapshot is None:
        raise RewindImpossible()
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.running(instance_id)
        _Back(tree, live, snapshot).go(by, reason.strip())
    uow.audit.record(acts.INSTANCE_REWOUND, by, instance_id, step=snapshot["element_id"])
    later = [one["slot"] for one in kept if one["submission_id"] >= submission_id]
    store.drop_snapshots(instance_id, later)
    return ProcessInstance.of(live.row)


@dataclass
class _Back:
    """One instance on its way back to a snapshot."""

    tree: Tree
    live: Live
    snapshot: JsonObject

    def go(self, by: Actor, reason: str) -> None:
        """Put the case of that time in the place of today's."""
        live, today = self.live, self.live.case
        today.wake_everybody()
        then = self._then()
        for token in then.live.values():
            self._check(token, today.live.get(token.id))
        for token in list(today.live.values()):
            if token.id not in then.live:
                self._take_away(token)
        live.case = then
        step = self.snapshot["element_id"]
        facts = {"reason": reason, "step": step, "item": str(self.snapshot["item_id"])}
        live.history("rewound", self._step(then), by=by, facts=facts)
        for token in list(then.live.values()):
            self._restore(token, today.live.get(token.id))
        self.tree.wake(live)

    def _then(self) -> Case:
        live = self.live
        if self.snapshot["definition_id"] != live.definition.id:
            raise RewindMoved()
        facts = live.case.facts
        live.variables.clear()
        live.variables.update(snapshots.variables_of(self.snapshot))
        then = codec.load(
            self.snapshot["state"], live.definition.graph, live, live.variables, live.now
        )
        visits = {**then.facts.get("visits", {}), **facts.get("visits", {})}
        then.facts |= {"visits": visits, "kept": facts.get("kept", 0)}
        return then

    def _check(self, then: Token, today: Token | None) -> None:
        """Refuse what cannot come back: a called process that has ended, a stop of that time."""
        if today is None and "child" in then.internal_data:
            raise RewindCalledEnded(step=then.node.name or then.node.id)
        if today is None and then._state == TaskState.ERROR:
            raise RewindStopped(step=then.node.name or then.node.id)

    def _take_away(self, token: Token) -> None:
        self.live.stop(token)
        if not token.listener:
            self.live.passed(token, cancelled=True)

    def _restore(self, then: Token, today: Token | None) -> None:
        """Let a token of that time wait for what it waited for."""
        if today is not None and _waits_alike(then, today):
            for name in OUTSIDE:
                then.internal_data.pop(name, None)
                if name in today.internal_data:
                    then.internal_data[name] = today.internal_data[name]
            return
        if today is not None:
            self.live.stop(today)
        if then.internal_data.get("items"):
            work.open_work(self.live, then, again=self._terms(then))
        elif then.node.connector is not None and then._state == TaskState.STARTED:
            self.live.start_activity(then)
        else:
            waits.listen_again(self.live, then)

    def _terms(self, token: Token) -> work.Terms:
        """Until when and how urgently the work was wanted."""
        terms = (ITEM.c.due_at, ITEM.c.limit_text, ITEM.c.follow_up_at, ITEM.c.priority)
        query = select(*terms).where(ITEM.c.activation_id == token.id).order_by(ITEM.c.opened_at)
        found = self.tree.store.connection.execute(query).first()
        return work.Terms(*found) if found else work.Terms()

    def _step(self, then: Case) -> Token | None:
        step = self.snapshot["element_id"]
        return next((t for t in then.live.values() if t.node.id == step and not t.listener), None)


def _waits_alike(then: Token, today: Token) -> bool:
    """Nothing happened to it since: what lies outside for it may stay."""
    alike = then._state == today._state
    return alike and then.internal_data.get("items") == today.internal_data.get("items")
