"""Redis forgets all or goes away, PostgreSQL crashes or cuts connections: late, never lost."""

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from sqlalchemy import func, select

from kernel.job_table import Job
from kernel.uow import read_only
from tests.faults.oracle import looked_back, settle
from tests.faults.people import CLERK, HEAD, Person, Tally, work
from tests.matrix.cells import Cell, cell
from tests.requirements import requirement
from tests.servers import OwnPostgres, OwnRedis, own_postgres

ALL = bool(os.environ.get("RAVAND_TEST_FAULTS"))
CLERKS, EACH, BLOWS = (5, 8, 8) if ALL else (2, 2, 2)


@dataclass
class Trial:
    """One installation for all of these trials, and how many leaves were asked for in it."""

    cell: Cell
    database: OwnPostgres
    cache: OwnRedis
    cases: int = 0

    def begin(self, clerks: int, each: int) -> tuple[threading.Thread, Tally]:
        """People at work, in an hour of its own: a phone takes a hundred texts in one at most."""
        tally = Tally()
        self.cell.clock.move(hours=1)
        self.cases += clerks * each
        return work(self.cell.url, tally, clerks, each), tally

    def assert_all_is_well(self) -> None:
        """Every leave was asked for, granted and told once."""
        settle(self.cell)
        assert looked_back(self.cell.sms) == {
            "cases": {"completed": self.cases},
            "answers": 2 * self.cases,
            "texts": self.cases,
            "taken": self.cases,
            "wrong": [],
        }
        assert all(one.process.poll() is None for one in self.cell.programs.values())


@pytest.fixture(scope="module")
def trial(product_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """One web process, one worker, on servers of their own."""
    folder = tmp_path_factory.mktemp("gone")
    cache = OwnRedis(folder)
    cache.start()
    with (
        own_postgres() as database,
        cell(product_template, folder / "data", database, cache.url) as one,
    ):
        yield Trial(one, database, cache)
    cache.stop()


def waiting_jobs() -> int:
    with read_only() as session:
        return session.scalar(select(func.count()).select_from(Job)) or 0


@requirement("A17")
def test_redis_forgets_all_while_many_jobs_wait_and_they_are_done(trial: Trial) -> None:
    worker = trial.cell.programs["worker"]
    worker.process.send_signal(signal.SIGSTOP)
    trial.begin(CLERKS, EACH)[0].join()
    assert waiting_jobs() >= CLERKS * EACH

    redis.Redis.from_url(trial.cache.url).flushall()
    worker.process.send_signal(signal.SIGCONT)

    trial.assert_all_is_well()


@requirement("A17")
def test_redis_goes_away_and_pages_and_machines_go_on_and_it_comes_back(trial: Trial) -> None:
    people, tally = trial.begin(CLERKS, EACH)
    tally.wait_for(6)
    trial.cache.stop()
    try:
        people.join()
        assert tally.again == 0, "nobody had to ask twice"
        trial.assert_all_is_well()  # without Redis
    finally:
        trial.cache.start()
    trial.begin(1, 1)[0].join()
    trial.assert_all_is_well()


@requirement("A17")
def test_postgresql_crashes_under_load_and_the_pages_come_back_by_themselves(
    trial: Trial,
) -> None:
    people, tally = trial.begin(CLERKS, EACH)
    answered = blows = 0
    while blows < BLOWS and tally.wait_for(answered := answered + 6):
        trial.database.restart_at_once()
        blows += 1
    people.join()
    trial.cell.clock.move(minutes=3)  # leases of what was cut off run out

    assert blows == BLOWS
    trial.assert_all_is_well()


def test_connections_that_were_cut_while_nobody_asked_are_noticed_by_nobody(trial: Trial) -> None:
    tally = Tally()
    clerk, head = (Person(trial.cell.url, position, tally) for position in (CLERK, HEAD))
    trial.cases += 1
    clerk.ask_for_leave()
    for _ in range(3):
        assert trial.database.cut(trial.cell.database_url) > 0
        clerk.insist("GET", "/inbox")
    assert trial.database.cut(trial.cell.database_url) > 0
    assert head.decide()

    assert tally.again == 0
    trial.assert_all_is_well()


def test_connections_that_are_cut_under_load_cost_a_retry_at_most(trial: Trial) -> None:
    people, tally = trial.begin(CLERKS, EACH)
    answered = blows = 0
    while tally.wait_for(answered := answered + 3):
        blows += trial.database.cut(trial.cell.database_url) > 0
    people.join()
    trial.cell.clock.move(minutes=3)

    assert blows >= BLOWS
    assert tally.again <= blows  # only where a commit was just on its way
    trial.assert_all_is_well()
