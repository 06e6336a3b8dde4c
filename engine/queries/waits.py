"""What instances wait for besides people: times, messages, workers, conditions, other paths."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.bpmn.details import EXTERNAL_TYPE
from engine.bpmn.model import GATEWAYS, EventKind, Node, NodeKind, ProcessModel
from engine.tables import ExternalTask, Subscription, Timer
from engine.waits import EARLY_END

_THROWS = (NodeKind.THROW, NodeKind.END)


@dataclass(frozen=True)
class Wait:
    """One thing that an instance waits for.

    Attributes:
        kind: `timer`, `reminder`, `message`, `signal`, `external` (a worker outside), `condition`,
            `join` (other paths), `adhoc` (what people start), `compensation`, `activity` (a
            service of this installation).
        name: of the message or signal; the topic.
        listening: not waited for: what may come at any time and changes the way of the case.
        count: how many tokens wait for the same.
        worker: who has fetched the work.
        error: what the last worker said when it failed.
    """

    kind: str
    element_id: str
    due_at: datetime | None = None
    name: str | None = None
    key: str | None = None
    since: datetime | None = None
    listening: bool = False
    count: int = 1
    worker: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Place:
    """A running instance's model and where its tokens stand."""

    model: ProcessModel
    active: list[Any]

    @property
    def has_external(self) -> bool:
        """Whether workers outside do some of its steps."""
        calls = (node.connector for node in self.model.nodes.values())
        return any(one is not None and one.type == EXTERNAL_TYPE for one in calls)


def waits_of(session: Session, places: Mapping[UUID, Place]) -> dict[UUID, list[Wait]]:
    """Of each of these instances, by two statements, and one where workers outside take part."""
    ids = list(places)
    found: dict[UUID, list[Wait]] = defaultdict(list)
    for id, wait in [*_timers(session, ids), *_heard(session, ids)]:
        found[id].append(wait)
    asked = [id for id, place in places.items() if place.has_external]
    for id, wait in _external(session, asked) if asked else ():
        found[id].append(wait)
    for id, place in places.items():
        found[id] += _standing(place)
        found[id] = _together(found[id], {element for element, *_ in place.active})
    return found


def timers_due(session: Session, now: datetime) -> int:
    """How many timers are past their instant and have not fired."""
    due = select(func.count()).select_from(Timer).where(Timer.due_at <= now)
    return session.scalar(due) or 0


def _timers(session: Session, ids: Sequence[UUID]) -> Iterable[tuple[UUID, Wait]]:
    rows = session.scalars(select(Timer).where(Timer.instance_id.in_(ids)).order_by(Timer.due_at))
    for one in rows:
        if one.instance_id is not None:  # a start's timer belongs to no instance
            kind = "reminder" if one.kind == "reminder" else "timer"
            yield one.instance_id, Wait(kind, one.element_id, one.due_at)


def _heard(session: Session, ids: Sequence[UUID]) -> Iterable[tuple[UUID, Wait]]:
    query = select(Subscription).where(
        Subscription.instance_id.in_(ids),
        Subscription.name != EARLY_END,  # not waited for: what ends a case at any time
    )
    for one in session.scalars(query.order_by(Subscription.id)):
        if one.instance_id is not None:
            wait = Wait(one.kind, one.element_id, None, one.name, one.key, one.created_at)
            yield one.instance_id, wait


def _external(session: Session, ids: Sequence[UUID]) -> Iterable[tuple[UUID, Wait]]:
    query = select(ExternalTask).where(ExternalTask.instance_id.in_(ids))
    for one in session.scalars(query.order_by(ExternalTask.id)):
        yield (
            one.instance_id,
            Wait(
                "external",
                one.element_id,
                name=one.topic,
                since=one.created_at,
                worker=one.worker,
                error=one.error,
            ),
        )


def _standing(place: Place) -> Iterable[Wait]:
    """What only the places of the tokens tell."""
    for element, since, state, *many in place.active:
        node = place.model.nodes.get(element)
        kind = _kind(node) if node is not None and state == "active" else None
        if kind:
            at = datetime.fromisoformat(since)
            yield Wait(kind, element, since=at, count=many[0] if many else 1)


def _kind(node: Node) -> str | None:
    """What a token on this element waits for, where no row of its own says so."""
    if node.kind is NodeKind.ADHOC:
        return "adhoc"
    if node.kind in GATEWAYS and node.kind is not NodeKind.EVENT_GATEWAY:
        return "join"
    if node.event.kind is EventKind.CONDITIONAL:
        return "condition"
    if node.event.kind is EventKind.COMPENSATION and node.kind in _THROWS:
        return "compensation"
    if node.connector is not None and node.connector.type != EXTERNAL_TYPE:
        return "activity"
    return None


def _together(found: list[Wait], places: set[str]) -> list[Wait]:
    """The same wait of several tokens once, with their number; what only listens is marked.

    A service that answers later has a row and a place: it is one wait.
    """
    counts: Counter[Wait] = Counter()
    first: dict[Wait, Wait] = {}
    for one in found:
        if one.kind == "activity":
            key = Wait("activity", one.element_id)
            counts[key] = max(counts[key], one.count)
        else:
            key = replace(one, since=None, count=1)
            counts[key] += one.count
        first.setdefault(key, replace(key, since=one.since))
    return [
        replace(first[key], count=counts[key], listening=_only_hears(key, places)) for key in first
    ]


def _only_hears(one: Wait, places: set[str]) -> bool:
    return one.kind in ("timer", "message", "signal") and one.element_id not in places
