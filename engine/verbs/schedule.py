"""Timer starts: a released definition's schedule is a timer, and each tick begins one case."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select, update

from engine.bpmn.model import EventKind, Node, TimerSpec
from engine.definitions import Definition, specs
from engine.errors import StartTimerInvalid
from engine.evaluate import Evaluator, given
from engine.schedule import Tick, first, turn
from engine.settings import settings
from engine.spiff.faults import Fault
from engine.store import INSTANCE, TIMER, Store
from engine.verbs.start import begin
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import calendars
from people.actor import SYSTEM

START = "start"  # the kind of these timers


def plan(uow: UnitOfWork, definition: Definition) -> None:
    """Set the first tick of every timer start of a version that was released just now.

    Raises: StartTimerInvalid
    """
    store = Store(uow.session)
    for node in definition.model.starts:
        if node.event.kind is EventKind.TIMER and node.event.timer is not None:
            tick = _first(uow, definition, node, node.event.timer)
            if tick is not None and not _served(store, definition, node, tick, uow.now):
                store.insert(TIMER, [_row(definition, node, tick)])


def begin_due(uow: UnitOfWork, store: Store, timer_id: UUID) -> None:
    """Begin the one case of a tick and move the schedule on, both in this transaction.

    Under the timer's lock a tick that was served shows a later due time: a job that comes twice
    begins nothing twice.
    """
    timer = store.lock_timer(timer_id)
    if timer is None or timer["due_at"] > uow.now:
        return
    definition = specs.get(uow.session, timer["definition_id"])
    node = definition.model.nodes[timer["element_id"]]
    if _move_on(uow, store, timer, node):
        begin(uow, store, definition, node, variables=None, by=SYSTEM)


def skip_tick(uow: UnitOfWork, timer_id: UUID) -> JsonObject | None:
    """A tick could not begin its case: wait for the next one. What was missed, for `make_up`."""
    store = Store(uow.session)
    timer = store.lock_timer(timer_id)
    if timer is None or timer["kind"] != START or timer["due_at"] > uow.now:
        return None
    definition = specs.get(uow.session, timer["definition_id"])
    _move_on(uow, store, timer, definition.model.nodes[timer["element_id"]])
    return {
        "definition_id": str(definition.id),
        "process": definition.key,
        "element_id": timer["element_id"],
        "due": timer["due_at"].isoformat(),
    }


def make_up(uow: UnitOfWork, missed: JsonObject) -> None:
    """Begin the case of a tick that was missed; the schedule has gone on since."""
    definition = specs.get(uow.session, UUID(missed["definition_id"]))
    node = definition.model.nodes[missed["element_id"]]
    begin(uow, Store(uow.session), definition, node, variables=None, by=SYSTEM)


def _move_on(uow: UnitOfWork, store: Store, timer: JsonObject, node: Node) -> bool:
    """Set the schedule to what follows; whether the tick that is due begins a case."""
    spec = node.event.timer or TimerSpec("date", "")
    calendar = calendars.default(uow.session)
    came = turn(Tick.read(timer["facts"], calendar), spec, uow.now, calendar)
    tick = came.next
    if tick is None:
        store.drop(TIMER.c.id, [timer["id"]])
    else:
        coming = {"due_at": tick.due.astimezone(UTC), "facts": tick.facts()}
        moved = update(TIMER).where(TIMER.c.id == timer["id"])
        store.connection.execute(moved.values(**coming, queued_at=None, job_id=None))
    return came.fires


def _first(uow: UnitOfWork, definition: Definition, node: Node, spec: TimerSpec) -> Tick | None:
    names = given(
        instance={},
        initiator={},
        now=uow.now,
        organisation=settings().organisation(),
        zone=settings().zone,
    )
    try:
        value = Evaluator(names, {}).value(spec.text)
        return first(spec, value, uow.now, calendars.default(uow.session))
    except Fault as fault:
        raise StartTimerInvalid(
            process=definition.key, start=node.name or node.id, reason=fault.message
        ) from fault


def _served(store: Store, definition: Definition, node: Node, tick: Tick, now: datetime) -> bool:
    """Whether an instant that is past began its case under an earlier version already."""
    if tick.due > now:
        return False
    query = select(INSTANCE.c.id).where(
        INSTANCE.c.definition_key == definition.key,
        INSTANCE.c.start_event == node.id,
        INSTANCE.c.started_at >= tick.due.astimezone(UTC),
    )
    return store.connection.execute(query.limit(1)).first() is not None


def _row(definition: Definition, node: Node, tick: Tick) -> JsonObject:
    return {
        "id": new_id(),
        "instance_id": None,
        "root_id": None,
        "activation_id": None,
        "definition_id": definition.id,
        "kind": START,
        "element_id": node.id,
        "due_at": tick.due.astimezone(UTC),
        "queued_at": None,
        "job_id": None,
        "facts": tick.facts(),
    }
