"""One program that the supervisor keeps running."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LONGEST_DELAY = 10.0
_STEADY = 5.0  # seconds of life after which a death is an accident and no habit


@dataclass(frozen=True)
class Service:
    """How to start a program, how to know that it serves, how to end it.

    `ready` is asked until it is true; None: the program says so itself, by systemd's protocol.
    `descriptors` are open files that it inherits under the same numbers.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    ends_by: signal.Signals = signal.SIGTERM
    patience: float = 20.0  # seconds between that signal and force
    descriptors: tuple[int, ...] = ()
    user: str | None = None
    rolls: bool = False  # replaced in a rolling restart


class Running:
    """A service's process, the present one or the last."""

    def __init__(self, service: Service, run: Path, log: Path) -> None:
        self.service = service
        self.log = log
        self.is_ready = False
        self.is_ending = False
        self.start_again_at: float | None = None
        self._deaths = 0
        self._address = run / f"{service.name}.ready"
        self._ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._ear.bind(str(self._address))
        self._ear.setblocking(False)
        self.process = self._begin()

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self.process.poll() is not None

    def begin(self) -> None:
        """Start it once more."""
        self.is_ready = self.is_ending = False
        self.start_again_at = None
        self._hear()  # what the former one may have said last
        self.process = self._begin()

    def end(self) -> None:
        """Ask it to end; what becomes of it then is no surprise."""
        self.is_ending = True
        if not self.has_ended:
            self.process.send_signal(self.service.ends_by)

    def force(self) -> None:
        """End it, and what it started, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()

    def look(self) -> None:
        """Notice that it serves now."""
        if not self.is_ready:
            ready = self.service.ready
            self.is_ready = self._hear() if ready is None else ready()

    def plan_restart(self) -> str:
        """It ended by itself: start it again, later each time it does not last; how it ended."""
        lived = time.monotonic() - self._began
        self._deaths = 0 if lived > _STEADY else self._deaths + 1
        delay = min(0.1 * 2**self._deaths, _LONGEST_DELAY)
        self.start_again_at = time.monotonic() + delay
        status = self.process.returncode
        return f"status {status}" if status >= 0 else signal.Signals(-status).name

    def close(self) -> None:
        """Forget how it would have said that it is ready."""
        self._ear.close()
        self._address.unlink(missing_ok=True)

    def _begin(self) -> "subprocess.Popen[bytes]":
        self._began = time.monotonic()
        service = self.service
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 our own list
                service.command,
                env={**service.environment, "NOTIFY_SOCKET": str(self._address)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=service.descriptors,
                process_group=0,  # Ctrl+C reaches the supervisor alone, which knows the order
                cwd="/",
                user=service.user,
                group=service.user,
                preexec_fn=_end_with_parent(service.ends_by),
            )

    def _hear(self) -> bool:
        heard = False
        while True:
            try:
                heard |= b"READY=1" in self._ear.recv(4096).split(b"\n")
            except BlockingIOError:
                return heard


def _end_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Let a child receive `number` when the supervisor dies by force (Linux)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def ask_the_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))

    return ask_the_kernel
