"""Live events between processes, over Redis publish/subscribe.

What travels is a nudge: a page that misses one asks again by itself half a minute later.
"""

import os
import threading
from typing import Any

import orjson
import redis

from kernel import live
from kernel.live import Message
from kernel.outage import Outage, quick

# The number counts the form of what is said: processes of two releases do not hear each other
# while they are replaced, and open pages ask by themselves meanwhile.
CHANNEL = "ravand:live:2"
RETRY_SECONDS = 2.0


class Relay:
    """Sends this process's events to the others; with `listen`, hears theirs too."""

    def __init__(self, url: str) -> None:
        self._connection = quick(url)
        self._hearing: Any = redis.Redis.from_url(url, socket_connect_timeout=2)
        self._outage = Outage()
        self._me = f"{os.getpid()}:{id(self)}"
        self._closing = threading.Event()

    def send(self, *messages: Message) -> None:
        """Tell the other processes, all in one. Redis being away is no error."""
        said = orjson.dumps({"from": self._me, "events": messages}, default=str)
        self._outage.tried(lambda: self._connection.publish(CHANNEL, said))

    def listen(self) -> None:
        """Hear the others in a thread of its own, for as long as the process lives."""
        threading.Thread(target=self._hear, name="ravand-live", daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._connection.close()
        self._hearing.close()

    def _hear(self) -> None:
        """While no page is open here, what the others say is not asked for."""
        while not self._closing.is_set():
            if not live.wait_for_a_listener(RETRY_SECONDS):
                continue
            try:
                with self._hearing.pubsub(ignore_subscribe_messages=True) as channel:
                    channel.subscribe(CHANNEL)
                    while live.is_listened_to() and not self._closing.is_set():
                        self._pass_on(channel.get_message(timeout=1))
            except (redis.RedisError, OSError, ValueError):
                self._closing.wait(RETRY_SECONDS)

    def _pass_on(self, message: dict[str, Any] | None) -> None:
        if message is None:
            return
        said = orjson.loads(message["data"])
        if said["from"] != self._me:
            for kind, data in said["events"]:
                live.deliver(kind, data)
