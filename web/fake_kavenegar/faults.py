"""Faults that the fake commits on demand, so that ours are found before a customer's are."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

KINDS = ("delay", "page500", "cut", "empty", "no_entries", "accept_then_silence", "code")


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `method` (None: of any method).

    Args:
        kind: `delay` answers late; `page500` answers an HTML page; `cut` closes the connection
            before the call is read; `empty` answers 200 with no body; `no_entries` answers 200
            without entries and does nothing; `accept_then_silence` does the work, waits and
            closes without a word; `code` answers with the return code `code`.
        seconds: how long `delay` and `accept_then_silence` wait.
    """

    kind: str
    method: str | None = None
    times: int = 1
    seconds: float = 0.0
    code: int = 409

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(self.kind)


def take(faults: list[Fault], method: str) -> Fault | None:
    """The first fault that fits this call, used up by one."""
    for fault in faults:
        if fault.method in (None, method):
            fault.times -= 1
            if fault.times <= 0:
                faults.remove(fault)
            return fault
    return None


def hang_up(environ: dict[str, Any]) -> None:
    """Close the client's connection now; whatever is written afterwards goes nowhere."""
    connection = environ.get("werkzeug.socket") or environ.get("gunicorn.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
