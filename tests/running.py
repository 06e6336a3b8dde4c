"""Programs of ours in processes of their own, and a visitor who reaches them over a socket."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from tests.product.visitor import Visitor

READY = "Ctrl+C stops it"


class Program:
    """`ravand …` in a session of its own, as a terminal starts it; `lines` is what it printed.

    With RAVAND_TEST_CLOCK it lives at that clock, see `tests.moved`.
    """

    def __init__(self, *arguments: str, **environment: str) -> None:
        module = "tests.moved" if "RAVAND_TEST_CLOCK" in environment else "web.cli"
        kept = {name: value for name, value in os.environ.items() if not _ours(name)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**kept, "PYTHONUNBUFFERED": "1", **environment},
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def said(self) -> str:
        """Everything it printed and we have read."""
        return "\n".join(self.lines)

    def wait_for_line(self, containing: str, seconds: float = 180) -> str:
        """The next line with these words; fails when it ends or is silent for too long."""
        while True:
            line = self._coming.get(timeout=seconds)
            assert line is not None, f"it ended before it said {containing!r}:\n{self.said}"
            self.lines.append(line)
            if containing in line:
                return line

    def wait(self, seconds: float = 60) -> int:
        """Its exit status, once it has ended; what it said until then is in `said`."""
        status = self.process.wait(seconds)
        while (line := self._coming.get(timeout=seconds)) is not None:
            self.lines.append(line)
        return status

    def interrupt(self) -> None:
        """Press Ctrl+C: the signal goes to everything it started."""
        os.killpg(self.process.pid, signal.SIGINT)

    def kill(self) -> None:
        """Pull the plug on it and everything it started."""
        if self.alive():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def processes(self) -> list[int]:
        """It and everything it started, the oldest first."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(folder.name)) == self.process.pid:
                    found.append(int(folder.name))
            except ProcessLookupError:
                continue
        return sorted(found)

    def alive(self) -> bool:
        """Whether it, or anything it started, still runs."""
        self.process.poll()
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._coming.put(line.rstrip("\n"))
        self._coming.put(None)


@contextmanager
def running(*arguments: str, **environment: str) -> Iterator[Program]:
    """A program that does not outlive the block."""
    program = Program(*arguments, **environment)
    try:
        yield program
    finally:
        program.kill()


def _ours(name: str) -> bool:
    return name.startswith(("RAVAND_", "KAVENEGAR_")) or name in ("REDIS_URL", "SMTP_URL")


class RemoteVisitor(Visitor):
    """A visitor whose requests go over a socket."""

    def __init__(self, url: str) -> None:
        self._remote = _Remote(url)
        self.client = self._remote  # type: ignore[assignment]  # as much of a client as is used
        self.page = ""
        self.token = ""

    def open(self, path: str) -> requests.Response:
        """Begin to read something that does not end by itself; close it."""
        return self._remote.stream(path)


class _Remote:
    """Werkzeug's test client, as far as a visitor uses it, over `requests`."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = requests.Session()
        retry = Retry(total=20, connect=20, read=0, backoff_factor=0.05, backoff_max=0.5)
        self._http.mount("http://", HTTPAdapter(max_retries=retry))

    def get(self, path: str, **options: Any) -> "_Answer":
        return self._ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> "_Answer":
        return self._ask("POST", path, **options)

    def stream(self, path: str) -> requests.Response:
        return self._http.get(self._url + path, stream=True, timeout=30)

    def _ask(
        self,
        verb: str,
        path: str,
        *,
        data: Mapping[str, Any] | None = None,
        follow_redirects: bool = False,
    ) -> "_Answer":
        given = data or {}
        uploads = {key: one[::-1] for key, one in given.items() if isinstance(one, tuple)}
        answer = self._http.request(
            verb,
            self._url + path,
            data={key: one for key, one in given.items() if key not in uploads},
            files=uploads or None,
            allow_redirects=follow_redirects,
            timeout=30,
        )
        return _Answer(answer)


class _Answer:
    def __init__(self, answer: requests.Response) -> None:
        self._answer = answer
        self.status_code = answer.status_code

    def get_data(self, as_text: bool = True) -> str:
        return self._answer.text
