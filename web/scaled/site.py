"""The whole scaled set-up, started in order."""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from config import Config
from kernel import db
from kernel.migrate import upgrade
from kernel.secrets import secret_key
from web import first_run
from web.cli.connect import connect
from web.first_run import FirstRun
from web.scaled import programs, servers
from web.scaled.proxy import proxy_service
from web.scaled.supervisor import Supervisor


@dataclass(frozen=True)
class Wanted:
    """How much of each; databases named by the environment are used instead of own ones."""

    config: Config
    web: int
    workers: int
    own_database: bool
    own_redis: bool

    @property
    def root(self) -> Path:
        """Everything of this set-up is below it."""
        return self.config.data_dir / "scaled"


@contextmanager
def site(wanted: Wanted, say: Callable[[str], None]) -> Iterator[tuple[Supervisor, FirstRun]]:
    """Everything runs while the block lasts."""
    config, root = wanted.config, wanted.root
    _require_ports(wanted)
    first_run.refuse_public_demo(config)
    with (
        tempfile.TemporaryDirectory(prefix="ravand-") as place,
        _open(config.host, config.port) as front,
        _open("127.0.0.1", 0) as door,
    ):
        run = Path(place)
        with Supervisor(run, root / "logs", say) as supervisor:
            config = _with_servers(wanted, supervisor, run)
            secret_key(config.key_path)
            common = programs.environment(config, root)
            _empty(root / "metrics")  # every program of ours counts there from its start
            ready = _prepare(config, say)
            if _has_double(wanted.config):
                port = config.port + 1
                supervisor.start(programs.double_service(common, root, port))
            supervisor.start(
                *programs.web_services(common, root, wanted.web, door.fileno()),
                *programs.worker_services(common, root, wanted.workers),
            )
            inside = door.getsockname()[1]
            here = (config.host, config.port)
            supervisor.start(proxy_service(front.fileno(), here, inside, root / "proxy"))
            yield supervisor, ready


def _require_ports(wanted: Wanted) -> None:
    config = wanted.config
    first_run.require_free(config.host, config.port)
    if _has_double(config):
        first_run.require_free("127.0.0.1", config.port + 1)
    if wanted.own_redis:
        first_run.require_free("127.0.0.1", config.port + 2)


def _has_double(config: Config) -> bool:
    return config.demo and not config.kavenegar_api_key


def _with_servers(wanted: Wanted, supervisor: Supervisor, run: Path) -> Config:
    """The configuration, once a database and a Redis run."""
    config, root = replace(wanted.config, data_dir=wanted.root), wanted.root
    if wanted.own_database:
        postgres = servers.Postgres.prepared(root / "postgresql", run)
        supervisor.start(postgres.service())
        unfinished = first_run.unfinished(config)
        url = postgres.make_database(anew=unfinished.exists())
        unfinished.unlink(missing_ok=True)
        config = replace(config, database_url=url)
    if wanted.own_redis:
        port = config.port + 2
        supervisor.start(servers.redis_service(port, root / "redis"))
        config = replace(config, redis_url=f"redis://127.0.0.1:{port}/0")
    if _has_double(config):
        double = f"http://127.0.0.1:{config.port + 1}"
        config = replace(config, kavenegar_url=double, kavenegar_api_key="demo")
    return config


def _prepare(config: Config, say: Callable[[str], None]) -> FirstRun:
    """Schema and first people."""
    upgrade(db.configure(config.database_url))
    logins, note = first_run.first_people(connect(config), say)
    db.database().dispose()
    double = config.kavenegar_url if config.kavenegar_api_key == "demo" else None
    return FirstRun(config, logins, double, note)


def _open(host: str, port: int) -> socket.socket:
    """A socket that goes on listening whoever of those that accept from it dies."""
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((host, port))
    door.listen(2048)
    os.set_inheritable(door.fileno(), True)
    return door


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
