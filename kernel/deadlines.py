"""A limit for a whole conversation, where the library only limits each of its silences.

A server that says one byte a second never falls silent: without this it holds a worker for as
long as it likes.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Cutter:
    """Cuts the lines it is shown when the time is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[socket.socket] = []
        self.over = False

    def watch(self, line: socket.socket) -> None:
        """Cut this line, too: at once when the time is over already."""
        with self._lock:
            self._lines.append(line)
            over = self.over
        if over:
            _cut(line)

    def cut(self) -> None:
        """The time is over: whoever reads or writes finds the line closed."""
        with self._lock:
            self.over = True
            lines = list(self._lines)
        for line in lines:
            _cut(line)


@contextmanager
def within(seconds: float) -> Iterator[Cutter]:
    """Give what happens inside no more than `seconds` in all, as far as its lines are shown."""
    cutter = Cutter()
    timer = threading.Timer(seconds, cutter.cut)
    timer.daemon = True
    timer.start()
    try:
        yield cutter
    finally:
        timer.cancel()


def _cut(line: socket.socket) -> None:
    # Not the line's own method: one that is encrypted would want to say farewell first.
    with suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)
