"""`ravand scaled`: what dies comes back, and what is replaced is not missed."""

import os
import re
import signal
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
import requests
from playwright.sync_api import Browser
from sqlalchemy import select

from engine.tables import Submission
from kernel.db import Database
from kernel.types import JsonObject
from tests.requirements import requirement
from tests.running import READY, Program, RemoteVisitor, running
from tests.scaled.clerk import Clerk
from tests.scaled.furniture import database_of, furnish
from tests.servers import free_port

ROUNDS = 5 if os.environ.get("RAVAND_TEST_FAULTS") else 1
VICTIMS = ("web --fd", "web.cli worker", "redis-server", "postgres -D", "caddy run")
PASSWORD = re.compile(r"admin +([a-z0-9]{4}(?:-[a-z0-9]{4}){3}) ")


@dataclass
class Site:
    """A scaled set-up with two web processes and one worker."""

    url: str
    program: Program
    password: str
    logs: Path

    def admin(self) -> RemoteVisitor:
        visitor = RemoteVisitor(self.url)
        visitor.get("/login")
        visitor.post("/login", {"username": "admin", "password": self.password})
        assert "logout" in visitor.page
        return visitor

    def processes(self) -> dict[int, str]:
        """Everything that it started, and itself: pid -> command line."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(folder.name)) == self.program.process.pid:
                    words = (folder / "cmdline").read_bytes().replace(b"\0", b" ")
                    found[int(folder.name)] = words.decode()
            except (ProcessLookupError, FileNotFoundError):
                continue
        return found

    def wait_until_ready(self) -> None:
        """Until it could work again, with all of its parts."""
        end = monotonic() + 60
        while (said := self._readiness()) != "ok":
            assert monotonic() < end, said
            threading.Event().wait(0.1)

    def _readiness(self) -> str:
        try:
            return str(requests.get(f"{self.url}/readyz", timeout=20).json()["status"])
        except (requests.RequestException, ValueError) as error:
            return str(error)

    def pid(self, words: str) -> int:
        """The oldest process whose command has these words."""
        return min(pid for pid, command in self.processes().items() if words in command)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    # PostgreSQL runs as another user under root, who cannot enter pytest's private folders.
    with tempfile.TemporaryDirectory(prefix="ravand-scaled-") as folder:
        Path(folder).chmod(0o755)
        port = free_port(together=3)
        surroundings = {"RAVAND_DATA_DIR": folder, "RAVAND_PORT": str(port), "RAVAND_DEMO": "0"}
        with running("scaled", "--web", "2", "--workers", "1", **surroundings) as program:
            program.wait_for_line(READY)
            password = PASSWORD.search(program.said)
            assert password
            logs = Path(folder) / "scaled" / "logs"
            one = Site(f"http://127.0.0.1:{port}", program, password[1], logs)
            furnish(database_of(one.pid("web --fd")), Path(folder) / "here")
            yield one


@contextmanager
def load(site: Site, answers: "Counter[int | str]") -> Iterator[None]:
    """Two people who read and write as fast as they are answered, and never ask twice."""
    over = threading.Event()

    def one() -> None:
        visitor = site.admin()
        http = requests.Session()
        http.cookies = visitor.client._http.cookies  # type: ignore[attr-defined]
        while not over.is_set():
            try:
                read = http.get(f"{site.url}/notices", timeout=60)
                wrote = http.post(
                    f"{site.url}/notices/read",
                    data={"csrf_token": visitor.token},
                    allow_redirects=False,
                    timeout=60,
                )
            except requests.RequestException as error:
                answers[type(error).__name__] += 1
                continue
            answers[read.status_code] += 1
            answers[wrote.status_code] += 1

    people = [threading.Thread(target=one) for _ in range(2)]
    for person in people:
        person.start()
    try:
        yield
    finally:
        over.set()
        for person in people:
            person.join()


def test_every_process_is_replaced_under_load_and_every_request_answered(site: Site):
    before = {site.pid("web --fd"), site.pid("web.cli worker")}
    answers: Counter[int | str] = Counter()
    with load(site, answers):
        site.program.process.send_signal(signal.SIGHUP)
        site.program.wait_for_line("All 3 were replaced.")
    assert set(answers) == {200, 302}, answers
    assert answers[302] >= 10
    assert not before & set(site.processes())
    # Counted by all web processes, the former ones too; whichever answers knows the sum.
    metrics = requests.get(f"{site.url}/metrics", timeout=60).text
    written = 'ravand_requests_total{endpoint="live.read_notices",status="302"}'
    assert f"{written} {float(answers[302])}" in metrics


def test_readiness_counts_the_workers(site: Site):
    end = monotonic() + 60
    while (said := requests.get(f"{site.url}/readyz", timeout=60).json())["runners"] != 1:
        assert monotonic() < end, said
    assert said == {"status": "ok", "database": "ok", "redis": "ok", "runners": 1}


@pytest.fixture
def clerk(site: Site, browser: Browser) -> Iterator[Clerk]:
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="fa-IR")
    one = Clerk(context.new_page(), site.url, site.wait_until_ready)
    one.log_in()
    yield one
    context.close()


def sent_forms(site: Site) -> list[JsonObject]:
    """What arrived of all that was typed."""
    database = Database(database_of(site.pid("web --fd")))
    with database.session() as session:
        query = select(Submission.answers).order_by(Submission.at)
        found = [forms["leave"] for forms in session.scalars(query) if "leave" in forms]
    database.dispose()
    return found


@requirement("A17")
def test_each_process_is_killed_while_somebody_works_and_one_retry_is_the_most(
    site: Site, clerk: Clerk
) -> None:
    def press_while_it_dies(words: str) -> int:
        """How often the button had to be pressed again."""
        before = clerk.retries
        os.kill(site.pid(words), signal.SIGKILL)
        clerk.press()
        site.wait_until_ready()
        return clerk.retries - before

    retries = {}
    for days, words in enumerate(VICTIMS * ROUNDS, start=1):
        clerk.open("/start?process=leave_request")
        retries[days, words, "start"] = press_while_it_dies(words)
        clerk.type_in(days)
        retries[days, words, "form"] = press_while_it_dies(words)

    assert {what: times for what, times in retries.items() if times > 1} == {}
    wishes = sent_forms(site)
    assert [one["days"] for one in wishes] == [*range(1, len(VICTIMS) * ROUNDS + 1)]
    assert all(one["note"] == f"{one['days']} days\nfor a journey" for one in wishes)


def test_who_looks_after_all_is_started_again_and_they_with_it(site: Site):
    admin, before = site.admin(), set(site.processes()) - {site.program.process.pid}
    os.kill(site.pid("--unguarded"), signal.SIGKILL)
    end = monotonic() + 60
    while before & set(site.processes()):
        assert monotonic() < end, site.processes()
        threading.Event().wait(0.1)
    site.wait_until_ready()
    assert "logout" in admin.get("/notices")  # whoever was logged in goes on


def test_no_web_process_keeps_a_key_or_files_of_its_own(site: Site):
    root = site.logs.parent
    assert (root / "secret_key").exists()
    assert not [*root.glob("web-*/secret_key"), *root.glob("web-*/files")]


def test_ctrl_c_ends_everything(site: Site):
    assert len(site.processes()) >= 8
    site.program.interrupt()
    assert site.program.wait(60) == 0
    assert site.processes() == {}
    assert "SIGKILL" not in (site.logs / "web-1.log").read_text()
