"""A completion as a service call: permission, form, step, history, inbox, one durable commit.

The product's own wiring and its demo organisation; SQLite with `synchronous=FULL`.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select

import engine
from benchmarks.engine_steps import stock_contracts
from benchmarks.memory import Stock
from benchmarks.models import ANSWERS, FORM, STEPS, contract, crowd, loop
from benchmarks.result import Result
from benchmarks.rounds import Work, compared, milliseconds
from engine import case_office
from engine.tables import ProcessInstance, WorkItem
from kernel import db
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from people import SYSTEM, Actor
from people.actors import actor_at
from tests.engine.drawing import bundle
from tests.product.fixtures import configuration
from tests.product.organisation import build
from web.cli.connect import connect

INSTANCES, ROUNDS, LONG, CROWD, FEW = 40, 20, 2000, 5000, 10
FORMS = {"contract": ANSWERS}
STOCK_LONG, STOCK_ROUNDS = 300, 4  # its depth limit stops a loop of user tasks at 499


def run() -> list[Result]:
    """Completions of the contract model, of a loop early and late, and among thousands."""
    with tempfile.TemporaryDirectory(prefix="ravand-bench-") as folder, _product(Path(folder)):
        office = Office()
        whole = compared(office.contracts, stock_contracts)
        early, late = office.looped(10), office.looped(LONG)
        flat = compared(lambda: office.rounds(late), lambda: office.rounds(early))
        crowded = office.start("crowd", people=list(range(CROWD)))
        among = milliseconds(lambda: office.some_of(crowded))
        assert office.state(late).status == office.state(crowded).status == "running"
    stock = compared(lambda: _stock_rounds(STOCK_LONG), lambda: _stock_rounds(10))
    return [
        Result("durable completion as a service call, SQLite FULL", whole.mine, "ms CPU", 1.5, 0.8),
        Result(f"… beside stock's step in memory ({whole.spread()})", whole.ratio, "x"),
        Result(f"at loop {LONG} / at loop 10, durable ({flat.spread()})", flat.ratio, "x", 1.2, 1),
        Result(f"… stock SpiffWorkflow in memory, {STOCK_LONG} / 10", stock.ratio, "x"),
        Result(f"one of {CROWD} bodies, durable", among, "ms CPU", 20, 5),
    ]


@contextmanager
def _product(folder: Path) -> Iterator[None]:
    config = configuration(folder)
    build(config)
    connect(config)
    files = {"forms__contract.json": FORM}
    with unit_of_work() as uow:
        deployed = engine.deploy(uow, bundle(contract(), loop(), crowd(), **files), by=SYSTEM)
        for key in case_office.keys_of(uow.session, deployed.id):
            engine.release(uow, key, by=SYSTEM)
    try:
        yield
    finally:
        db.database().dispose()


class Office:
    """Somebody who does all the work."""

    def __init__(self) -> None:
        with read_only() as session:
            self.actor: Actor = actor_at(session, "subscribers.expert")

    def start(self, key: str, **variables: object) -> UUID:
        """A new case."""
        with unit_of_work() as uow:
            return engine.start(uow, key, variables=variables, by=self.actor).id

    def items(self, root: UUID, limit: int = 100) -> list[UUID]:
        """Open work of a case, the oldest first."""
        query = select(WorkItem.id).where(WorkItem.root_id == root, WorkItem.status == "open")
        with read_only() as session:
            return list(session.scalars(query.order_by(WorkItem.id).limit(limit)))

    def complete(self, item: UUID, answers: JsonObject) -> None:
        """The service call that is measured."""
        with unit_of_work() as uow:
            engine.complete(uow, item, answers, by=self.actor, revision=1, request_id=uuid4())

    def contracts(self) -> Work:
        """As many instances at each step of the contract model; one completion of each."""
        work = [self._at_step(number % len(STEPS)) for number in range(INSTANCES)]

        def run() -> int:
            for item, answers in work:
                self.complete(item, answers)
            return INSTANCES

        return run

    def _at_step(self, number: int) -> tuple[UUID, JsonObject]:
        root = self.start("contract")
        for _ in STEPS[:number]:
            self.complete(self.items(root)[0], FORMS)
        return self.items(root)[0], FORMS

    def looped(self, rounds: int) -> UUID:
        """A case that has gone round so often."""
        root = self.start("loop")
        for _ in range(rounds):
            self.complete(self.items(root)[0], FORMS)
        return root

    def rounds(self, root: UUID) -> Work:
        """The next rounds of a case; a read finds each step, on either side of the ratio."""

        def run() -> int:
            for _ in range(ROUNDS):
                self.complete(self.items(root)[0], FORMS)
            return ROUNDS

        return run

    def some_of(self, root: UUID) -> Work:
        """Some of the many open bodies of a case."""
        chosen = self.items(root, FEW)

        def run() -> int:
            for item in chosen:
                self.complete(item, {})
            return FEW

        return run

    def state(self, root: UUID) -> ProcessInstance:
        """The stored case."""
        with read_only() as session:
            return session.get_one(ProcessInstance, root)


def _stock_rounds(count: int) -> Work:
    one = Stock(loop(stock=True), "loop", {})
    for _ in range(count):
        assert one.step(ANSWERS)

    def run() -> int:
        for _ in range(STOCK_ROUNDS):
            assert one.step(ANSWERS)
        return STOCK_ROUNDS

    return run
