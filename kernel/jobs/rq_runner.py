"""The scaled runner: RQ workers, woken through Redis, drain the same rows.

Redis carries one deduplicated sentence, "there is work". Losing it loses no work: every
worker also sweeps the database by itself.
"""

import logging
import threading
from collections.abc import Callable

import redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from kernel.jobs import heartbeat
from kernel.jobs.runner import drain
from kernel.queue import on_wake

log = logging.getLogger("ravand.jobs")

QUEUE = "ravand"
WAKE_KEY = "ravand:wake"
SWEEP_EVERY = 2.0


def there_is_work() -> int:
    """What RQ calls in the worker: drain the database; how much was done."""
    _bell.connection.delete(WAKE_KEY) if _bell is not None else None
    return drain()


class Bell:
    """Rings the workers; rings that nobody answered yet are not repeated."""

    def __init__(self, url: str) -> None:
        self.connection = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
        self._queue = Queue(QUEUE, connection=self.connection, serializer=JSONSerializer)

    def ring(self) -> None:
        """Say that there is work. Redis being away is no error: the workers sweep."""
        try:
            if self.connection.set(WAKE_KEY, b"1", nx=True, ex=10):
                self._queue.enqueue(
                    "kernel.jobs.rq_runner.there_is_work", result_ttl=0, failure_ttl=60
                )
        except redis.RedisError:
            log.warning("Redis does not answer; workers will find the work by sweeping")


_bell: Bell | None = None
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
    bell = ring_through(url)
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep_until, args=(stop,), daemon=True)
    if not burst:
        sweeper.start()
    try:
        worker = SimpleWorker([QUEUE], connection=bell.connection, serializer=JSONSerializer)
        worker.work(burst=burst, with_scheduler=False, logging_level="WARNING")
    finally:
        stop.set()


def _sweep_until(stop: threading.Event) -> None:
    while not stop.wait(SWEEP_EVERY):
        try:
            heartbeat.beat(_bell.connection if _bell else None)
            drain()
        except Exception:
            log.exception("sweeping failed")
