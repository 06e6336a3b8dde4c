"""kill -9 at random while people work: what was answered stays, what was not is asked again.

In each of the four set-ups, with web and workers as processes of their own. Two of them, and a
short while, in `make test`; all of them, for longer, in `make test-faults`.
"""

import os
import random
import signal
from pathlib import Path

import pytest

from tests.faults.oracle import looked_back, settle
from tests.faults.people import Tally, work
from tests.matrix.cells import Cell, cell
from tests.requirements import requirement

ALL = bool(os.environ.get("RAVAND_TEST_FAULTS"))
CLERKS, EACH, KILLS = (6, 12, 25) if ALL else (2, 2, 2)
SHORT = [("sqlite", "thread"), ("postgres", "rq")]
SET_UPS = [*SHORT, ("sqlite", "rq"), ("postgres", "thread")] if ALL else SHORT


@requirement("A08")
@pytest.mark.parametrize(("database", "runner"), SET_UPS)
def test_killed_at_random_under_load_nothing_is_lost_and_nothing_happens_twice(
    product_template: Path,
    tmp_path: Path,
    database: str,
    runner: str,
    request: pytest.FixtureRequest,
) -> None:
    postgres = request.getfixturevalue("postgres") if database == "postgres" else None
    redis_url = request.getfixturevalue("redis_url") if runner == "rq" else None
    with cell(product_template, tmp_path / "data", postgres, redis_url) as one:
        # when
        tally, chance, killed, answered = Tally(), random.Random(406), 0, 0
        people = work(one.url, tally, CLERKS, EACH)
        while killed < KILLS and tally.wait_for(answered := answered + chance.randint(4, 10)):
            part = sorted(one.programs)[killed % len(one.programs)]
            strike(one, part, whole=killed == 0 or chance.random() < 0.5)
            killed += 1
            one.clock.move(minutes=3)  # leases of the dead run out
        people.join()
        settle(one)

        # then
        cases = CLERKS * EACH
        assert killed == KILLS
        assert tally.again >= 1
        assert looked_back(one.sms) == {
            "cases": {"completed": cases},
            "answers": 2 * cases,
            "texts": cases,
            "taken": cases,
            "wrong": [],
        }


def strike(one: Cell, part: str, *, whole: bool) -> None:
    """Kill a part of the set-up and start it again, or kill what it will start again itself."""
    program = one.programs[part]
    children = program.processes()[1:]
    if children and not whole:
        os.kill(children[-1], signal.SIGKILL)
        return
    program.kill()
    one.start(part)
