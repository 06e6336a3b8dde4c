"""An inbox page of fifty among a million open items, ten thousand people, a group of thousands.

Half of the work lies with two hundred groups, the largest of which has nine hundredths of all;
half with people, a hundredth with one person. That person belongs to five groups, the largest
among them. `RAVAND_BENCH_INBOX` says how many items there are instead of a million.
"""

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from itertools import cycle, islice
from uuid import UUID

import requests
from sqlalchemy import Connection, Index, func, select

from benchmarks.installation import installation
from benchmarks.result import Result
from benchmarks.scaled import scaled
from benchmarks.serve import ROUTE
from benchmarks.two_task_http import Desk
from config import Config
from engine import queries
from engine.queries import InboxPage
from engine.store import INBOX, INSTANCE, ITEM
from kernel import clock, db
from kernel.uow import read_only
from people.actor import Actor
from people.tables import Person
from tests.full_inbox import HERO_GROUPS, FullInbox, addresses, person
from tests.product.organisation import holder_of

BASE, PEOPLE = 20_000, 10_000
ITEMS = int(os.environ.get("RAVAND_BENCH_INBOX", "1000000"))
POSITION = "subscribers.expert"  # the hero's own post
PAGES, SEARCHES, REQUESTS, TURNED = 400, 40, 100, 20
ROW = re.compile(r'<a class="rv-row" href="/items/')
NEXT = re.compile(r'href="([^"]+)" rel="next"')
Ask = Callable[[], InboxPage]


def run() -> list[Result]:
    """Both databases: the page in the database and over HTTP."""
    with installation("quiet", _fill) as embedded:
        results = _measured("SQLite", f"sqlite:///{embedded.database}", embedded.url)
    with scaled(1, 0, _fill) as site:
        results += _measured("PostgreSQL", site.database, site.urls[0])
    return [*results, Result("… a bare Flask text route beside it, p95", _p95(_bare()), "ms")]


