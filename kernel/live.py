"""Live events for open pages: who listens is told that something changed, never what.

Only the kind and a few ids travel; the page asks again through an ordinary route, so
permissions are checked in one place. Inside one process; several processes share Redis.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kernel.types import JsonObject

Message = tuple[str, JsonObject]

_lock = threading.Lock()
_listeners: set["queue.Queue[Message]"] = set()
_listened_to = threading.Event()
_relay: Callable[..., None] | None = None


def is_heard() -> bool:
    """Whether anybody would be told."""
    return is_listened_to() or _relay is not None


def is_listened_to() -> bool:
    """Whether a page of this process is open."""
    return _listened_to.is_set()


def wait_for_a_listener(seconds: float) -> bool:
    """Whether a page of this process is open, as soon as one is or the time is over."""
    return _listened_to.wait(seconds)


def publish(*messages: Message) -> None:
    """Tell every listener of this process, and through the relay those of the others."""
    for message in messages:
        deliver(*message)
    if _relay is not None and messages:
        _relay(*messages)


def deliver(kind: str, data: JsonObject) -> None:
    """Tell the listeners of this process only; a full (forgotten) one misses it."""
    with _lock:
        listeners = list(_listeners)
    for listener in listeners:
        if not listener.full():
            listener.put_nowait((kind, data))


def relay_through(send: Callable[..., None] | None) -> None:
    """Hand what is published together to `send` as well; None switches the relay off."""
    global _relay
    _relay = send


@contextmanager
def listen() -> Iterator["queue.Queue[Message]"]:
    """A queue that receives every event while the block lasts; it holds 100."""
    mine: queue.Queue[Message] = queue.Queue(maxsize=100)
    with _lock:
        _listeners.add(mine)
        _listened_to.set()
    try:
        yield mine
    finally:
        with _lock:
            _listeners.discard(mine)
            if not _listeners:
                _listened_to.clear()
