"""Start programs in order, start again what dies, replace one by one, end in reverse order."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from kernel.errors import Unavailable
from web.scaled.service import Running, Service

LOOK_EVERY = 0.1
START_WITHIN = 120.0


class NotStarted(Unavailable):
    """A part of the scaled set-up does not come up."""

    code = "web.service-not-started"


class Supervisor:
    """Keeps services running while the `with` block lasts, then ends them, the last one first.

    SIGHUP replaces those that roll, one after the other; SIGINT and SIGTERM leave the block.

    Args:
        run: an empty folder with a short path, for sockets.
        logs: each service's output goes to `<name>.log` in it.
        say: told what happens, for people.
    """

    def __init__(self, run: Path, logs: Path, say: Callable[[str], None]) -> None:
        self._run, self._logs, self._say = run, logs, say
        self._all: list[Running] = []
        self._roll_asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Supervisor":
        self._logs.mkdir(parents=True, exist_ok=True)
        for number, handler in (
            (signal.SIGINT, _leave),
            (signal.SIGTERM, _leave),
            (signal.SIGHUP, self._ask_roll),
        ):
            self._before[number] = signal.signal(number, handler)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in self._before:
            signal.signal(number, signal.SIG_IGN)  # ending has begun; a second Ctrl+C adds nothing
        for one in reversed(self._all):
            self._end(one, tending=False)
            one.close()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def start(self, *services: Service) -> None:
        """Start all of these at once; returns when each of them serves.

        Raises: NotStarted
        """
        begun = []
        for service in services:
            begun.append(Running(service, self._run, self._logs / f"{service.name}.log"))
            self._all.append(begun[-1])
        for one in begun:
            self._await_ready(one)

    def watch(self) -> None:
        """Until SIGINT or SIGTERM."""
        try:
            while True:
                if self._roll_asked:
                    self._roll_asked = False
                    self._roll()
                self._tend()
        except KeyboardInterrupt:
            return

    def _tend(self) -> None:
        """Look after each once, then rest a moment."""
        for one in self._all:
            if one.is_ending:
                continue
            if one.start_again_at is not None:
                if time.monotonic() >= one.start_again_at:
                    one.begin()
            elif one.has_ended:
                self._say(f"{one.service.name} ended ({one.plan_restart()}); it is started again.")
            else:
                one.look()
        time.sleep(LOOK_EVERY)

    def _roll(self) -> None:
        rolling = [one for one in self._all if one.service.rolls]
        for one in rolling:
            self._end(one, tending=True)
            one.begin()
            self._await_ready(one)
            self._say(f"{one.service.name} was replaced.")
        self._say(f"All {len(rolling)} were replaced.")

    def _await_ready(self, one: Running) -> None:
        until = time.monotonic() + START_WITHIN
        while not one.is_ready:
            if time.monotonic() > until:
                raise NotStarted(name=one.service.name, log=str(one.log))
            self._tend()

    def _end(self, one: Running, *, tending: bool) -> None:
        one.end()
        until = time.monotonic() + one.service.patience
        while not one.has_ended and time.monotonic() < until:
            self._tend() if tending else time.sleep(LOOK_EVERY / 2)
        one.force()

    def _ask_roll(self, _number: int, _frame: FrameType | None) -> None:
        self._roll_asked = True


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
