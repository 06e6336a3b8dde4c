"""Runners say that they live; readiness asks how many do."""

import os
import socket
import time

import redis

BEATS = "ravand:runners"
ALIVE_FOR = 15.0  # seconds after the last beat

_last: float | None = None


def beat(connection: "redis.Redis | None" = None) -> None:
    """This process does jobs; through Redis the others hear it, too.

    Raises: redis.RedisError
    """
    global _last
    _last = time.monotonic()
    if connection is None:
        return
    now = time.time()
    connection.zadd(BEATS, {f"{socket.gethostname()}:{os.getpid()}": now})
    connection.zremrangebyscore(BEATS, 0, now - 10 * ALIVE_FOR)


def beating(connection: "redis.Redis | None" = None) -> int:
    """How many runners live: in this process, or through Redis in the whole installation."""
    if connection is None:
        return int(_last is not None and time.monotonic() - _last < ALIVE_FOR)
    return int(connection.zcount(BEATS, time.time() - ALIVE_FOR, "+inf"))
