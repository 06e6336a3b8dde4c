"""One submission as a browser sends it, beside a bare Flask route on an identical server.

Measured: the POST of a user task's form by somebody logged in (session, token, permission, the
form's check, the engine's step, one durable commit, the redirect), both steps of a leave request
in turn. The two servers take turns, both on kept connections; a round's ratio is of neighbours.
The same again with the jobs that the submissions cause, done by the server before its CPU is read.
"""

import http.client
import sqlite3
import statistics
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlencode, urlsplit

from benchmarks.installation import Installation, installation
from benchmarks.result import Result
from benchmarks.serve import ROUTE
from benchmarks.two_task_http import TOKEN, Desk
from tests.product.organisation import holder_of

ROUNDS, WARM_UP, PER_ROUND, BARE_PER_ROUND = 9, 60, 40, 400
STEPS = ("request_leave", "approve_leave")
ANSWERS = (
    {"leave.kind": "annual", "leave.from_date": "1405/09/14", "leave.days": "3"},
    {"outcome": "approve"},
)
LONGEST_QUEUE = 60.0  # seconds after which jobs that do not end fail the benchmark


class Sender:
    """One kept connection, and what a logged-in browser sends with every form.

    The cookie stays the one from after log-in, as if a page had shown each message in between.
    """

    def __init__(self, site: Installation, desk: Desk | None = None) -> None:
        address = urlsplit(site.url)
        self.http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        self.token, self.cookie = "", ""
        if desk is not None:
            found = TOKEN.search(desk.page)
            assert found, "the page has no token"
            self.token = found[1]
            self.cookie = "; ".join(f"{one.name}={one.value}" for one in desk.http.cookies)

    def get(self, path: str) -> None:
        self.http.request("GET", path)
        answer = self.http.getresponse()
        answer.read()
        assert answer.status == 200

    def submit(self, item: str, answers: dict[str, str]) -> None:
        form = {"csrf_token": self.token, "request_id": str(uuid.uuid4()), "revision": "1"}
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(form | answers).encode()
        self.http.request("POST", f"/items/{item}", body, headers)
        answer = self.http.getresponse()
        text = answer.read()
        assert answer.status in (302, 303), f"{answer.status}: {text[:300].decode()}"


class Office:
    """The two people of the process, and the database beside the server."""

    def __init__(self, site: Installation) -> None:
        self.site = site
        self.starting = Desk(site.url, holder_of("subscribers.expert"))
        self.senders = (
            Sender(site, self.starting),
            Sender(site, Desk(site.url, holder_of("subscribers.head"))),
        )

    def begin(self, count: int) -> None:
        for _ in range(count):
            self.starting.post("/start/leave_request", {"request_id": str(uuid.uuid4())})
            self.starting.get("/inbox")

    def submissions(self, count: int) -> float:
        """Milliseconds of CPU for each of 2 x `count` submissions, jobs included."""
        spent = 0.0
        self.begin(count)
        self.finish_jobs()
        for step, sender, answers in zip(STEPS, self.senders, ANSWERS, strict=True):
            items = self.open_items(step)
            assert len(items) == count, f"{len(items)} of {count} cases reached {step}"
            before = self.site.cpu()
            for item in items:
                sender.submit(item, answers)
            self.finish_jobs()
            spent += self.site.cpu() - before
        assert not [item for step in STEPS for item in self.open_items(step)]
        return spent * 1000 / (2 * count)

    def finish_jobs(self) -> None:
        """Return when the server has none left; at once for one that does none."""
        until = time.monotonic() + LONGEST_QUEUE
        while self.site.does_jobs and self._ask("SELECT 1 FROM job WHERE state <> 'failed'"):
            assert time.monotonic() < until, "the jobs do not end"

    def open_items(self, step: str) -> list[str]:
        query = "SELECT id FROM work_item WHERE element_id = ? AND status = 'open' ORDER BY id"
        return [str(uuid.UUID(row[0])) for row in self._ask(query, step)]

    def _ask(self, query: str, *values: str) -> list[tuple[str]]:
        with closing(sqlite3.connect(self.site.database)) as database:
            return database.execute(query, values).fetchall()


def compare(kind: str) -> tuple[list[float], list[float], list[float]]:
    """Each round's CPU per submission, per bare request, and their ratio."""
    with installation(kind) as site, installation("bare") as other:
        office, bare = Office(site), Sender(other)
        office.submissions(WARM_UP)
        _bare(other, bare)
        sent, plain = [], []
        for number in range(ROUNDS):
            turns: list[Callable[[], None]] = [
                lambda: sent.append(office.submissions(PER_ROUND)),
                lambda: plain.append(_bare(other, bare)),
            ]
            for turn in turns if number % 2 else reversed(turns):
                turn()
    return sent, plain, [ours / theirs for ours, theirs in zip(sent, plain, strict=True)]


def _bare(site: Installation, sender: Sender) -> float:
    before = site.cpu()
    for _ in range(BARE_PER_ROUND):
        sender.get(ROUTE)
    return (site.cpu() - before) * 1000 / BARE_PER_ROUND


def run() -> list[Result]:
    """Ratios and milliseconds, without and with the jobs."""
    alone, plain, ratios = compare("quiet")
    with_jobs, _plain, ratios_with_jobs = compare("ravand")
    return [
        Result(_spread("submission over HTTP / bare route", ratios), _middle(ratios), "x", 6, 4),
        Result("… the submission, server CPU", _middle(alone), "ms"),
        Result("… the bare Flask text route, server CPU", _middle(plain), "ms"),
        Result(
            _spread("… with its jobs / bare route", ratios_with_jobs),
            _middle(ratios_with_jobs),
            "x",
        ),
        Result("… with its jobs, server CPU", _middle(with_jobs), "ms"),
    ]


def _middle(figures: list[float]) -> float:
    return statistics.median(figures)


def _spread(name: str, figures: list[float]) -> str:
    return f"{name} ({min(figures):.1f}–{max(figures):.1f})"
