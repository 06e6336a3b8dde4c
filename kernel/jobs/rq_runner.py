"""The scaled runner: RQ workers, woken through Redis, drain the same rows.

Redis carries one deduplicated sentence, "there is work". Losing it loses no work: every
worker also looks into the database by itself, and comes back to Redis when it is there again.
"""

import logging
import threading
import time
from collections.abc import Callable
from types import FrameType

import redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from kernel import clock
from kernel.job_table import INSIDE, LANES, OUTSIDE
from kernel.jobs import heartbeat
from kernel.jobs.runner import drain
from kernel.jobs.threads import Threads
from kernel.outage import Outage, quick
from kernel.queue import lanes_due, on_wake
from kernel.uow import read_only

log = logging.getLogger("ravand.jobs")

QUEUE = "ravand"
WAKE_KEY = "ravand:wake"
LOOK_EVERY = 2.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds between two tries to reach Redis
STAYS, BREATH = 1.0, 0.02  # seconds that a woken worker stays, and between two looks of it


def there_is_work() -> int:
    """What RQ calls in the worker: drain the database until nothing is due; how much was done.

    To be rung through RQ costs more than a short job, so this one looks again for a moment while
    work keeps coming. The wake key stays meanwhile and nobody rings in vain; other workers find
    what is too much for one when they look by themselves.
    """
    until = time.monotonic() + STAYS
    ran = more = _drain(frozenset(LANES))
    while more and time.monotonic() < until and not _told.wait(BREATH):
        more = _drain(_due())
        ran += more
    if _bell is not None:
        _bell.outage.tried(_bell.forget)
    return ran + _drain(_due())  # what was committed before the key was gone


def _due() -> frozenset[str]:
    with read_only() as session:
        return lanes_due(session, clock.now())


def _drain(lanes: frozenset[str]) -> int:
    """Do what is due in these lanes; calls outside are left to the threads that make them."""
    threads = _threads
    if threads is None:
        return drain()
    if OUTSIDE in lanes:
        threads.ring(frozenset((OUTSIDE,)))
    if INSIDE not in lanes:
        return 0
    return drain(
        lanes=(INSIDE,),
        sweeping=False,
        rung=True,
        leases=threads.leases,
        stopping=threads.is_stopping,
    )


class Bell:
    """Rings the workers; rings that nobody answered yet are not repeated."""

    def __init__(self, url: str) -> None:
        self.url, self.connection = url, quick(url)
        self.outage = Outage()
        self._queue = Queue(QUEUE, connection=self.connection, serializer=JSONSerializer)

    def ring(self, _lanes: frozenset[str] = frozenset(LANES)) -> None:
        """Say that there is work. Redis being away is no error: the workers look by themselves."""
        self.outage.tried(self._ring)

    def _ring(self) -> None:
        if self.connection.set(WAKE_KEY, b"1", nx=True, ex=10):
            self._queue.enqueue("kernel.jobs.rq_runner.there_is_work", result_ttl=0, failure_ttl=60)

    def forget(self) -> None:
        """Let the next commit ring again."""
        self.connection.delete(WAKE_KEY)


_bell: Bell | None = None
_threads: Threads | None = None
_told = threading.Event()  # to stop
_unhook: Callable[[], None] | None = None


def ring_through(url: str) -> Bell:
    """Wake workers through the Redis at `url` whenever jobs are committed; the last call counts."""
    global _bell, _unhook
    if _unhook is not None:
        _unhook()
    _bell = Bell(url)
    _unhook = on_wake(_bell.ring)
    return _bell


def work(url: str, *, burst: bool = False) -> None:
    """Be a worker until told to stop; with `burst`, until the queue is empty."""
    global _threads
    bell = ring_through(url)
    _told.clear()
    if burst:
        _worker(bell).work(burst=True, logging_level="WARNING")
        return
    # What this very process adds to the queue, its own threads hear without Redis.
    _threads = Threads(LOOK_EVERY, lambda: _beat(bell))
    unhook = on_wake(_threads.ring)
    _threads.start()
    try:
        _listen(bell)
    finally:
        unhook()
        _threads.stop()
        _threads = None


def _beat(bell: Bell) -> None:
    bell.outage.tried(lambda: heartbeat.beat(bell.connection))


def _listen(bell: Bell) -> None:
    """Hear what comes through Redis until told to stop, however often Redis goes away."""
    pause = FIRST_PAUSE
    while not _told.is_set():
        try:
            if _worker(bell).work(logging_level="WARNING"):
                pause = FIRST_PAUSE
        except (RedisError, OSError) as error:
            log.warning("the worker lost Redis: %s", type(error).__name__)
        except StopRequested:
            return
        try:
            _told.wait(pause)
        except StopRequested:
            return
        pause = min(pause * 2, LONGEST_PAUSE)


def _worker(bell: Bell) -> "_Worker":
    # A connection of its own: RQ waits at it for minutes, and sets its time-outs so.
    waiting = redis.Redis.from_url(bell.url, socket_connect_timeout=2)
    return _Worker([QUEUE], connection=waiting, serializer=JSONSerializer)


class _Worker(SimpleWorker):
    """RQ's, which says whether it ended because it was told to, or because Redis went away."""

    max_connection_wait_time = LONGEST_PAUSE  # when it looks for Redis by itself; RQ's is a minute

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """A signal: end after the job in hand."""
        _told.set()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]  # RQ's is not typed
