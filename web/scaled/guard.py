"""Whoever looks after all processes may die, too; then it is started again, and they with it.

The guard does nothing else, so that it has little to die of. When it is killed itself, what it
guards goes on without it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

_PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 20.0  # seconds that what lost its supervisor has to end by itself
LOOK_EVERY = 0.05
FIRST_PAUSE, LONGEST_PAUSE, CALM = 0.2, 30.0, 60.0  # seconds; a calm life begins the count anew


class Guard:
    """Runs a command until it ends by itself, or until SIGINT or SIGTERM, which are passed on.

    Args:
        command: of a process whose children end when it dies.
        say: told what happens, for people.
    """

    def __init__(self, command: Sequence[str], say: Callable[[str], None]) -> None:
        self._command, self._say = list(command), say
        self._pid: int | None = None
        self._leaving = False

    def run(self) -> int:
        """The status with which it ended."""
        if sys.platform == "linux":
            # Who loses the supervisor becomes our child, so we know when all of them are gone.
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._pass_on)
        pause = FIRST_PAUSE
        while True:
            began = time.monotonic()
            status = self._live()
            if status >= 0 or self._leaving:
                return max(status, 0)
            self._say(f"the supervisor ended ({signal.Signals(-status).name}); all start again.")
            _clear_away()
            pause = FIRST_PAUSE if time.monotonic() - began > CALM else pause * 2
            time.sleep(min(pause, LONGEST_PAUSE))

    def _live(self) -> int:
        # A process group of its own: Ctrl+C reaches it once, through us.
        child = subprocess.Popen(self._command, process_group=0)  # noqa: S603 our own words
        self._pid = child.pid
        if self._leaving:
            self._pass_on(signal.SIGTERM, None)
        while True:
            pid, status = os.waitpid(-1, 0)  # others are those whose own parent died
            if pid == child.pid:
                self._pid = None
                child.returncode = os.waitstatus_to_exitcode(status)
                return child.returncode

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._leaving = self._leaving or number != signal.SIGHUP
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, number)


def _clear_away() -> None:
    """Return when nothing is left of the life before."""
    until = time.monotonic() + PATIENCE
    while _any_left():
        if time.monotonic() > until:
            for pid in _children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        time.sleep(LOOK_EVERY)


def _any_left() -> bool:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
        return True
    return False


def _children() -> list[int]:
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    return [int(pid) for pid in own.read_text().split()]
