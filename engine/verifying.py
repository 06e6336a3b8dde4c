"""Whether what is stored agrees with itself: every case is complete, waits, or has an incident.

Reads only. The oracle of the fault tests, and of an operator after a restore or a crash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from engine import tallies
from engine.bpmn.model import EventKind, NodeKind
from engine.definitions import specs
from engine.spiff import codec
from engine.spiff.case import Case
from engine.spiff.token import Token
from engine.store import (
    EXTERNAL,
    HISTORY,
    INCIDENT,
    INSTANCE,
    ITEM,
    SUBSCRIPTION,
    TIMER,
    Store,
)
from engine.verifying_inbox import disagreements
from kernel import clock
from kernel.findings import Finding
from kernel.job_table import Job
from kernel.types import JsonObject

AT_ONCE = 200  # instances in memory
OPEN = ("open", "claimed")
ALIVE = ("running", "suspended")
# What damaged bytes lead to, once they are taken for a case.
_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)


class _Nothing:
    """Effects of a case that is only looked at: any use of them is a mistake."""


def verify(session: Session) -> Iterator[Finding]:
    """Everything that does not agree, instance by instance."""
    last: UUID | None = None
    while rows := _next_instances(session, last):
        last = rows[-1]["id"]
        yield from of_instances(session, rows)
    yield from _orphans(session)
    yield from _completed_twice(session)
    for code, instance_id, element in disagreements(session):
        yield Finding(code, instance_id, {"element": element})
    yield from tallies.verify(session)


def of_instances(session: Session, rows: Sequence[JsonObject]) -> Iterator[Finding]:
    """What does not agree in a few running instances; `rows` are theirs."""
    machine = _activations_of_jobs(session, {str(row["root_id"]) for row in rows})
    waits = _Waits(session, [row["id"] for row in rows], machine)
    for row in rows:
        yield from _instance(session, row, waits)


def _next_instances(session: Session, after: UUID | None) -> list[JsonObject]:
    query = select(INSTANCE).where(INSTANCE.c.status.in_(ALIVE)).order_by(INSTANCE.c.id)
    if after is not None:
        query = query.where(INSTANCE.c.id > after)
    return [dict(row) for row in session.execute(query.limit(AT_ONCE)).mappings()]


def _activations_of_jobs(session: Session, roots: set[str]) -> set[UUID]:
    """Activations that a machine's job will move."""
    query = select(Job.payload).where(Job.kind == "engine.activity", Job.group.in_(roots))
    return {UUID(payload["activation_id"]) for payload in session.scalars(query)}


class _Waits:
    """What the tokens of some instances wait for, by activation."""

    def __init__(self, session: Session, ids: list[UUID], machine: set[UUID]) -> None:
        self._session, self._ids = session, ids
        items = self._of(ITEM, ITEM.c.status.in_(OPEN))
        self.items = Counter(items)
        self.outside = {*self._of(TIMER), *self._of(SUBSCRIPTION), *machine}
        external = select(EXTERNAL.c.id).where(EXTERNAL.c.instance_id.in_(ids))
        self.outside |= set(session.scalars(external))
        self.incidents = set(self._of(INCIDENT, INCIDENT.c.state == "open"))
        # By the callers alone: asked for the state, too, SQLite would walk all that run.
        called = select(INSTANCE.c.parent_activation_id, INSTANCE.c.status)
        rows = session.execute(called.where(INSTANCE.c.parent_id.in_(ids)))
        self.children = {row[0] for row in rows if row.status in ALIVE}

    def _of(self, table: Table, *conditions: object) -> list[UUID]:
        query = select(table.c.activation_id).where(table.c.instance_id.in_(self._ids))
        found = self._session.scalars(query.where(*conditions))  # type: ignore[arg-type]
        return [one for one in found if one is not None]


def _instance(session: Session, row: JsonObject, waits: _Waits) -> Iterator[Finding]:
    """All that is wrong with one; what cannot be read is said of it, and the next one follows."""
    try:
        yield from list(_disagreements(session, row, waits))
    except _UNREADABLE as error:
        yield Finding("unreadable", row["id"], {"number": row["number"], "why": str(error)[:200]})


