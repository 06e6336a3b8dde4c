"""A real installation for a benchmark: its own folder, SQLite FULL, `ravand serve`'s server."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from benchmarks.cpu import cpu_of_tree
from config import Config
from tests.product.fixtures import configuration
from tests.product.organisation import build
from tests.servers import free_port

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Installation:
    """A running server. `pid` is the root of its process tree."""

    url: str
    pid: int
    database: Path
    does_jobs: bool
    environment: dict[str, str]

    def cpu(self) -> float:
        """Seconds of CPU that the server's whole process tree has used so far."""
        return cpu_of_tree(self.pid)


@contextmanager
def installation(
    kind: str = "ravand", prepare: Callable[[Config], None] | None = None
) -> Iterator[Installation]:
    """Serve the demo organisation's chart and models; everything ends with the block.

    Args:
        kind: what `benchmarks.serve` serves: `ravand`, `quiet` (no jobs) or `bare` (no product).
        prepare: adds to what has been built, before it is served.
    """
    with tempfile.TemporaryDirectory(prefix="ravand-bench-") as folder:
        data = Path(folder)
        if kind != "bare":
            build(configuration(data))
            if prepare:
                prepare(configuration(data))
        port = free_port()
        environment = {
            **os.environ,
            "RAVAND_DATA_DIR": str(data),
            "RAVAND_DEMO": "0",
            "RAVAND_PORT": str(port),
        }
        for name in ("RAVAND_DATABASE_URL", "REDIS_URL"):
            environment.pop(name, None)
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.serve", kind],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            await_answer(url)
            yield Installation(url, server.pid, data / "ravand.db", kind == "ravand", environment)
        finally:
            server.terminate()
            server.wait(20)


def await_answer(url: str) -> None:
    """Return when the server answers; the client retries by itself."""
    with requests.Session() as session:
        retry = Retry(total=1200, connect=1200, backoff_factor=0.05, backoff_max=0.1)
        session.mount("http://", HTTPAdapter(max_retries=retry))
        session.get(f"{url}/readyz", timeout=30).raise_for_status()
