"""Thirteen nodes, cut at each write: after a restart the outcome is that of a quiet day.

Some of the points here; all of them with `make test-faults`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.requirements import requirement

ALL = bool(os.environ.get("RAVAND_TEST_FAULTS"))
STEP = 2 if ALL else 90
FIRST = (1, 2) if ALL else (7,)


def cuts(folder: Path, first: int, step: int) -> list[dict[str, Any]]:
    """The undisturbed outcome, then one line for each cut."""
    command = [sys.executable, "-m", "tests.faults.killing", str(folder), str(first), str(step)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3000)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


@requirement("A08")
@pytest.mark.parametrize("first", FIRST)
def test_cut_at_any_write_or_call_the_case_ends_as_if_nothing_had_been(
    tmp_path: Path, first: int
) -> None:
    whole, *lives = cuts(tmp_path, first, STEP)

    assert whole["points"] >= 200
    assert whole["expected"]["wrong"] == []
    assert whole["expected"]["provider"] == 1
    assert [life for life in lives if not life["good"]] == []
    assert len(lives) == len(range(first, whole["points"] + 1, STEP))
