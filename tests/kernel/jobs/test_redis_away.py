"""Redis goes away and comes back: nobody waits for it twice, and workers listen again."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from kernel import db
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.jobs import rq_runner
from kernel.jobs.handlers import handlers
from kernel.outage import Outage
from kernel.uow import UnitOfWork
from tests.faults.killing import begin, end
from tests.kernel.jobs.work import add, remaining, until
from tests.servers import OwnRedis


def test_that_redis_is_away_is_remembered_for_some_seconds():
    tries: list[int] = []

    def ask() -> None:
        tries.append(1)
        raise redis.ConnectionError

    away = Outage()
    for _ in range(3):
        assert away.tried(ask) is None
    assert len(tries) == 1

    forgetful = Outage(remembered=0)
    for _ in range(3):
        forgetful.tried(ask)
    assert len(tries) == 4
    assert forgetful.tried(lambda: "there again") == "there again"


def test_a_ring_without_redis_is_no_error_and_costs_one_try():
    bell = rq_runner.Bell("redis://127.0.0.1:1/0")
    bell.ring()
    assert bell.outage.tried(lambda: "asked") is None


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[OwnRedis]:
    """A Redis that is stopped and started."""
    one = OwnRedis(tmp_path)
    one.start()
    yield one
    one.stop()


def test_a_worker_goes_on_without_redis_and_listens_again_when_it_is_back(
    ravand: MovableClock, db_sqlite: Database, cache: OwnRedis
):
    @handlers.register("test.vanish")
    def vanish(uow: UnitOfWork, payload: dict[str, Any]) -> None:
        """Its end is all there is to see."""

    def life() -> None:
        db.configure(db_sqlite.url)
        rq_runner.work(cache.url)

    def listens() -> bool:
        clients = redis.Redis.from_url(cache.url).client_list()
        return any("b" in one["flags"] for one in clients)  # it waits in a blocking call

    db_sqlite.dispose()
    child = begin(life)
    try:
        until(listens, "the worker listens")
        cache.stop()
        add(1, "test.vanish")
        until(lambda: remaining() == [], "done without Redis")
        cache.start()
        until(listens, "the worker listens again")
        redis.Redis.from_url(cache.url).flushall()
        add(2, "test.vanish")
        until(lambda: remaining() == [], "done after Redis forgot everything")
    finally:
        os.kill(child, signal.SIGTERM)
        status = end(child)
    assert status == 0
