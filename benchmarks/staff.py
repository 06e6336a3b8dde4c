"""People of the demo organisation at their browsers, and the count of what came of it."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

import engine
from benchmarks.clients import Browser, Order, Report
from benchmarks.installation import ROOT
from benchmarks.models import FORM, two_task
from benchmarks.serve import ROUTE
from benchmarks.two_task_http import TOKEN, Desk
from config import Config
from kernel import db
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.engine.drawing import bundle
from web.cli.connect import connect

PEOPLE = (
    "k.parsa",
    "s.azizi",
    "m.rastegar",
    "n.karimi",
    "l.farahmand",
    "h.yousefi",
    "p.shayegan",
    "b.niknam",
)
PROCESS = "two_task"
ANSWERS = {"contract.amount": "1500", "contract.note": "checked"}
NOWHERE = [""] * len(PEOPLE)
TOLD = "The case is done."
REST = 0.05
LONGEST_QUEUE = 120.0  # seconds after which jobs that do not end fail the benchmark

_LEFT = text("SELECT count(*) FROM job WHERE state <> 'failed'")
_COUNTS = {
    "ended": "SELECT count(*) FROM process_instance WHERE status = 'completed'",
    "submissions": "SELECT count(*) FROM submission",
    "told": "SELECT count(*) FROM delivery WHERE state = 'delivered'",
}
_HISTORY = text(
    "SELECT count(*) AS events FROM history_event JOIN process_instance i ON i.id = instance_id "
    "WHERE i.status = 'completed' GROUP BY i.id"
)


def release(config: Config) -> None:
    """Add the process to an installation that is not served yet."""
    connect(config)
    texts = {f"templates__told.inbox.{language}.txt": TOLD.encode() for language in ("fa", "en")}
    files = {"forms__contract.json": FORM, **texts}
    with unit_of_work() as uow:
        engine.deploy(uow, bundle(two_task(), **files), by=SYSTEM)
        engine.release(uow, PROCESS, by=SYSTEM)
    db.database().dispose()


class Staff:
    """Logged in, shared out among the web processes; `database` is looked at beside them."""

    def __init__(self, urls: Sequence[str], database: str) -> None:
        self.browsers = [
            _log_in(urls[number % len(urls)], name) for number, name in enumerate(PEOPLE)
        ]
        self._database = create_engine(database)

    def work(self, begins: int) -> Report:
        """Each starts so many cases and leads each of them to its end."""
        return carry_out(Order(self.browsers, PROCESS, begins, NOWHERE, ANSWERS))

    def begin(self, count: int) -> list[str]:
        """Each starts so many cases; where each may begin to work on theirs."""
        return carry_out(Order(self.browsers, PROCESS, count, NOWHERE, {})).begun

    def complete(self, items: list[str]) -> Report:
        """Each completes all that lies before them, beginning here."""
        return carry_out(Order(self.browsers, PROCESS, 0, items, ANSWERS))

    def finish_jobs(self) -> float:
        """Seconds until none is left."""
        began = time.monotonic()
        while self._count(_LEFT):
            assert time.monotonic() - began < LONGEST_QUEUE, "the jobs do not end"
            time.sleep(REST)  # looking costs what the servers need
        return time.monotonic() - began

    def judge(self, cases: int) -> None:
        """Fails unless so many cases ended, each with everything that belongs to it."""
        found = {name: self._count(text(query)) for name, query in _COUNTS.items()}
        assert found == {"ended": cases, "submissions": 2 * cases, "told": cases}, (found, cases)
        with self._database.connect() as connection:
            events = [row.events for row in connection.execute(_HISTORY)]
        assert (len(events), len(set(events))) == (cases, 1), set(events)

    def close(self) -> None:
        """Leave the database."""
        self._database.dispose()

    def _count(self, query: object) -> int:
        with self._database.connect() as connection:
            return int(connection.scalar(query) or 0)  # type: ignore[call-overload]


def read(urls: Sequence[str], count: int) -> Report:
    """As many clients ask for the bare route, each so often."""
    addresses = [urlsplit(urls[number % len(urls)]) for number in range(len(PEOPLE))]
    strangers = [Browser(one.hostname or "", one.port or 0, "", "") for one in addresses]
    return carry_out(Order(strangers, "", 0, NOWHERE, {}, count, ROUTE))


def carry_out(order: Order) -> Report:
    """Let the clients' process do it."""
    command = [sys.executable, "-m", "benchmarks.clients"]
    done = subprocess.run(
        command, input=json.dumps(asdict(order)), cwd=ROOT, text=True, check=True,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    return Report(**json.loads(done.stdout))


def verify(environment: dict[str, str]) -> None:
    """Fails when what is stored does not agree with itself."""
    subprocess.run(
        [sys.executable, "-m", "web.cli", "verify"], env=environment, cwd=ROOT, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip


def _log_in(url: str, name: str) -> Browser:
    desk, address = Desk(url, name), urlsplit(url)
    token = TOKEN.search(desk.page)
    assert token, "the page has no token"
    cookie = "; ".join(f"{one.name}={one.value}" for one in desk.http.cookies)
    return Browser(address.hostname or "", address.port or 0, cookie, token[1])
