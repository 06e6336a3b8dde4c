"""Several workers on one queue, killed, stopped and short of disk: every effect once, in order."""

import os
import random
import resource
import shutil
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kernel import db, faults, jobs
from kernel.clock import MovableClock
from kernel.db import Database
from kernel.jobs.handlers import handlers, outside
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only, unit_of_work
from tests.faults import twelve
from tests.faults.killing import begin, end, live

WORKERS, GROUPS, EACH = 4, 4, 8
NEVER = timedelta(days=9999)


def lines() -> list[JsonObject]:
    """The effects: rows of the job table that nobody ever runs."""
    with read_only() as reading:
        query = select(jobs.Job).where(jobs.Job.kind == "test.line")
        return [one.payload for one in reading.scalars(query)]


def left() -> list[jobs.Job]:
    with read_only() as session:
        return list(session.scalars(select(jobs.Job).where(jobs.Job.kind != "test.line")))


@handlers.register("test.count")
def count(uow: UnitOfWork, payload: JsonObject) -> None:
    """Note how many of its group were there before it."""
    query = select(jobs.Job.payload).where(jobs.Job.kind == "test.line")
    before = sum(one["group"] == payload["group"] for one in uow.session.scalars(query))
    uow.jobs.add("test.line", {**payload, "before": before}, run_at=uow.now + NEVER)


@handlers.register("test.poison")
def poison(uow: UnitOfWork, payload: JsonObject) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def worker(url: str, kill_at: int | None = None) -> Callable[[], None]:
    """A life at the queue; its clock is that of whoever forks it."""

    def life() -> None:
        if kill_at is not None:
            faults.arm(faults.ANY, kill_at)
        db.configure(url)
        jobs.drain(sweeping=False)

    return life


def generation(url: str, *lives: Callable[[], None]) -> list[int]:
    """Let workers live at once, each in a process of its own."""
    db.database().dispose()  # no connection of ours is theirs
    return [end(child) for child in [begin(life) for life in lives]]


def test_four_workers_killed_at_random_do_all_jobs_once_and_each_group_in_order(
    ravand_both: MovableClock, db_both: Database
) -> None:
    with unit_of_work() as uow:
        for n in range(EACH):
            for group in range(GROUPS):
                told = {"group": group, "n": n}
                uow.jobs.add("test.count", told, group=f"g{group}", max_attempts=50)
    chance, killed = random.Random(405), 0

    for turn in range(30):
        kill_at = [chance.randint(2, 25) if turn < 6 else None for _ in range(WORKERS)]
        ends = generation(db_both.url, *(worker(db_both.url, one) for one in kill_at))
        killed += ends.count(-signal.SIGKILL)
        ravand_both.move(minutes=3)
        if not left():
            break

    assert killed >= 3
    assert left() == []
    done = sorted((one["group"], one["n"], one["before"]) for one in lines())
    assert done == [(group, n, n) for group in range(GROUPS) for n in range(EACH)]


def test_a_job_that_kills_its_workers_takes_no_other_along(
    ravand: MovableClock, db_sqlite: Database
) -> None:
    with unit_of_work() as uow:
        uow.jobs.add("test.poison", {}, max_attempts=3)
        for n in range(5):
            uow.jobs.add("test.count", {"group": 1, "n": n}, max_attempts=3)

    for _turn in range(12):  # a life ends after a second, however little a busy machine let it do
        generation(db_sqlite.url, worker(db_sqlite.url))
        ravand.move(minutes=3)

    assert [(one.kind, one.state) for one in left()] == [("test.poison", "failed")]
    assert sorted(one["n"] for one in lines()) == list(range(5))


class Pausing:
    """Stops its own process in the middle of a call, the first time."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def prepare(self, uow: UnitOfWork, payload: JsonObject) -> JsonObject:
        return payload

    def act(self, request: JsonObject) -> str:
        if not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGSTOP)
            return "the one that slept"
        return "the one that took over"

    def settle(self, uow: UnitOfWork, payload: JsonObject, result: str) -> None:
        uow.jobs.add("test.line", {"by": result}, run_at=uow.now + NEVER)


def test_a_worker_that_slept_past_its_lease_changes_nothing_when_it_wakes(
    ravand_both: MovableClock, db_both: Database, tmp_path: Path
) -> None:
    outside.add("test.pausing", Pausing(tmp_path / "slept"))
    with unit_of_work() as uow:
        uow.jobs.add("test.pausing", {})
    db_both.dispose()

    sleeper = begin(worker(db_both.url))
    _, status = os.waitpid(sleeper, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    ravand_both.move(minutes=3)
    assert generation(db_both.url, worker(db_both.url)) == [0]
    os.kill(sleeper, signal.SIGCONT)

    assert end(sleeper) == 0
    assert lines() == [{"by": "the one that took over"}]
    assert left() == []


@pytest.mark.parametrize("room", [5_000, 60_000, 150_000])
def test_a_full_disk_stops_a_case_and_room_lets_it_go_on(tmp_path: Path, room: int) -> None:
    template, place = tmp_path / "template", tmp_path / "full"
    assert live(lambda: twelve.build(template))[0] == 0
    shutil.copytree(template, place)
    expected = live(lambda: _played(template))[1]

    def cramped() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        twelve.play(place)

    assert live(cramped)[0] == 1, "it stops with an error"
    assert live(lambda: _played(place))[1] == expected
    assert expected["wrong"] == []


def _played(folder: Path) -> JsonObject:
    twelve.play(folder)
    return twelve.outcome(folder)
