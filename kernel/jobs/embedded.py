"""The embedded runner: threads of the web process drain the queue."""

from collections.abc import Callable

from kernel.db import database
from kernel.jobs import heartbeat
from kernel.jobs.leases import Leases
from kernel.jobs.succession import succeed
from kernel.jobs.threads import Threads
from kernel.queue import on_wake

LOOK_EVERY = 1.0  # seconds; a timer is late by at most this much at rest


class EmbeddedRunner:
    """Starts with `start`, ends with `stop`; both are safe to call twice."""

    def __init__(self, leases: Leases | None = None) -> None:
        self._threads = Threads(LOOK_EVERY, heartbeat.beat, leases)
        self._unhook: Callable[[], None] | None = None

    def start(self) -> None:
        """Begin draining, also what a process held that died."""
        if self._unhook is None:
            succeed(database())
            self._unhook = on_wake(self._threads.ring)
            self._threads.start()

    def stop(self, timeout: float = 10) -> None:
        """Finish the jobs in hand and end the threads."""
        if self._unhook is not None:
            self._unhook()
            self._unhook = None
            self._threads.stop(timeout)
