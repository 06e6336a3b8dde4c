"""Processes that write to one SQLite file let each other pass.

SQLite's own lock is retried after rests of up to 100 ms; a process that writes without a break
would hardly ever leave it free at just that instant. So whoever wants to begin holds the gate
until it has begun, and the one who was first cannot begin again before.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 15.0  # seconds; after that SQLite's own lock alone decides
REST = 0.002


class Gate:
    """A lock between processes, in a file beside the database; threads take turns before it."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}-gate")
        self._file: int | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else begins while the block lasts."""
        until = time.monotonic() + PATIENCE
        while not (mine := self._try()) and time.monotonic() < until:
            time.sleep(REST)
        try:
            yield
        finally:
            if mine:
                fcntl.lockf(self._opened(), fcntl.LOCK_UN)

    def close(self) -> None:
        """Forget the file; it is opened again when needed."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _try(self) -> bool:
        try:
            fcntl.lockf(self._opened(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):  # either, says POSIX
            return False
        return True

    def _opened(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file
