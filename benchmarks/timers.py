"""Many cases that wait for a timer: at rest, when all of them fall due at once, and afterwards.

The same on both set-ups: SQLite with the thread runner, PostgreSQL with RQ workers. While the
timers fire, people look at pages. A timer that fires runs a script and opens a person's work.
"""

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from benchmarks.cpu import peak_memory_of_tree
from benchmarks.installation import installation
from benchmarks.probes import fdatasync
from benchmarks.result import Result
from benchmarks.scaled import Scaled, scaled
from benchmarks.visitors import looking
from benchmarks.waiting import Store, fill

CASES = int(os.environ.get("RAVAND_BENCH_CASES", "100000"))
WEB, WORKERS = 2, 2
IDLE = 10.0  # seconds
LONGEST = 900.0
SINGLE, APART = 24, 0.7  # timers at rest, and seconds between them
EMBEDDED = "SQLite FULL, thread runner"
SCALED = f"PostgreSQL fsync, {WORKERS} RQ workers"


@dataclass(frozen=True)
class Seen:
    """What one set-up gave: idle CPU in milliseconds a second, with no cases and with all."""

    name: str
    disk: float
    idle: float
    idle_full: float
    drained: float
    pages: list[float]
    memory: float
    late: list[float]


def run() -> list[Result]:
    """Both set-ups, one after the other."""
    return [line for one in (_embedded(), _scaled()) for line in _lines(one)]


@contextmanager
def _one(count: int) -> Iterator[Scaled]:
    with installation(prepare=partial(fill, count=count)) as one:
        yield Scaled([one.url], [one.pid], f"sqlite:///{one.database}", None, one.environment)


def _embedded() -> Seen:
    with _one(1) as site:
        idle = _idle(site)
    with _one(CASES) as site:
        return _measured(EMBEDDED, site, idle)


def _scaled() -> Seen:
    with scaled(WEB, WORKERS, partial(fill, count=1)) as site:
        idle = _idle(site)
    with scaled(WEB, WORKERS, partial(fill, count=CASES)) as site:
        return _measured(SCALED, site, idle)


def _measured(name: str, site: Scaled, idle: float) -> Seen:
    disk, idle_full = fdatasync(), _idle(site)
    with closing(Store(site.database)) as store:
        with looking(site.urls) as pages:
            store.make_due()
            began = time.monotonic()
            store.await_fired(LONGEST)
            drained = time.monotonic() - began
        memory = sum(map(peak_memory_of_tree, site.pids[-WORKERS:]))  # of those that fire
        store.judge(CASES)
        start = datetime.now(UTC) + timedelta(seconds=2)
        alone = store.add([start + timedelta(seconds=APART * one) for one in range(SINGLE)])
        store.await_fired(SINGLE * APART + 60)
        late = store.lateness(alone)
        store.judge(CASES + SINGLE)
    return Seen(name, disk, idle, idle_full, drained, pages, memory, late)


def _idle(site: Scaled) -> float:
    """Milliseconds of CPU a second of all servers, when nobody wants anything."""
    time.sleep(2)
    before, began = sum(site.cpu()), time.monotonic()
    time.sleep(IDLE)
    return (sum(site.cpu()) - before) * 1000 / (time.monotonic() - began)


def _lines(seen: Seen) -> list[Result]:
    count = f"{CASES:,}"
    return [
        Result(f"{count} timers due at once, {seen.name}: drained", seen.drained, "s", 300, 60),
        Result("… pages meanwhile, 95 of 100 within", _of_100(seen.pages, 95), "ms", 1000),
        Result("… memory of the processes that fire them, at most", seen.memory, "MB", 500),
        Result("… timer lateness at rest, the latest", max(seen.late), "s", 5, 1),
        Result("… half of them within", statistics.median(seen.late), "s"),
        Result(f"… idle CPU with {count} waiting cases", seen.idle_full, "ms per second"),
        Result("… with one", seen.idle, "ms per second"),
        Result("… fdatasync of 4 KB in this round", seen.disk, "per second", better="more"),
    ]


def _of_100(figures: Sequence[float], share: int) -> float:
    return sorted(figures)[len(figures) * share // 100]
