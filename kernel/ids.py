"""Identifiers that sort by the order in which this process made them."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A version 7 UUID: milliseconds, 12 bits that count within one, 62 random bits.

    Source: RFC 9562, 5.7 and 6.2 method 1.
    """
    global _last
    with _lock:
        # 60 bits: milliseconds and counter; a clock that steps back does not step the ids back.
        _last = max(_last + 1, (time.time_ns() // 1_000_000) << 12)
        stamp = _last
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64
    return UUID(int=value | 0x2 << 62 | int.from_bytes(os.urandom(8), "big") >> 2)
