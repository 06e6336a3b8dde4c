"""The numbers in the navigation: asked once for a while per person and position, not per page.

Every event that could change them moves a generation on, so a count is stale for a moment at
most, even in another process, where the time limit is what bounds it.
"""

import threading
from collections.abc import Mapping
from time import monotonic

from sqlalchemy.orm import Session

from people.actor import Actor

KEPT_SECONDS = 15.0

_lock = threading.Lock()
_kept: dict[tuple[object, str | None], tuple[float, int, Mapping[str, int]]] = {}
_generation = 0


def changed() -> None:
    """Forget what was counted: something happened that moves numbers."""
    global _generation
    with _lock:
        _generation += 1


def of(session: Session, actor: Actor) -> Mapping[str, int]:
    """Counts by key of the navigation, plus `notices`."""
    key = (actor.person_id, actor.position)
    now, generation = monotonic(), _generation
    kept = _kept.get(key)
    if kept and kept[1] == generation and now - kept[0] < KEPT_SECONDS:
        return kept[2]
    counted = count(session, actor)
    with _lock:
        if len(_kept) > 5000:
            _kept.clear()
        _kept[key] = (now, generation, counted)
    return counted
