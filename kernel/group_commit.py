"""SQLite: units of work that wait for their turn share one durable commit, and nothing else.

SQLite has one writer, and a commit waits for the disk. A unit that ends while others wait hands
the open transaction on; the last of them commits for all. Each has a savepoint, so that one
that fails is undone alone. None of them is answered before the commit is on disk; if that fails,
it fails for each of them.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from kernel.db_session import UnitSession
from kernel.fairlock import FairLock

MOST = 16  # units in one commit
LONGEST = 0.03


class _Group:
    """The units whose commit has not come yet."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.size = 0
        self.ended = threading.Event()
        self.error: DBAPIError | None = None

    def wait(self) -> None:
        """Return when the commit is on disk.

        Raises: DBAPIError when it never will be.
        """
        self.ended.wait()
        if self.error is not None:
            raise copy(self.error)


class GroupCommit:
    """Whoever has the turn to write has the one connection, and whatever transaction is open on it.

    Args:
        connect: opens a connection whose transactions begin IMMEDIATE.
        longest: seconds after which nobody else joins a group.
    """

    def __init__(self, connect: Callable[[], Connection], longest: float = LONGEST) -> None:
        self.turn, self.longest = FairLock(), longest
        self._connect = connect
        self._kept: Connection | None = None
        self._group: _Group | None = None

    @contextmanager
    def unit(self) -> Iterator[UnitSession]:
        """A session whose `commit` leaves what it did to the group; on disk once the block ends."""
        self.turn.acquire()
        joined = None
        try:
            with UnitSession(self._connection(), shared=True) as session:
                yield session
            if session.is_kept:
                joined = self._join()
        finally:
            self._hand_on()
        if joined is not None:
            joined.wait()

    def take_turn(self) -> Callable[[], None]:
        """Wait until nothing is open and nobody writes; call what it returns when done."""
        self.turn.acquire()
        self._commit()
        return self.turn.release

    def close(self, patience: float) -> None:
        """Close the connection, as soon as nobody writes; after `patience` seconds anyhow."""
        mine = self.turn.acquire(patience)
        try:
            if mine:
                self._commit()
            self._drop()
        finally:
            if mine:
                self.turn.release()

    def _drop(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _connection(self) -> Connection:
        if self._kept is None or self._kept.invalidated:
            self._kept = self._connect()
        return self._kept

    def _join(self) -> _Group:
        self._group = self._group or _Group()
        self._group.size += 1
        return self._group

    def _hand_on(self) -> None:
        try:
            if self._group is not None and not self._may_grow(self._group):
                self._commit()
        finally:
            self.turn.release()

    def _may_grow(self, group: _Group) -> bool:
        is_full = group.size >= MOST or time.monotonic() - group.began >= self.longest
        return not is_full and self.turn.waiting() > 0 and self._is_open()

    def _commit(self) -> None:
        group, self._group = self._group, None
        if group is None:
            return
        transaction = self._connection().get_transaction()
        group.error = OperationalError("COMMIT", None, sqlite3.OperationalError("it did not end"))
        try:
            if transaction is not None and self._is_open():
                transaction.commit()
                group.error = None
        except DBAPIError as error:
            group.error = error
        finally:
            if group.error is not None:
                self._connection().invalidate()  # SQLite may have left the transaction open
                self._drop()
            group.ended.set()

    def _is_open(self) -> bool:
        """Whether SQLite thinks so too: a full disk lets it roll everything back by itself."""
        raw = self._connection().connection.driver_connection
        return raw is not None and bool(raw.in_transaction)
