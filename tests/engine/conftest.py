"""What the engine's tests stand on: a small organisation and a way to play processes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

import engine
import notifiers
from engine import case_office, settings
from engine.bundle import Bundle
from engine.tables import HistoryEvent, Incident, ProcessInstance, WorkItem
from engine.verifying import verify
from kernel import clock, outbox
from kernel.clock import MovableClock
from kernel.jobs.runner import run_until_idle
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from people import SYSTEM, Actor
from people.actors import actor_at
from tests.engine import drawing

POSITIONS = (
    "management.ceo",
    "reception.head",
    "finance.head",
    "reception.clerk",
    "finance.accountant",
)


@dataclass
class Play:
    """Deploys diagrams and plays them as people would, each act in a unit of work of its own."""

    clock: MovableClock

    def deploy(self, *documents: str, release: bool = True, **files: bytes) -> None:
        """Deploy documents as one bundle, and release all of them."""
        self.deploy_bundle(drawing.bundle(*documents, **files), release=release)

    def deploy_bundle(self, bundle: Bundle, *, release: bool = True) -> None:
        with unit_of_work() as uow:
            deployment = engine.deploy(uow, bundle, by=SYSTEM)
            for key in case_office.keys_of(uow.session, deployment.id) if release else ():
                engine.release(uow, key, by=SYSTEM)

    def start(self, key: str = "p", by: str = "reception.clerk", **variables: Any) -> UUID:
        with unit_of_work() as uow:
            actor = actor_at(uow.session, by)
            return engine.start(uow, key, variables=variables, by=actor).id

    def run(self) -> None:
        """Let jobs and due timers run."""
        run_until_idle()

    def move(self, **length: int) -> None:
        """Let time pass in one go, then let what fell due run."""
        self.clock.move(**length)
        run_until_idle()

    def actor(self, position: str) -> Actor:
        with read_only() as session:
            return actor_at(session, position)

    def items(self, root: UUID, element: str | None = None) -> list[WorkItem]:
        """Open work of a case, oldest first."""
        query = select(WorkItem).where(
            WorkItem.root_id == root, WorkItem.status.in_(("open", "claimed"))
        )
        if element:
            query = query.where(WorkItem.element_id == element)
        with read_only() as session:
            return list(session.scalars(query.order_by(WorkItem.opened_at, WorkItem.id)))

    def open(self, root: UUID) -> list[str]:
        """Where people have work, by name."""
        return sorted(one.element_id for one in self.items(root))

    def complete(
        self,
        root: UUID,
        element: str,
        *,
        by: str = "reception.clerk",
        outcome: str | None = None,
        answers: JsonObject | None = None,
        **extra: Any,
    ) -> ProcessInstance:
        item = self.items(root, element)[0]
        with unit_of_work() as uow:
            return engine.complete(
                uow,
                item.id,
                answers or {},
                outcome=outcome,
                by=actor_at(uow.session, by),
                revision=item.revision,
                request_id=extra.pop("request_id", uuid4()),
                **extra,
            )

    def complete_item(
        self,
        item: WorkItem,
        *,
        by: str = "reception.clerk",
        outcome: str | None = None,
        answers: JsonObject | None = None,
    ) -> ProcessInstance:
        """Complete one of several items of the same step."""
        with unit_of_work() as uow:
            return engine.complete(
                uow,
                item.id,
                answers or {},
                outcome=outcome,
                by=actor_at(uow.session, by),
                revision=item.revision,
                request_id=uuid4(),
            )

    def retry(self, incident_id: UUID, **variables: Any) -> None:
        """An operator retries what stopped, after mending the data."""
        with unit_of_work() as uow:
            engine.retry_incident(uow, incident_id, by=SYSTEM, variables=variables)
        run_until_idle()

    def signal(self, name: str, **payload: Any) -> int:
        """Broadcast a signal; how many heard it."""
        with unit_of_work() as uow:
            heard = engine.broadcast(uow, name, payload, by=SYSTEM)
        run_until_idle()
        return heard

    def message(self, name: str, key: str | None = None, **payload: Any) -> int:
        with unit_of_work() as uow:
            taken = engine.correlate(uow, name, key, payload, by=SYSTEM)
        run_until_idle()
        return taken

    def instance(self, instance_id: UUID) -> ProcessInstance:
        with read_only() as session:
            return session.get_one(ProcessInstance, instance_id)

    def cases(self, key: str = "p") -> list[UUID]:
        """The instances of a process, oldest first."""
        query = select(ProcessInstance.id).where(ProcessInstance.definition_key == key)
        with read_only() as session:
            return list(session.scalars(query.order_by(ProcessInstance.id)))

    def tree(self, root: UUID) -> dict[str, ProcessInstance]:
        """The instances of a case by process."""
        query = select(ProcessInstance).where(ProcessInstance.root_id == root)
        with read_only() as session:
            return {one.definition_key: one for one in session.scalars(query)}

    def incidents(self, root: UUID) -> list[Incident]:
        query = select(Incident).where(Incident.root_id == root, Incident.state == "open")
        with read_only() as session:
            return list(session.scalars(query))

    def happened(self, root: UUID, kind: str) -> list[HistoryEvent]:
        """History of one kind, oldest first."""
        query = select(HistoryEvent).where(HistoryEvent.root_id == root, HistoryEvent.kind == kind)
        with read_only() as session:
            return list(session.scalars(query.order_by(HistoryEvent.id)))

    def trace(self, root: UUID) -> list[str]:
        """The way a case went, oldest first: `task` it left, `-task` taken away, `!task` stopped.

        Elements of called processes stand among them, in the order in which they were left.
        """
        signs = {"passed": "", "completed": "", "cancelled": "-", "incident": "!"}
        query = select(HistoryEvent).where(
            HistoryEvent.root_id == root, HistoryEvent.kind.in_(signs)
        )
        with read_only() as session:
            found = session.scalars(query.order_by(HistoryEvent.id))
            return [f"{signs[one.kind]}{one.element_id}" for one in found]


@pytest.fixture(autouse=True)
def nobody_subscribed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine alone: a test of the whole product may have wired this process before."""
    monkeypatch.setattr(outbox, "_subscriptions", {})


@pytest.fixture
def composed() -> Iterator[None]:
    """The engine's ports as the product sets them, without channels of the outside."""
    before = settings.settings()
    engine.configure(
        organisation=lambda: {"name": "روشنا", "phone": "+982188001405"},
        templates=notifiers.template_exists,
        channels=lambda: frozenset({"sms", "email", "inbox"}),
        keep_template=notifiers.store_template,
    )
    yield
    settings._settings = before


def furnish(standing: MovableClock) -> Play:
    with unit_of_work() as uow:
        case_office.furnish(uow, [])
        for number, key in enumerate(POSITIONS[1:], start=1):
            case_office._add_position(uow, key, number)
    assert clock.now() == standing.now()
    return Play(standing)


@pytest.fixture
def play(ravand: MovableClock, composed: None) -> Iterator[Play]:
    """On SQLite; what a test leaves behind must agree with itself."""
    yield furnish(ravand)
    agrees()


@pytest.fixture
def play_both(ravand_both: MovableClock, composed: None) -> Iterator[Play]:
    """On SQLite and PostgreSQL."""
    yield furnish(ravand_both)
    agrees()


def agrees() -> None:
    """Every case is complete, waits for something that exists, or has an incident."""
    with read_only() as session:
        assert list(verify(session)) == []
