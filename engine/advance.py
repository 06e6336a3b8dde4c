"""The one loop: lock the root, load, let tokens run to their next wait states, record.

Every verb goes through `advance`. The tree of a case (a process and those it called) moves under
the root's lock in one transaction; no other code moves a token.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from functools import cached_property
from uuid import UUID

from engine import definitions, early, family, recording
from engine.bpmn.model import EventKind
from engine.definitions import Definition, specs
from engine.errors import InstanceEnded, InstanceUnknown
from engine.events import InstanceEnded as InstanceEndedEvent
from engine.events import InstanceStarted
from engine.ledger import Ledger, Row
from engine.live import Live, history_row
from engine.mapping import assigned
from engine.spiff.faults import Fault
from engine.spiff.throwing import catcher
from engine.spiff.token import Token
from engine.store import HISTORY, Store
from kernel.errors import AppError
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import calendars, directory
from people.actor import SYSTEM, Actor
from people.chart import Directory
from people.worktime import WorkCalendar

MAX_NESTING = 20


class Tree:
    """A case while it is being advanced: its loaded instances, its ledger."""

    def __init__(self, uow: UnitOfWork, store: Store, root: JsonObject | None, by: Actor) -> None:
        self.uow = uow
        self.store = store
        self.by = by
        self.ledger = Ledger()
        self.lives: dict[UUID, Live] = {}
        self.cancelled: dict[UUID, str] = {}
        self.looked_at = 0  # how much of the ledger was searched for early messages
        self._pending: deque[Live] = deque()
        self._touched: dict[UUID, Live] = {}
        self._rows: dict[UUID, JsonObject] = {root["id"]: root} if root else {}

    @cached_property
    def chart(self) -> Directory:
        """The organisation as this transaction sees it."""
        return directory.of(self.uow.session)

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The calendar that limits run on."""
        return calendars.default(self.uow.session)

    # -- loading ---------------------------------------------------------------------------

    def live(self, instance_id: UUID) -> Live:
        """An instance of the tree, loaded when it is not yet.

        Raises: InstanceUnknown
        """
        found = self.lives.get(instance_id)
        if found is None:
            row = self._row(instance_id)
            definition = specs.get(self.uow.session, row["definition_id"])
            found = self.lives[instance_id] = Live(self, row, definition, new=False)
        return found

    def _row(self, instance_id: UUID) -> JsonObject:
        row = self._rows.get(instance_id)
        if row is None:
            rows = self.store.instances([instance_id])
            if not rows:
                raise InstanceUnknown(instance=str(instance_id))
            row = self._rows[instance_id] = rows[0]
        return row

    def running(self, instance_id: UUID) -> Live:
        """An instance that has not ended.

        Raises: InstanceUnknown, InstanceEnded
        """
        known = self.lives.get(instance_id)
        row = known.row if known is not None else self._row(instance_id)
        if row["status"] != "running" or (known is not None and known.closed):
            raise InstanceEnded(number=row["number"], instance=str(instance_id))
        return self.live(instance_id)

    # -- starting ----------------------------------------------------------------------------

    def begin(
        self, row: JsonObject, definition: Definition, start: str, done_by: JsonObject
    ) -> Live:
        """A new instance, with its first token."""
        live = Live(self, row, definition, new=True)
        live.case.facts["by"] = dict(done_by)
        self.lives[live.id] = live
        self.ledger.add(InstanceStarted(live.id, live.root_id, definition.key))
        live.history("started", by=self.by, facts={"start": start})
        live.case.begin(start)
        self.wake(live)
        return live

    def call(self, caller: Live, token: Token) -> None:
        """Start the process that a call activity names, under the same root.

        Raises: Fault when it cannot be started; the call activity becomes an incident.
        """
        node = token.node
        self._check_nesting(caller)
        key = caller.evaluator(token.local).text(node.called or "")
        try:
            definition = definitions.called(self.uow.session, caller.definition, node, key)
        except AppError as error:
            raise Fault("engine.called-missing", error.sentence(), process=key) from error
        variables = caller.hand_in(token)
        start = definition.start(None)
        row = family.child_row(caller, token, definition, variables, start.id)
        token.internal_data["child"] = str(row["id"])
        caller.history(
            "called", token, facts={"process": definition.key, "instance": str(row["id"])}
        )
        self.begin(row, definition, start.id, caller.done_by)

    def _check_nesting(self, live: Live) -> None:
        depth, parent = 0, live.row["parent_id"]
        while parent is not None:
            depth, parent = depth + 1, self.live(parent).row["parent_id"]
        if depth >= MAX_NESTING:
            raise Fault("engine.nesting-limit", f"more than {MAX_NESTING} processes deep")

    # -- running -----------------------------------------------------------------------------

    def wake(self, live: Live) -> None:
        """Let an instance run when the loop comes to it; only those woken are written."""
        self._touched[live.id] = live
        if live not in self._pending:
            self._pending.append(live)

    def run(self) -> None:
        """Run every instance that was woken until all of the tree waits."""
        while self._pending:
            live = self._pending.popleft()
            if live.closed:
                continue
            live.case.run()
            if live.case.has_ended and not live.closed:
                self._complete(live)

    def settle(self) -> None:
        """Run, and hand out messages that came early, until all of the tree waits."""
        self.run()
        while early.take(self):
            self.run()

    @property
    def touched(self) -> list[Live]:
        """The instances that were woken."""
        return list(self._touched.values())

    def _complete(self, live: Live) -> None:
        reason = live.case.facts.get("ending")  # it was asked to end early, and now has
        self._close(live, "cancelled" if reason else "completed", reason)
        if live.row["parent_id"] is None:
            return
        parent = self.live(live.row["parent_id"])
        token = parent.case.live.get(live.row["parent_activation_id"])
        if token is None or parent.closed:
            return
        token.internal_data.pop("child", None)

        def bring_back(token: Token) -> bool:
            parent.take(token, assigned(token.node.outputs, live.evaluator(None), live.variables))
            return True

        if parent.case.attempt(token, bring_back):
            parent.case.finish(token)
        self.wake(parent)

    def _close(self, live: Live, status: str, reason: str | None) -> None:
        live.closed = True
        live.row |= {
            "status": status,
            "ended_at": self.uow.now,
            "ended_by_id": self.by.person_id,
            "ended_by": self.by.name,
            "end_event": live.case.end_event,
            "end_reason": reason,
        }
        live.history("ended", by=self.by, facts={"status": status, "end": live.case.end_event})
        self.ledger.add(ended(live.row))

    # -- between caller and called -----------------------------------------------------------

    def _callers(self, live: Live) -> Iterator[tuple[Live, Token]]:
        while live.row["parent_id"] is not None:
            parent = self.live(live.row["parent_id"])
            token = parent.case.live.get(live.row["parent_activation_id"])
            if token is None:
                return
            yield parent, token
            live = parent

    def error_to_caller(self, live: Live, code: str | None, message: str) -> bool:
        """Offer an error to the call activities above; whether one of them caught it."""
        for parent, token in self._callers(live):
            found = catcher(token, EventKind.ERROR, code)
            if found is not None:
                parent.case.release(found, {"error": {"code": code, "message": message}})
                live.case.has_ended = True  # unless its catcher could not go on
                self.wake(parent)
                return True
        return False

    def escalate_to_caller(self, live: Live, code: str | None) -> None:
        """Offer an escalation to the call activities above."""
        for parent, token in self._callers(live):
            found = catcher(token, EventKind.ESCALATION, code)
            if found is not None:
                parent.case.release(found, {"escalation": {"code": code}})
                self.wake(parent)
                return

    def cancel_called(self, instance_id: UUID, reason: str = "caller") -> None:
        """A call activity was interrupted: the called process ends, with all below it."""
        self.cancelled[instance_id] = reason
        if live := self.lives.get(instance_id):
            live.closed = True
            live.case.has_ended = True
        for below in [one for one in self.lives.values() if one.row["parent_id"] == instance_id]:
            self.cancel_called(below.id, reason)

    # -- recording ---------------------------------------------------------------------------

    def note_ended(self, row: JsonObject, reason: str | None) -> None:
        """History and event of an instance that was ended from outside."""
        facts = {"status": row["status"], "reason": reason}
        values = history_row(row, self.uow.now, "ended", None, self.by, facts)
        self.ledger.add(Row(HISTORY, values))
        self.ledger.add(ended(row))


