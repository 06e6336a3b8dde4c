"""The threads of a runner: one sweeps and moves cases, some call outside, one renews leases."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from kernel.job_table import INSIDE, LANES, OUTSIDE
from kernel.jobs.leases import Leases
from kernel.jobs.runner import AT_ONCE, drain
from kernel.jobs.sweeping import give_up_sweeping, seconds_to_next

log = logging.getLogger("ravand.jobs")

CALLS_AT_ONCE = 3  # one provider that hangs leaves the others their ways out


class Bell:
    """Wakes one of those who wait at it; a ring that nobody hears is kept, once."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = False

    def ring(self) -> None:
        """There is work."""
        with self._condition:
            self._rung = True
            self._condition.notify()

    def wait(self, seconds: float) -> bool:
        """Whether it rang before the time was over."""
        with self._condition:
            rung = self._condition.wait_for(lambda: self._rung, seconds)
            self._rung = False
            return rung


class Threads:
    """Starts with `start`, ends with `stop`; both are safe to call twice.

    Args:
        every: seconds between two looks at the database when nobody rings.
        beat: told at each look that this process lives.
        leases: of the jobs that these threads hold.
    """

    def __init__(
        self, every: float, beat: Callable[[], None], leases: Leases | None = None
    ) -> None:
        self._every, self._beat = every, beat
        self.leases = leases or Leases()
        self._bells = {lane: Bell() for lane in LANES}
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin draining."""
        if self._threads:
            return
        self._stopping.clear()
        self._begin("jobs", self._move)
        for number in range(CALLS_AT_ONCE):
            self._begin(f"calls-{number + 1}", self._call)
        self._begin("leases", lambda: self.leases.renew_until(self._stopping))

    def ring(self, lanes: frozenset[str] = frozenset(LANES)) -> None:
        """There is work in these lanes."""
        for lane in lanes:
            self._bells[lane].ring()

    def is_stopping(self) -> bool:
        """Whether no further job is to be begun."""
        return self._stopping.is_set()

    def stop(self, timeout: float = 10) -> None:
        """Finish the jobs in hand, give back those behind them, and end the threads.

        A call that hangs for longer than `timeout` seconds ends with the process; what became of
        it is asked for afterwards.
        """
        if not self._threads:
            return
        self._stopping.set()
        until = time.monotonic() + timeout
        while any(one.is_alive() for one in self._threads) and time.monotonic() < until:
            self.ring()
            for one in self._threads:
                one.join(min(0.05, max(0.0, until - time.monotonic())))
        self._threads.clear()
        try:
            give_up_sweeping()
        except DBAPIError as error:
            log.warning("the duty to sweep ends by itself: %s", type(error).__name__)

    def _begin(self, name: str, loop: Callable[[], None]) -> None:
        thread = threading.Thread(target=loop, name=f"ravand-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _move(self) -> None:
        next_sweep, rung = 0.0, False
        while not self._stopping.is_set():
            self._beat()
            sweeping = time.monotonic() >= next_sweep
            if sweeping:
                next_sweep = time.monotonic() + self._every
            ran = self._drain(INSIDE, sweeping=sweeping, rung=rung)
            next_sweep = min(next_sweep, time.monotonic() + self._seconds_to_next())
            rung = ran >= AT_ONCE or self._bells[INSIDE].wait(
                max(0.0, next_sweep - time.monotonic())
            )

    def _call(self) -> None:
        """Whoever finds a call to make wakes another, who looks for the next."""
        while not self._stopping.is_set():
            if self._drain(OUTSIDE) < AT_ONCE:
                self._bells[OUTSIDE].wait(self._every)

    def _seconds_to_next(self) -> float:
        try:
            seconds = seconds_to_next()
        except DBAPIError:
            return self._every
        return self._every if seconds is None else seconds

    def _drain(self, lane: str, *, sweeping: bool = False, rung: bool = False) -> int:
        try:
            return drain(
                lanes=(lane,),
                sweeping=sweeping,
                rung=rung,
                leases=self.leases,
                claimed=self._bells[lane].ring if lane == OUTSIDE else _nothing,
                stopping=self._stopping.is_set,
            )
        except DBAPIError as error:
            log.warning("the database does not answer (%s); looking again", type(error).__name__)
        except Exception:
            log.exception("draining failed")
        return 0


def _nothing() -> None: ...
