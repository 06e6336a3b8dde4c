"""CPU seconds of a process and everything it started, to the nanosecond."""

import os
import time
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_SCHEDULED = 2  # of Linux's per-process clocks: the time it was given, user and system


def cpu_of_tree(pid: int) -> float:
    """User and system time of the living tree, and of children that have ended."""
    return sum(_running(one) + _ended(one) for one in _tree(pid))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        children = (task / "children").read_text().split()
        for child in children:
            found += _tree(int(child))
    return found


def _running(pid: int) -> float:
    """The process's own clock (`clock_getcpuclockid`); `/proc/<pid>/stat` counts in 10 ms."""
    return time.clock_gettime(~pid << 3 | _SCHEDULED)


def _ended(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(fields[index]) for index in (13, 14)) / _TICKS


def peak_memory_of_tree(pid: int) -> float:
    """MB that the processes of a living tree had in memory at most, shared pages in each."""
    return sum(_peak(one) for one in _tree(pid))


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
