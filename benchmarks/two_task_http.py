"""The two-task instance over HTTP: start, inbox, open, submit, open, submit, instance page.

Full pages, logged in (log-in not counted), CSRF on, one process, SQLite FULL. The peer's seven
calls for the same shape cost 213 ms of server CPU per instance (SpiffArena, JSON, no pages).
"""

import re
import sqlite3
import statistics
import uuid
from contextlib import closing

import requests

from benchmarks.installation import Installation, installation
from benchmarks.result import Result
from tests.product.organisation import PASSWORD, holder_of

ROUNDS, WARM_UP, PER_ROUND = 7, 20, 20
PEER_MS = 213.0
TOKEN = re.compile(r'name="csrf_token"[^>]*?value="([^"]+)"')
_ITEM = re.compile(r"/items/([0-9a-f-]{36})")
_REVISION = re.compile(r'name="revision"[^>]*?value="([^"]+)"')
_REQUEST = re.compile(r'name="request_id"[^>]*?value="([^"]+)"')
_INSTANCE = re.compile(r"/instances/([0-9a-f-]{36})")


class Desk:
    """One logged-in browser without scripts."""

    def __init__(self, url: str, username: str) -> None:
        self.url, self.http = url, requests.Session()
        self.page = self.get("/login")
        self.post("/login", {"username": username, "password": PASSWORD})
        self.get("/inbox")

    def get(self, path: str) -> str:
        answer = self.http.get(self.url + path, timeout=30)
        answer.raise_for_status()
        self.page = answer.text
        return self.page

    def post(self, path: str, form: dict[str, str]) -> requests.Response:
        token = TOKEN.search(self.page)
        assert token, "the page has no token"
        data = {"csrf_token": token[1], **form}
        answer = self.http.post(self.url + path, data=data, timeout=30, allow_redirects=False)
        assert answer.status_code in (302, 303), f"{answer.status_code}: {answer.text[:500]}"
        return answer

    def submit(self, item: str, form: dict[str, str]) -> requests.Response:
        kept = {"revision": _REVISION.search(self.page), "request_id": _REQUEST.search(self.page)}
        hidden = {name: found[1] for name, found in kept.items() if found}
        return self.post(f"/items/{item}", {**hidden, **form})


def one_instance(site: Installation, clerk: Desk, head: Desk) -> None:
    """The seven calls; fails unless the instance ends as the diagram says."""
    started = clerk.post("/start/leave_request", {"request_id": str(uuid.uuid4())})
    clerk.get("/inbox")
    first = _ITEM.search(started.headers["Location"]) or _ITEM.search(clerk.page)
    assert first
    page = clerk.get(f"/items/{first[1]}")
    instance = _INSTANCE.search(page)
    assert instance, "the item does not link to its instance"
    days = {"leave.kind": "annual", "leave.from_date": "1405/09/14", "leave.days": "3"}
    clerk.submit(first[1], days)
    second = _open_item_of(site, instance[1])
    head.get(f"/items/{second}")
    head.submit(second, {"outcome": "approve"})
    ended = head.get(f"/instances/{instance[1]}")
    assert "is-done" in ended, "the instance did not end"


def _open_item_of(site: Installation, instance: str) -> str:
    """The instance's open item, read beside the server: finding it is not one of the calls."""
    query = "SELECT id FROM work_item WHERE instance_id = ? AND status = 'open'"
    with closing(sqlite3.connect(site.database)) as database:
        [(item,)] = database.execute(query, (uuid.UUID(instance).hex,)).fetchall()
    return str(uuid.UUID(item))


def run() -> list[Result]:
    """Server CPU per instance, median of rounds."""
    with installation() as site:
        clerk, head = (
            Desk(site.url, holder_of(f"subscribers.{one}")) for one in ("expert", "head")
        )
        for _ in range(WARM_UP):
            one_instance(site, clerk, head)
        figures = []
        for _ in range(ROUNDS):
            before = site.cpu()
            for _ in range(PER_ROUND):
                one_instance(site, clerk, head)
            figures.append((site.cpu() - before) * 1000 / PER_ROUND)
    middle = statistics.median(figures)
    return [
        Result("two-task instance over HTTP, full pages, server CPU", middle, "ms", 50, 30),
        Result("… beside SpiffArena's seven calls (213 ms)", middle / PEER_MS, "x", 1.0, 0.2),
    ]
