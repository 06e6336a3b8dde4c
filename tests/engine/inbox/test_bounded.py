"""What a page of the inbox costs does not grow with what is open: counted, not timed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from engine import queries
from kernel import clock, db
from kernel.clock import MovableClock
from kernel.counting import CAP
from kernel.uow import read_only
from people.actor import Actor
from tests.conftest import START
from tests.full_inbox import HERO_GROUPS, FullInbox, addresses
from tests.servers import Postgres
from tests.tables import create_all

HERO = UUID(int=7 << 64)
Ask = Callable[[Session, Actor], Any]


@dataclass(frozen=True)
class Bill:
    """What questions cost: statements, and rows visited or steps of SQLite's machine."""

    statements: int
    visited: int


def page(**wish: Any) -> Ask:
    return lambda session, actor: queries.inbox_page(session, actor, **wish)


def far(**wish: Any) -> Ask:
    """A page deep in the list."""
    at = START.replace(day=25)
    return page(after=(at, UUID(int=5)), **wish)


@dataclass(frozen=True)
class Most:
    """What a question may cost.

    Attributes:
        rows: that PostgreSQL visits.
        steps: tens of steps of SQLite's machine.
    """

    statements: int = 1
    rows: int = 400
    steps: int = 2_000


QUESTIONS: dict[str, tuple[Ask, Most]] = {
    "first page": (page(), Most()),
    "deep page": (far(), Most()),
    "page before": (page(before=(START, UUID(int=5))), Most()),
    "late": (page(due_before=START), Most()),
    "of a process": (page(definition_key="process3"), Most()),
    "for later": (page(later_than=START), Most()),
    "newest": (page(newest=True), Most()),
    "claimed": (page(status="claimed"), Most()),
    "closed": (page(status="completed"), Most()),
    "search that finds": (page(search="بررسی"), Most(1, 2_000, 5_000)),
    "search that does not": (page(search="nowhere"), Most(3, 9_000, 40_000)),
    "number of a case": (page(search="1405/0033"), Most(2)),
    "numbers": (
        lambda session, actor: queries.inbox_counts(session, actor),
        Most(1, 12_000, 9_000),
    ),
    "processes": (lambda session, actor: queries.inbox_processes(session, actor), Most()),
    "next": (lambda session, actor: queries.next_item(session, actor, UUID(int=5)), Most()),
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> str:
    """The address of a store of 20,000 items."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('full') / 'full.db'}"
    else:
        url = postgres.new_database("full")
    create_all(url)
    database = db.Database(url)
    with database.writer.connect() as connection, connection.begin():
        FullInbox(HERO, START, base=5_000, times=4, people=50, groups=60).fill(connection)
        if not database.is_sqlite:
            connection.exec_driver_sql("ANALYZE")
    database.dispose()
    return url


@pytest.fixture
def hero() -> Actor:
    """Somebody of many groups, the largest among them."""
    places = {address for group in HERO_GROUPS for address in addresses(group)}
    return Actor(
        HERO, None, None, frozenset(), frozenset({f"person:{HERO}", "role:clerk", *places}), "x"
    )


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    """The moment that the stores are made for."""
    before = clock.use(MovableClock(START))
    yield
    clock.use(before)


@contextmanager
def opened(url: str) -> Iterator[db.Database]:
    """The process's database for a while."""
    database = db.configure(url)
    yield database
    database.dispose()


def bill(url: str, ask: Ask, actor: Actor) -> Bill:
    """Ask, and add up."""
    with opened(url) as database:
        asked: list[tuple[str, Any]] = []

        def hear(_c: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
            if text.startswith(("SELECT", "WITH")):
                asked.append((text, values))

        event.listen(database.engine, "before_cursor_execute", hear)
        with read_only() as session:
            ask(session, actor)  # statements are compiled, and PostgreSQL knows its tables
            asked.clear()
            session.connection()
            count = _steps if database.is_sqlite else _rows
            visited = count(session, ask, actor, asked)
        return Bill(len(asked), visited)


def _steps(session: Session, ask: Ask, actor: Actor, _asked: object) -> int:
    """Tens of steps that SQLite's virtual machine goes."""
    driver: Any = session.connection().connection.driver_connection
    steps = 0

    def tick() -> None:
        nonlocal steps
        steps += 1

    driver.set_progress_handler(tick, 10)
    ask(session, actor)
    driver.set_progress_handler(None, 0)
    return steps


def _rows(session: Session, ask: Ask, actor: Actor, asked: list[tuple[str, Any]]) -> int:
    """Rows that PostgreSQL reads from tables and indexes."""
    ask(session, actor)
    explained = list(asked)
    connection = session.connection()
    return sum(
        _visited(connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", values))
        for text, values in explained
    )


def _visited(answer: Any) -> int:
    plans, rows = [answer.scalar()[0]["Plan"]], 0
    while plans:
        one = plans.pop()
        plans += one.get("Plans", [])
        if "Relation Name" in one or "Index Name" in one:
            read = one["Actual Rows"] + one.get("Rows Removed by Filter", 0)
            rows += round(read * one["Actual Loops"])
    return rows


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_page_of_many_visits_few(store: str, hero: Actor, name: str) -> None:
    ask, most = QUESTIONS[name]

    cost = bill(store, ask, hero)

    assert cost.statements == most.statements
    assert cost.visited <= (most.steps if store.startswith("sqlite") else most.rows)


def test_numbers_stop_at_the_cap(store: str, hero: Actor) -> None:
    with opened(store), read_only() as session:
        counts = queries.inbox_counts(session, hero)

    assert counts.open == CAP
    assert 0 < counts.overdue < CAP
    assert 0 < counts.claimed < CAP
    assert 0 < counts.today < CAP
