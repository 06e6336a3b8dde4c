"""A server that dies while ten thousand cases are under way: how soon it serves again.

Their timers are due and it is firing them when it is killed. It is started again; it serves when
somebody has logged in and seen a page, while the rest fires. When that is done, which is printed
beside it, everything must have happened once. On SQLite and on PostgreSQL, each with the thread
runner, so that one process is the whole of it.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from sqlalchemy import update

from benchmarks.cpu import cpu_of_tree
from benchmarks.installation import ROOT, await_answer
from benchmarks.probes import fdatasync
from benchmarks.result import Result
from benchmarks.two_task_http import Desk
from benchmarks.waiting import Store, fill
from kernel.job_table import RUNNING, Job
from tests.product.fixtures import configuration
from tests.product.organisation import build, holder_of
from tests.servers import free_port, postgres_server

CASES = int(os.environ.get("RAVAND_BENCH_IN_FLIGHT", "10000"))
LONGEST = 300.0


def run() -> list[Result]:
    """Both databases, one after the other."""
    found = []
    with tempfile.TemporaryDirectory(prefix="ravand-bench-") as folder:
        data = Path(folder)
        found += _measured("SQLite FULL", data, f"sqlite:///{data / 'ravand.db'}")
    with tempfile.TemporaryDirectory(prefix="ravand-bench-") as folder, postgres_server() as server:
        found += _measured("PostgreSQL fsync", Path(folder), server.new_database("restart"))
    return found


def _measured(name: str, data: Path, database: str) -> list[Result]:
    config = configuration(data, database_url=database)
    build(config)
    fill(config, CASES)
    disk, server = fdatasync(), Server(data, database)
    with closing(server), closing(Store(database)) as store:
        server.start()
        store.make_due()
        _await_tenth(store)
        server.kill()
        fired = store.fired()
        began = time.monotonic()
        server.start()
        served, spent = time.monotonic() - began, server.cpu()
        assert CASES // 10 < fired < CASES, f"it died when {fired} of {CASES} were done"
        if not database.startswith("sqlite"):
            end_leases(store)
        store.await_fired(LONGEST)
        finished = time.monotonic() - began
        store.judge(CASES)
    return [
        Result(f"restart with {CASES:,} in flight, {name}: serves after", served, "s", 15, 3),
        Result("… the server's CPU until then", spent, "s CPU"),
        Result("… all that was in flight is done after", finished, "s"),
        Result("… fdatasync of 4 KB in this round", disk, "per second", better="more"),
    ]


class Server:
    """`ravand serve` on an installation, started and killed at will."""

    def __init__(self, data: Path, database: str) -> None:
        self.port = free_port()
        own = {"RAVAND_DATA_DIR": str(data), "RAVAND_DATABASE_URL": database, "RAVAND_DEMO": "0"}
        self.environment = {**os.environ, **own, "RAVAND_PORT": str(self.port)}
        # As installed: the first start leaves bytecode behind, and the second finds it.
        for name in ("REDIS_URL", "PYTHONDONTWRITEBYTECODE"):
            self.environment.pop(name, None)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when somebody has logged in and seen a page."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serve", "ravand"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        url = f"http://127.0.0.1:{self.port}"
        await_answer(url)
        Desk(url, holder_of("subscribers.expert"))

    def cpu(self) -> float:
        """Seconds of CPU since it was started."""
        return cpu_of_tree(self._process.pid) if self._process is not None else 0.0

    def kill(self) -> None:
        """As a power cut would: all of its processes at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None

    def close(self) -> None:
        """End it."""
        self.kill()


def end_leases(store: Store) -> None:
    """What the dead one held is free at once, as on SQLite: nobody waits a minute for that here."""
    with store.database.begin() as connection:
        held = update(Job.__table__).where(Job.state == RUNNING)
        connection.execute(held.values(lease_until=Job.created_at))


def _await_tenth(store: Store) -> None:
    """Return when a tenth of the cases has gone on."""
    until = time.monotonic() + LONGEST
    while (fired := store.fired()) <= CASES // 10:
        assert time.monotonic() < until, f"only {fired} of {CASES} after {LONGEST:.0f} s"
        time.sleep(0.05)
