"""What this machine gives at this minute, printed beside every figure."""

import os
import tempfile
import time
from pathlib import Path

from benchmarks.result import Result


def probes() -> list[Result]:
    """Durable writes per second, and a fixed amount of Python in milliseconds of CPU."""
    return [
        Result("probe: fdatasync of 4 KB", fdatasync(), "per second", better="more"),
        Result("probe: fixed loop", _loop(), "ms CPU"),
    ]


def fdatasync(seconds: float = 1.0) -> float:
    """Durable appends of 4 KB per second, on the disk of temporary files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "probe"
        handle = os.open(path, os.O_CREAT | os.O_WRONLY)
        count, began = 0, time.monotonic()
        while time.monotonic() - began < seconds:
            os.write(handle, b"x" * 4096)
            os.fdatasync(handle)
            count += 1
        os.close(handle)
        return count / (time.monotonic() - began)


def _loop() -> float:
    began = time.process_time()
    total = 0
    for number in range(2_000_000):
        total += number & 7
    assert total
    return (time.process_time() - began) * 1000
