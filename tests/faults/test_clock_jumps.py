"""Clocks that jump ahead and back, and clocks that are wrong: everything once, nothing lost."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel import clock
from kernel.clock import SystemClock
from kernel.db import Database
from kernel.job_table import INSIDE
from kernel.queue import claim, lanes_due
from kernel.uow import read_only, unit_of_work
from tests.matrix import story
from tests.matrix.cells import Cell, cell, furnished

ALL = bool(os.environ.get("RAVAND_TEST_FAULTS"))
SHORT = [("sqlite", "thread")]
SET_UPS = [*SHORT, ("sqlite", "rq"), ("postgres", "thread"), ("postgres", "rq")] if ALL else SHORT


@pytest.fixture(scope="module")
def template(product_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(product_template, tmp_path_factory.mktemp("jumps") / "template")


def jumping(one: Cell, **parts: int) -> None:
    """To the instant where the clock should be, by way of a day before it and half a day after.

    Half a day: long enough for every timer of the story, within what a session lives.
    """
    story.steadily(one, **parts)
    for hours in (-24, 36, -12):
        one.wait(one.idle, "machines did what was theirs")
        one.clock.move(hours=hours)


@pytest.mark.parametrize(("database", "runner"), SET_UPS)
def test_a_clock_that_jumps_ahead_and_back_fires_each_timer_once(
    template: Path, tmp_path: Path, database: str, runner: str, request: pytest.FixtureRequest
) -> None:
    postgres = request.getfixturevalue("postgres") if database == "postgres" else None
    redis_url = request.getfixturevalue("redis_url") if runner == "rq" else None
    with cell(template, tmp_path / "data", postgres, redis_url) as one:
        story.play(one, jumping)
        told = story.told(one)

    assert once(told, "timer") == {"pause": 1, "late": 1}
    assert once(told, "machine") == {"check": 1}
    assert once(told, "completed") == {"ask": 1, "sign": 1}
    assert [status for _, _, status, _, _ in told["cases"]] == ["completed"] * 3
    assert told["texts"] == [[story.MOBILE, "done"]]
    assert (told["calls"], told["wrong"]) == (1, [])


def once(told: dict[str, Any], kind: str) -> dict[str, int]:
    """How often each element did something of a kind."""
    return dict(Counter(element for _, what, element, _ in told["history"] if what == kind))


class WrongClock(SystemClock):
    """A machine's own clock that is ahead, or behind."""

    def __init__(self, **parts: float) -> None:
        self._by = timedelta(**parts)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._by


def at(wrong: SystemClock, database: Database) -> list[dict[str, Any]]:
    """What a worker with this clock takes."""
    before = clock.use(wrong)
    try:
        with read_only(database) as session:
            if not lanes_due(session, clock.now(), (INSIDE,)):
                return []
        with unit_of_work(db=database) as uow:
            return [one.payload for one in claim(uow.session, uow.now, 10)]
    finally:
        clock.use(before)


def test_a_worker_whose_clock_is_wrong_takes_no_job_from_another_and_none_too_early(
    db_postgres: Database,
) -> None:
    right = SystemClock()
    before = clock.use(right)
    try:
        with unit_of_work() as uow:
            uow.jobs.add("test.nothing", {"n": 1}, run_at=uow.now - timedelta(seconds=5))
            uow.jobs.add("test.nothing", {"n": 2}, run_at=uow.now + timedelta(minutes=30))
    finally:
        clock.use(before)

    assert at(WrongClock(hours=-2), db_postgres) == [{"n": 1}], "late clocks see what is due"
    assert at(WrongClock(hours=2), db_postgres) == []
    assert at(right, db_postgres) == []
