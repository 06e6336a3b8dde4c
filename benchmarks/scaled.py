"""The scaled set-up for a benchmark: PostgreSQL, Redis, web processes, RQ workers; no proxy."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, text

from benchmarks.cpu import cpu_of_tree
from benchmarks.installation import ROOT, await_answer
from config import Config
from tests.product.fixtures import configuration
from tests.product.organisation import build
from tests.servers import free_port, postgres_server, redis_server

FOLDER = "current_setting('data_directory')"


@dataclass(frozen=True)
class Scaled:
    """Running servers.

    Attributes:
        urls: the web processes'.
        pids: of web processes and workers.
        database: its address.
        postgres: its process id, if it has one.
        environment: what our processes are told.
    """

    urls: list[str]
    pids: list[int]
    database: str
    postgres: int | None
    environment: dict[str, str]

    def cpu(self) -> tuple[float, ...]:
        """Seconds of CPU so far: of our own processes, and of PostgreSQL's."""
        others = [] if self.postgres is None else [cpu_of_tree(self.postgres)]
        return (sum(map(cpu_of_tree, self.pids)), *others)


@contextmanager
def scaled(web: int, workers: int, prepare: Callable[[Config], None]) -> Iterator[Scaled]:
    """Serve the demo organisation's chart and models, and what `prepare` adds to them."""
    with (
        tempfile.TemporaryDirectory(prefix="ravand-bench-") as folder,
        postgres_server() as postgres,
        redis_server(Path(folder)) as redis_url,
    ):
        data, database = Path(folder), postgres.new_database("ravand_bench")
        config = configuration(data, database_url=database)
        build(config)
        prepare(config)
        environment = {
            **os.environ,
            "RAVAND_DATA_DIR": folder,
            "RAVAND_DATABASE_URL": database,
            "REDIS_URL": redis_url,
        }
        ports = [free_port() for _ in range(web)]
        commands = [(("web",), {"RAVAND_PORT": str(port)}) for port in ports]
        commands += [(("worker",), {})] * workers
        with _processes(commands, environment) as pids:
            urls = [f"http://127.0.0.1:{port}" for port in ports]
            for url in urls:
                await_answer(url)
            yield Scaled(urls, pids, database, _durable(database), environment)


@contextmanager
def _processes(
    commands: list[tuple[tuple[str, ...], dict[str, str]]], environment: dict[str, str]
) -> Iterator[list[int]]:
    """`ravand …` for each; all end with the block."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "web.cli", *command],
            cwd=ROOT,
            env=environment | more,
            stdout=subprocess.DEVNULL,
        )
        for command, more in commands
    ]
    try:
        yield [one.pid for one in started]
    finally:
        for one in started:
            one.terminate()
        for one in started:
            one.wait(30)


def _durable(database: str) -> int:
    """The process id of the server; fails when it would answer before the disk has it."""
    engine = create_engine(database)
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.scalar(text(f"SHOW {setting}")) == "on", setting
        said = connection.scalar(text(f"SELECT pg_read_file({FOLDER} || '/postmaster.pid')"))
    engine.dispose()
    return int(str(said).split()[0])
