"""The embedded runner: one thread in the web process drains the queue."""

import logging
import threading
import time
from collections.abc import Callable

from kernel.jobs import heartbeat
from kernel.jobs.runner import AT_ONCE, drain
from kernel.queue import on_wake

log = logging.getLogger("ravand.jobs")

SWEEP_EVERY = 1.0  # seconds; a timer is late by at most this much at rest


class EmbeddedRunner:
    """Starts with `start`, ends with `stop`; both are safe to call twice."""

    def __init__(self) -> None:
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._unhook: Callable[[], None] = _nothing

    def start(self) -> None:
        """Begin draining."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._unhook = on_wake(self._bell.set)
        self._thread = threading.Thread(target=self._loop, name="ravand-jobs", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 10) -> None:
        """Finish the job in hand and end the thread."""
        if self._thread is None:
            return
        self._stopping.set()
        self._bell.set()
        self._thread.join(timeout)
        self._unhook()
        self._thread = None

    def _loop(self) -> None:
        next_sweep, rung = 0.0, False
        while not self._stopping.is_set():
            self._bell.clear()
            heartbeat.beat()
            sweeping = time.monotonic() >= next_sweep
            if sweeping:
                next_sweep = time.monotonic() + SWEEP_EVERY
            try:
                ran = drain(sweeping=sweeping, rung=rung)
            except Exception:
                log.exception("draining failed")
                ran = 0
            rung = ran >= AT_ONCE or self._bell.wait(max(0.0, next_sweep - time.monotonic()))


def _nothing() -> None:
    """Before the first start there is nothing to unhook."""
