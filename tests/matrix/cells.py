"""The product in its four set-ups, each of real processes at a clock that the test moves."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic

import redis
from sqlalchemy import select

from engine.connectors import connectors
from kernel import archive, clock, db, files
from kernel.again import again
from kernel.db import Database
from kernel.files import FileStore
from kernel.job_table import RUNNING, Job
from kernel.queue import lanes_due
from kernel.uow import read_only
from tests.conftest import START
from tests.faults import twelve
from tests.moved import SharedClock
from tests.product.fixtures import Served, configuration
from tests.product.organisation import PASSWORD, holder_of
from tests.running import READY, Program, RemoteVisitor
from tests.servers import Postgres, free_port
from web.cli.connect import connect
from web.fake_kavenegar import FakeState, create_fake

KEY = "test-key-canary"


COMMANDS = {"web": "serve", "worker": "worker"}


@dataclass
class Cell:
    """One set-up: a database, a runner. This process reads its database, at its clock.

    `programs` are its own processes by their part, `web` and, with Redis, `worker`.
    """

    url: str
    database_url: str
    clock: SharedClock
    sms: FakeState
    environment: dict[str, str]
    programs: dict[str, Program] = field(default_factory=dict)

    def start(self, part: str) -> None:
        """Start a part of it, for the first time or again."""
        self.programs[part] = Program(COMMANDS[part], **self.environment)

    def end(self) -> None:
        """End all of its processes at once."""
        for program in self.programs.values():
            program.kill()

    def visitor(self, position: str) -> RemoteVisitor:
        """The first holder of a position, logged in."""
        visitor = RemoteVisitor(self.url)
        visitor.get("/login")
        visitor.post("/login", {"username": holder_of(position), "password": PASSWORD})
        return visitor

    def wait(self, reached: Callable[[], object], what: str, seconds: float = 90) -> None:
        """Until something is so."""
        assert self.comes(reached, seconds), f"after {seconds:.0f} s still not: {what}"

    def comes(self, reached: Callable[[], object], seconds: float) -> bool:
        """Whether something is so before the time is over."""
        end = monotonic() + seconds
        while not reached():
            if monotonic() >= end:
                return False
            Event().wait(0.05)
        return True

    def idle(self) -> bool:
        """Whether no machine does anything, nor could at this instant."""
        return again(_nobody_works)  # a trial may have cut this connection, too


def _nobody_works() -> bool:
    with read_only() as session:
        if session.scalar(select(Job.id).where(Job.state == RUNNING).limit(1)):
            return False
        return not lanes_due(session, clock.now())


def furnished(template: Path, folder: Path) -> Path:
    """A copy of an organisation, with the processes of `tests.faults.twelve` in it too."""
    shutil.copytree(template, folder)
    connect(configuration(folder))
    if twelve.CONNECTOR not in connectors:
        connectors.add(twelve.CONNECTOR, twelve.OneMore())
    twelve.release()
    db.database().dispose()
    return folder


@contextmanager
def cell(
    template: Path, folder: Path, postgres: Postgres | None, redis_url: str | None
) -> Iterator[Cell]:
    """A set-up on a copy of an installation: with a PostgreSQL or SQLite, with a Redis or not."""
    shutil.copytree(template, folder)
    database = _database(folder, postgres)
    shared = SharedClock.begun(folder / "clock", START)
    before = clock.use(shared)
    state = FakeState(api_key=KEY, path=None, callback_url="", now=shared.now)
    provider, port = Served(create_fake(state)), free_port()
    environment = {
        "RAVAND_TEST_CLOCK": str(folder / "clock"),
        "RAVAND_DATA_DIR": str(folder),
        "RAVAND_DATABASE_URL": database,
        "RAVAND_PORT": str(port),
        "RAVAND_DEMO": "0",
        "KAVENEGAR_URL": provider.url,
        "KAVENEGAR_API_KEY": KEY,
        **({"REDIS_URL": redis_url} if redis_url else {}),
    }
    with ExitStack() as parts:
        parts.callback(clock.use, before)
        parts.callback(provider.close)
        if redis_url:
            redis.Redis.from_url(redis_url).flushall()
        one = Cell(f"http://127.0.0.1:{port}", database, shared, state, environment)
        parts.callback(one.end)
        for part in ("worker", "web") if redis_url else ("web",):
            one.start(part)
        one.programs["web"].wait_for_line(READY)
        RemoteVisitor(one.url).get("/healthz")  # asks until somebody listens
        db.configure(database)
        parts.callback(db.database().dispose)
        yield one


def _database(folder: Path, postgres: Postgres | None) -> str:
    """The address of the copy's database, moved to PostgreSQL where one is given."""
    sqlite = f"sqlite:///{folder / 'ravand.db'}"
    if postgres is None:
        return sqlite
    source, target = Database(sqlite), Database(postgres.new_database("ravand_cell"))
    store: FileStore = files.configure(folder / "files")
    archive.write(source, store, folder / "installation.zip")
    archive.restore(folder / "installation.zip", target, store)
    source.dispose()
    target.dispose()
    return target.url
