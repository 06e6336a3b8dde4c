"""A scaled installation on real servers, as of the real clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import redis
from sqlalchemy import func, select, update

from kernel import clock, db
from kernel.clock import SystemClock
from kernel.job_table import RUNNING, Job
from kernel.live_redis import CHANNEL
from kernel.uow import read_only, unit_of_work
from tests.product.fixtures import Served, configuration
from tests.product.organisation import PASSWORD, build, holder_of
from tests.running import READY, Program, RemoteVisitor, running
from tests.servers import Postgres, free_port
from web.fake_kavenegar import FakeState, create_fake

KEY = "test-key-canary"


@dataclass
class ScaledSite:
    """Web, database and Redis run; a test starts and ends the workers."""

    url: str
    sms: FakeState
    environment: dict[str, str]
    events: redis.client.PubSub

    def visitor(self, position: str) -> RemoteVisitor:
        """The first holder of a position, logged in."""
        visitor = RemoteVisitor(self.url)
        visitor.get("/login")
        visitor.post("/login", {"username": holder_of(position), "password": PASSWORD})
        return visitor

    @contextmanager
    def another_web(self, **environment: str) -> Iterator["ScaledSite"]:
        """The same installation as a second web process shows it."""
        port = free_port()
        changed = {**self.environment, **environment, "RAVAND_PORT": str(port)}
        with running("serve", **changed) as web:
            web.wait_for_line(READY)
            yield ScaledSite(f"http://127.0.0.1:{port}", self.sms, changed, self.events)

    @contextmanager
    def worker(self, **environment: str) -> Iterator[Program]:
        """A worker that does not outlive the block."""
        with running("worker", **{**self.environment, **environment}) as program:
            yield program

    def wait(self, reached: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Until something is so; looks again whenever the installation says that it changed."""
        end = monotonic() + seconds
        while not reached():
            assert monotonic() < end, f"after {seconds:.0f} s still not: {what}"
            self.events.get_message(timeout=0.5)

    def idle(self) -> bool:
        """Whether nothing is left to do now."""
        with read_only() as session:
            due = select(func.count()).where(Job.run_at <= datetime.now(UTC), Job.state != "failed")
            return session.scalar(due) == 0

    def let_leases_end(self) -> None:
        """As if the minutes had passed after which a dead worker's jobs are given to others."""
        with unit_of_work() as uow:
            past = uow.now - timedelta(seconds=1)
            held = update(Job).where(Job.state == RUNNING)
            uow.session.execute(held.values(lease_until=past))


@contextmanager
def scaled_site(
    folder: Path, postgres: Postgres, redis_url: str, **more: str
) -> Iterator[ScaledSite]:
    """Everything but the workers; ends with the block. `more` is set for every process."""
    before = clock.use(SystemClock())
    database, port = postgres.new_database("ravand_scaled"), free_port()
    state = FakeState(api_key=KEY, path=None, callback_url="")
    provider = Served(create_fake(state))
    build(configuration(folder, database_url=database), clock.now())
    environment = {
        "RAVAND_DATA_DIR": str(folder),
        "RAVAND_DATABASE_URL": database,
        "RAVAND_PORT": str(port),
        "RAVAND_DEMO": "0",
        "REDIS_URL": redis_url,
        "KAVENEGAR_URL": provider.url,
        "KAVENEGAR_API_KEY": KEY,
        **more,
    }
    events = redis.Redis.from_url(redis_url).pubsub(ignore_subscribe_messages=True)
    events.subscribe(CHANNEL)
    try:
        with running("serve", **environment) as web:
            web.wait_for_line(READY)
            db.configure(database)
            yield ScaledSite(f"http://127.0.0.1:{port}", state, environment, events)
    finally:
        events.close()
        provider.close()
        db.database().dispose()
        clock.use(before)
