"""A lock that serves its waiters in the order in which they came.

SQLite has one writer. Its own busy handler sleeps and retries, so under load some writers
starve for seconds; taking turns in the process keeps the slowest near the mean.
"""

import threading
from collections import deque


class FairLock:
    """First come, first served. Not re-entrant."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, patience: float | None = None) -> bool:
        """Wait for the turn, then hold the lock; False after `patience` seconds in vain."""
        with self._guard:
            if not self._held and not self._waiting:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(patience):
            return True
        with self._guard:
            if turn.is_set():  # it came just now
                return True
            self._waiting.remove(turn)
            return False

    def release(self) -> None:
        """Hand the lock to the next in line, or free it."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False

    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)
