"""Redis being away is no error, and nobody waits for it twice: that it is away is remembered."""

import logging
import time
from collections.abc import Callable
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger("ravand.redis")

T = TypeVar("T")
REMEMBERED = 5.0  # seconds


def quick(url: str) -> redis.Redis:
    """A connection that gives up after two seconds and does not try again by itself."""
    once = Retry(NoBackoff(), 0)
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=once)


class Outage:
    """What one connection knows of its Redis."""

    def __init__(self, remembered: float = REMEMBERED) -> None:
        self._remembered = remembered
        self._until = 0.0

    def tried(self, call: Callable[[], T]) -> T | None:
        """What `call` returns; None at once while Redis did not answer some seconds ago."""
        if time.monotonic() < self._until:
            return None
        try:
            return call()
        except redis.RedisError as error:
            self._until = time.monotonic() + self._remembered
            log.warning("Redis does not answer (%s); work goes on without it", type(error).__name__)
            return None
