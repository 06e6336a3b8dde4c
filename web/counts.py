"""The numbers in the navigation: counted once for a while per person and position, not per page.

Whoever acts sees their own numbers move at once (`forget`); others' acts show within seconds,
and on open pages through the live stream.
"""

import threading
from collections.abc import Mapping
from time import monotonic

from sqlalchemy.orm import Session

from engine import queries
from engine.queries import ProcessName
from kernel import hold
from notifiers import queries as messages
from people.actor import Actor

KEPT_SECONDS = 10.0

_lock = threading.Lock()
_kept: dict[tuple[object, str | None], tuple[float, Mapping[str, int]]] = {}
_processes: dict[tuple[object, str | None], tuple[float, list[ProcessName]]] = {}


def of(session: Session, actor: Actor, *, fresh_for: float = KEPT_SECONDS) -> Mapping[str, int]:
    """Counts by key of the navigation, plus `notices`; at most `fresh_for` seconds old."""
    key = (actor.person_id, actor.position)
    kept = _kept.get(key)
    if kept and monotonic() - kept[0] < fresh_for:
        return kept[1]
    counted = count(session, actor)
    with _lock:
        if len(_kept) > 5000:
            _kept.clear()
        _kept[key] = (monotonic(), counted)
    return counted


def forget(actor: Actor) -> None:
    """Count anew next time: this actor has just done something."""
    with _lock:
        _kept.pop((actor.person_id, actor.position), None)


def forget_everybody() -> None:
    """Count anew for everyone: time was moved by hand, or another database stands behind."""
    with _lock:
        _kept.clear()
        _processes.clear()


def processes(session: Session, actor: Actor) -> list[ProcessName]:
    """The processes that have work in this inbox, for a filter; a minute old at most."""
    key = (actor.person_id, actor.position)
    kept = _processes.get(key)
    if kept and monotonic() - kept[0] < 6 * KEPT_SECONDS:
        return kept[1]
    found = queries.inbox_processes(session, actor)
    with _lock:
        if len(_processes) > 5000:
            _processes.clear()
        _processes[key] = (monotonic(), found)
    return found


def count(session: Session, actor: Actor) -> Mapping[str, int]:
    """Ask the database: one small statement for each number the actor may see."""
    counted: dict[str, int] = {}
    if actor.can("inbox.use"):
        inbox = queries.inbox_counts(session, actor)
        counted |= {"inbox": inbox.open, "claimed": inbox.claimed}
        counted |= {"overdue": inbox.overdue, "today": inbox.today}
    if actor.can("instance.operate"):
        counted["hold"] = int(hold.is_on(session))
    if actor.can("incident.view"):
        counted["incidents"] = queries.incident_count(session, actor)
    if actor.person_id is not None:
        counted["notices"] = messages.unread_count(session, actor.person_id)
    return counted
