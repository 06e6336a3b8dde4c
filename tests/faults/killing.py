"""Kills a process at one point after the other, restarts it, and looks at what became of it.

`python -m tests.faults.killing FOLDER FIRST STEP` prints a line of JSON for each point. Everything
is imported once; each life is a fork of this process, which itself never opens a database.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kernel import faults
from tests.faults import twelve

MANY = 10**9


def live(life: Callable[[], Any]) -> tuple[int, Any]:
    """The exit status of a fork that lives this life, and what it said at its end."""
    reader, writer = os.pipe()
    child = begin(life, writer)
    os.close(writer)
    with os.fdopen(reader) as told:
        said = told.read()
    return end(child), json.loads(said) if said else None


def begin(life: Callable[[], Any], writer: int | None = None) -> int:
    """The process of a fork that lives this life, beside this one."""
    child = os.fork()
    if child == 0:
        _live_and_die(life, writer)
    return child


def end(child: int) -> int:
    """How a fork ended; it is waited for."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _live_and_die(life: Callable[[], Any], writer: int | None) -> None:
    """A fork must never come back into the code of whoever forked it."""
    status = 1
    try:
        said = json.dumps(life())
        if writer is not None:
            os.write(writer, said.encode())
        status = 0
    finally:
        try:
            if status:
                traceback.print_exc()
        finally:  # printing fails, too, where a test took the disk away
            os._exit(status)


def undisturbed(folder: Path) -> Any:
    """The outcome of a life without a cut, with the number of its points."""
    faults.arm(faults.ANY, MANY)
    twelve.play(folder)
    return {"points": faults.passed(), **twelve.outcome(folder)}


def cut(folder: Path, number: int) -> None:
    """A life that ends at its `number`-th point."""
    faults.arm(faults.ANY, number)
    twelve.play(folder)


def again(folder: Path) -> Any:
    """The life after it."""
    twelve.play(folder)
    return twelve.outcome(folder)


def main(folder: Path, first: int, step: int) -> None:
    """Print the undisturbed outcome, then what differs after a cut at each chosen point."""
    template = folder / "template"
    status, _ = live(lambda: twelve.build(template))
    assert status == 0, "the installation could not be built"
    expected = _copied(template, folder / "whole", undisturbed)
    points = expected.pop("points")
    print(json.dumps({"points": points, "expected": expected}), flush=True)
    for number in range(first, points + 1, step):
        place = folder / f"cut{number}"
        shutil.copytree(template, place)
        status, _ = live(lambda: cut(place, number))  # noqa: B023 lived at once
        after = live(lambda: again(place))[1]  # noqa: B023 lived at once
        shutil.rmtree(place)
        good = status == -signal.SIGKILL and after == expected
        print(json.dumps({"point": number, "good": good, "after": None if good else after}))


def _copied(template: Path, place: Path, life: Callable[[Path], Any]) -> Any:
    shutil.copytree(template, place)
    status, said = live(lambda: life(place))
    assert status == 0, "the undisturbed life failed"
    return said


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