def _disagreements(session: Session, row: JsonObject, waits: _Waits) -> Iterator[Finding]:
    case = _load(session, row)
    about: JsonObject = {"number": row["number"]}
    if not any(not token.listener for token in case.live.values()):
        yield Finding("empty", row["id"], about)
        return
    if (stuck := case.stuck()) is not None and stuck.id not in waits.incidents:
        yield Finding("stuck", row["id"], {**about, "element": stuck.node.id})
    for token in case.live.values():
        if not _is_moved(case, token, waits):
            yield Finding("lost", row["id"], {**about, "element": token.node.id})


def _load(session: Session, row: JsonObject) -> Case:
    definition = specs.get(session, row["definition_id"])
    store = Store(session)
    nothing: object = _Nothing()
    case = codec.load(
        row["state"],
        definition.graph,
        nothing,  # type: ignore[arg-type]  # nothing runs here
        row["variables"],
        clock.now(),
        lambda numbers: store.parts(row["id"], numbers),
    )
    case.wake_everybody()
    return case


def _is_moved(case: Case, token: Token, waits: _Waits) -> bool:
    """Whether something that exists will move the token."""
    node, data = token.node, token.internal_data
    if token._state == TaskState.ERROR:
        return token.id in waits.incidents
    if token.listener or node.event.kind is EventKind.CONDITIONAL:
        waiting = ("timer", "subscription")
        return not any(data.get(one) for one in waiting) or token.id in waits.outside
    inside = any(not one.listener for one in case.belongings(token.id))
    if token._state == TaskState.WAITING or inside:
        return True  # a join, or moved by what it owns; `stuck` looks at all of them together
    if data.get("items"):
        return waits.items[token.id] > 0
    if "child" in data:
        return token.id in waits.children
    if node.kind in (NodeKind.ADHOC, NodeKind.THROW, NodeKind.END):
        return True  # people start what it offers; handlers of a compensation move it
    return token.id in waits.outside


def _orphans(session: Session) -> Iterator[Finding]:
    """Rows of instances that have ended: nobody will ever take them away."""
    ended = select(INSTANCE.c.id).where(INSTANCE.c.status.not_in(ALIVE))
    open_items = ITEM.c.status.in_(OPEN)
    for code, table, condition in (
        ("item-orphan", ITEM, open_items),
        ("timer-orphan", TIMER, TIMER.c.instance_id.is_not(None)),
        ("subscription-orphan", SUBSCRIPTION, SUBSCRIPTION.c.instance_id.is_not(None)),
        ("external-orphan", EXTERNAL, EXTERNAL.c.instance_id.is_not(None)),
    ):
        query = select(table.c.instance_id, table.c.element_id).where(
            condition, table.c.instance_id.in_(ended)
        )
        for instance_id, element in session.execute(query):
            yield Finding(code, instance_id, {"element": element})
    child, root = INSTANCE.alias(), INSTANCE.alias()
    query = (
        select(child.c.id, child.c.number)
        .join(root, root.c.id == child.c.root_id)
        .where(child.c.status.in_(ALIVE), root.c.status.not_in(ALIVE))
    )
    for instance_id, number in session.execute(query):
        yield Finding("child-orphan", instance_id, {"number": number})


def _completed_twice(session: Session) -> Iterator[Finding]:
    """An activation that a person completed is over, unless an operator took the case back."""
    rewound = select(HISTORY.c.instance_id).where(HISTORY.c.kind == "rewound")
    query = (
        select(HISTORY.c.instance_id, HISTORY.c.activation_id, HISTORY.c.element_id)
        .where(HISTORY.c.kind == "completed", HISTORY.c.instance_id.not_in(rewound))
        .group_by(HISTORY.c.instance_id, HISTORY.c.activation_id, HISTORY.c.element_id)
        .having(func.count() > 1)
    )
    for instance_id, _, element in session.execute(query):
        yield Finding("completed-twice", instance_id, {"element": element})