def ended(row: JsonObject) -> InstanceEndedEvent:
    """The event that an instance has ended."""
    return InstanceEndedEvent(
        row["id"], row["root_id"], row["definition_key"], row["status"], row["end_event"]
    )


@contextmanager
def advance(
    uow: UnitOfWork, root: JsonObject | None, *, by: Actor = SYSTEM, store: Store | None = None
) -> Iterator[Tree]:
    """Lend the tree of a locked root; on leaving, run it to its wait states and record it.

    Args:
        root: the row that `Store.lock_root` gave; None for a case that is just being born.
    """
    tree = Tree(uow, store or Store(uow.session), root, by)
    yield tree
    tree.settle()
    recording.record([tree])


def new_instance_row(
    uow: UnitOfWork,
    definition: Definition,
    instance_id: UUID,
    *,
    number: str,
    by: Actor,
    start: str,
) -> JsonObject:
    """An instance's row before its first token."""
    return {
        "id": instance_id,
        "root_id": instance_id,
        "parent_id": None,
        "parent_activation_id": None,
        "definition_id": definition.id,
        "definition_key": definition.key,
        "number": number,
        "business_key": None,
        "subject": "",
        "status": "running",
        "state": b"",
        "revision": 0,
        "variables": {},
        "active": [],
        "initiator": {},
        "started_at": uow.now.astimezone(UTC),
        "started_by_id": by.person_id,
        "started_by": by.name,
        "start_event": start,
        "ended_at": None,
        "ended_by_id": None,
        "ended_by": None,
        "end_event": None,
        "end_reason": None,
    }
