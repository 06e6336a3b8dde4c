"""The supervisor keeps small programs running, replaces them one by one and ends them in order."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from web.scaled.service import Service
from web.scaled.supervisor import NotStarted, Supervisor

# Says that it is ready, and writes when it began and ended.
GOOD = """
import os, signal, socket, sys
name, book = sys.argv[1:]
def note(word):
    with open(book, "a") as out:
        out.write(f"{word} {name} {os.getpid()}\\n")
def end(*_):
    note("end")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
note("begin")
out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
out.sendto(b"READY=1", os.environ["NOTIFY_SOCKET"])
while True:
    signal.pause()
"""


class Book:
    """What the programs wrote down."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def words(self) -> list[tuple[str, str]]:
        return [(line[0], line[1]) for line in self._lines()]

    def pid(self, name: str) -> int:
        return [int(pid) for word, who, pid in self._lines() if (word, who) == ("begin", name)][-1]

    def _lines(self) -> list[list[str]]:
        return [line.split() for line in self.path.read_text().splitlines()]

    def good(self, name: str, *, rolls: bool = False) -> Service:
        command = (sys.executable, "-c", GOOD, name, str(self.path))
        return Service(name, command, dict(os.environ), rolls=rolls)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "book")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Iterator[Supervisor]:
    with tempfile.TemporaryDirectory() as run, Supervisor(Path(run), tmp_path, said.append) as one:
        yield one


def until(supervisor: Supervisor, reached: Callable[[], bool]) -> None:
    """Let it watch until something is so."""
    end = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < end
        supervisor._tend()


def test_services_begin_in_order_and_end_in_reverse(tmp_path: Path, book: Book):
    with tempfile.TemporaryDirectory() as run, Supervisor(Path(run), tmp_path, print) as one:
        one.start(book.good("database"))
        one.start(book.good("web"))
        assert book.words() == [("begin", "database"), ("begin", "web")]
    assert book.words()[2:] == [("end", "web"), ("end", "database")]


def test_what_is_killed_is_started_again_and_said(
    supervisor: Supervisor, book: Book, said: list[str]
):
    supervisor.start(book.good("web"))
    first = book.pid("web")
    os.kill(first, signal.SIGKILL)
    until(supervisor, lambda: book.pid("web") != first)
    assert said == ["web ended (SIGKILL); it is started again."]


def test_a_hang_up_replaces_what_rolls_one_after_the_other(
    supervisor: Supervisor, book: Book, said: list[str]
):
    supervisor.start(book.good("database"))
    supervisor.start(book.good("web-1", rolls=True), book.good("web-2", rolls=True))
    before = len(book.words())
    os.kill(os.getpid(), signal.SIGHUP)
    supervisor._roll_asked = False
    supervisor._roll()
    assert book.words()[before:] == [
        ("end", "web-1"),
        ("begin", "web-1"),
        ("end", "web-2"),
        ("begin", "web-2"),
    ]
    assert said[-1] == "All 2 were replaced."


def test_what_never_becomes_ready_is_named(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("web.scaled.supervisor.START_WITHIN", 0.5)
    with pytest.raises(NotStarted) as refusal:
        supervisor.start(Service("web", (sys.executable, "-c", ""), dict(os.environ)))
    assert refusal.value.facts["name"] == "web"


def test_one_that_dies_again_and_again_is_started_later_and_later(
    supervisor: Supervisor, said: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.scaled.supervisor.START_WITHIN", 3)
    with pytest.raises(NotStarted):
        supervisor.start(Service("web", ("/bin/false",), dict(os.environ)))
    assert 2 <= len(said) <= 5
    assert set(said) == {"web ended (status 1); it is started again."}


def test_one_that_does_not_end_is_ended_by_force(tmp_path: Path, book: Book):
    deaf = GOOD.replace("signal.SIGTERM, end", "signal.SIGTERM, signal.SIG_IGN")
    command = (sys.executable, "-c", deaf, "deaf", str(book.path))
    with tempfile.TemporaryDirectory() as run, Supervisor(Path(run), tmp_path, print) as one:
        one.start(Service("deaf", command, dict(os.environ), patience=0.2))
        pid = book.pid("deaf")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
