"""Processes that write to one SQLite file show that they live, until they end, however they end.

Each holds a file beside the database locked with others from its first write on. Whoever can lock
it alone knows that everybody who wrote before has ended: the system takes the locks of a process
away when it dies, not before. The lock is that of the open file (flock): a process that is stopped
keeps it, a fork shares it, and a second database object of one process counts as another process.
"""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 15.0  # seconds; nobody is alone for as long, unless it was stopped
REST = 0.002


class Presence:
    """This database object's part in it. Where files cannot be locked, nobody is ever alone."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}-writers")
        self._file: int | None = None
        self._guard = threading.Lock()

    def show(self) -> None:
        """Be seen by others; asked before every write."""
        if self._file is not None:
            return
        with self._guard:
            if self._file is None:
                self._file = self._opened()
                _share(self._file)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether everybody else who ever wrote has ended. While the block lasts nobody begins to.

        Whoever has written already through this very object is not told.
        """
        with self._guard:
            alone = self._file is None and self._take()
        try:
            yield alone
        finally:
            if alone and self._file is not None:
                _share(self._file)

    def leave(self) -> None:
        """Be gone, until the next write."""
        with self._guard:
            if self._file is not None:
                os.close(self._file)  # never unlocked: a fork may share it
                self._file = None

    def _take(self) -> bool:
        file = self._opened()
        if not _locked(file, fcntl.LOCK_EX):
            os.close(file)
            return False
        self._file = file
        return True

    def _opened(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _share(file: int) -> None:
    until = time.monotonic() + PATIENCE
    while not _locked(file, fcntl.LOCK_SH) and time.monotonic() < until:
        time.sleep(REST)


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or this file system knows no locks
        return False
    return True