def _fill(config: Config) -> None:
    """Write the work; its indexes are made when it is there, which takes less time."""
    database = db.configure(config.database_url)
    with _quick(database) as connection:
        hero = _hero(connection)
        inbox = FullInbox(hero, clock.now(), BASE, max(1, ITEMS // BASE), PEOPLE)
        indexes: list[Index] = [one for t in (INBOX, ITEM, INSTANCE) for one in t.indexes]
        for index in indexes:
            index.drop(connection)
        inbox.staff(connection)
        inbox.fill(connection)
        for index in indexes:
            index.create(connection)
        if not database.is_sqlite:
            connection.exec_driver_sql("ANALYZE")
    database.dispose()


@contextmanager
def _quick(database: db.Database) -> Iterator[Connection]:
    """A transaction that nobody would miss."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            driver = connection.connection.driver_connection
            assert driver is not None
            for setting in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-200000"):
                driver.execute(f"PRAGMA {setting}")
        with connection.begin():
            yield connection
        connection.invalidate()


def _hero(connection: Connection) -> UUID:
    query = select(Person.id).where(Person.username == holder_of(POSITION))
    found: UUID = connection.execute(query).scalar_one()
    return found


def _measured(name: str, url: str, site: str) -> list[Result]:
    database = db.configure(url)
    with database.engine.connect() as connection:
        hero = _actor(_hero(connection), HERO_GROUPS)
        largest = connection.scalar(
            select(func.count()).select_from(INBOX).where(INBOX.c.principal == addresses(0)[0])
        )
        _judge(connection, hero)
    asks = islice(cycle(_questions(hero)), PAGES)
    waits = _waits(list(asks), rows=50)
    searches = _waits([_asked(hero, search="nowhere")] * SEARCHES, rows=0)
    counts = _waits([_counted(hero)] * SEARCHES)
    database.dispose()
    pages = _over_http(site)
    title = f"inbox page of 50 among {ITEMS:,} open items, {PEOPLE:,} people, group of {largest:,}"
    return [
        Result(f"{title}, {name}: in the database, p95", _p95(waits), "ms", 10, 1),
        Result("… p50", statistics.median(waits), "ms"),
        Result("… a search that finds nothing in the first 2,400, p95", _p95(searches), "ms"),
        Result("… the numbers of the navigation, p95", _p95(counts), "ms"),
        Result(f"… the page over HTTP, {name}, p95", _p95(pages), "ms", 60),
        Result("… p50", statistics.median(pages), "ms"),
    ]


def _actor(who: UUID, groups: tuple[int, ...]) -> Actor:
    places = {address for group in groups for address in addresses(group)}
    principals = frozenset({f"person:{who}", f"position:{POSITION}", *places})
    return Actor(who, None, None, frozenset({"inbox.use"}), principals, "x")


def _judge(connection: Connection, hero: Actor) -> None:
    """The first page is what the whole inbox, sorted, begins with."""
    barred = ITEM.c.excluded.contains(str(hero.person_id))
    lying = (
        select(INBOX.c.item_id, INBOX.c.due)
        .distinct()
        .join(ITEM, ITEM.c.id == INBOX.c.item_id)
        .where(INBOX.c.principal.in_(hero.principals), ~barred)
    )
    wanted = connection.execute(lying.order_by(INBOX.c.due, INBOX.c.item_id).limit(50))
    assert [row.id for row in _asked(hero)().rows] == [row.item_id for row in wanted]


def _questions(hero: Actor) -> list[Ask]:
    """Pages of the hero's lists, and the first pages of people of every group."""
    second = _asked(hero)().next
    assert second
    deep = second
    for _ in range(20):
        deep = _asked(hero, after=deep)().next or deep
    late = clock.now()
    others = [_asked(_actor(person(n), (n % 200,))) for n in range(40, 10_000, 600)]
    return [
        _asked(hero),
        _asked(hero, after=second),
        _asked(hero, after=deep),
        _asked(hero, before=deep),
        _asked(hero, due_before=late),
        _asked(hero, definition_key="process7"),
        _asked(hero, newest=True),
        *(ask for ask in others if len(ask().rows) == 50),
    ]


def _asked(actor: Actor, **wish: object) -> Ask:
    def ask() -> InboxPage:
        with read_only() as session:
            return queries.inbox_page(session, actor, **wish)  # type: ignore[arg-type]

    return ask


def _counted(actor: Actor) -> Ask:
    def ask() -> InboxPage:
        with read_only() as session:
            queries.inbox_counts(session, actor)
        return InboxPage([])

    return ask


def _waits(asks: list[Ask], rows: int = 0) -> list[float]:
    """Milliseconds that each took, sorted; what was just compiled is not among them."""
    for ask in asks[:40]:
        ask()
    waits = []
    for ask in asks:
        began = time.perf_counter()
        found = ask()
        waits.append((time.perf_counter() - began) * 1000)
        assert len(found.rows) == rows
    return sorted(waits)


def _over_http(url: str) -> list[float]:
    """The hero turns pages in a browser without scripts."""
    desk = Desk(url, holder_of(POSITION))
    waits, path = [], "/inbox"
    for number in range(REQUESTS):
        began = time.perf_counter()
        page = desk.get(path)
        waits.append((time.perf_counter() - began) * 1000)
        assert len(ROW.findall(page)) == 50
        path = unescape(NEXT.findall(page)[0]) if (number + 1) % TURNED else "/inbox"
    return sorted(waits)


def _bare() -> list[float]:
    """The same client, and a server with nothing but one route."""
    with installation("bare") as site, requests.Session() as client:
        waits = []
        for _ in range(REQUESTS):
            began = time.perf_counter()
            client.get(site.url + ROUTE, timeout=30).raise_for_status()
            waits.append((time.perf_counter() - began) * 1000)
    return sorted(waits)


def _p95(waits: list[float]) -> float:
    return waits[len(waits) * 95 // 100]
