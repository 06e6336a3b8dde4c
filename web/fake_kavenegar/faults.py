"""Faults that the fake commits on demand, so that ours are found before a customer's are."""

from __future__ import annotations

from dataclasses import dataclass

# Nothing was done for the caller: the text was not taken.
IDLE = ("page500", "page200", "cut", "empty", "no_entries", "code", "hidden_code", "redirect")
# The text was taken, whatever the answer looks like.
DONE = (
    "delay",
    "accept_then_silence",
    "half",
    "trickle",
    "trickle_head",
    "huge",
    "stranger",
    "no_rows",
    "wrong_http",
)
KINDS = (*IDLE, *DONE)


@dataclass
class Fault:
    """What goes wrong with the next `times` calls of `method` (None: of any method).

    Args:
        kind: without the work done: `page500`, `page200` answer an HTML page; `cut` closes the
            connection before the call is read; `empty` answers 200 with no body; `no_entries`
            answers 200 without entries; `code` answers with the return code `code`;
            `hidden_code` does so under the HTTP status 200; `redirect` points to `to`.
            With the work done: `delay` does it late; `accept_then_silence` waits and closes
            without a word; `half` dies in the middle of its answer; `trickle` sends a byte every
            `seconds`, `trickle_head` does so from the status line on; `huge` goes on for 64 MiB;
            `stranger` speaks of another phone and number; `no_rows` speaks of no text;
            `wrong_http` answers well under the HTTP status 500.
        wait: the header `Retry-After` of `code` and `page500`, which is a 503 then.
        seconds: how long `delay` and `accept_then_silence` wait, and a trickle between two bytes.
    """

    kind: str
    method: str | None = None
    times: int = 1
    seconds: float = 0.0
    code: int = 409
    to: str = ""
    wait: str = ""

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
