"""Events that leave a unit of work: each becomes a job of whoever subscribed, or nothing.

The rows are written in the transaction that causes them, so an event is never lost and never
sent for a change that was rolled back.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

import orjson

from kernel.queue import JobBuffer
from kernel.types import JsonObject


class Event(Protocol):
    """A frozen dataclass whose fields JSON can carry, or UUID, date, datetime."""

    kind: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


_subscriptions: dict[str, dict[str, Callable[[Any], bool]]] = {}


def _always(_event: Any) -> bool:
    return True


def subscribe(kind: str, job_kind: str, *, when: Callable[[Any], bool] = _always) -> None:
    """From now on every event of `kind` becomes a job of `job_kind`. Composition root only.

    Args:
        when: says of an event whether the job would have anything to do.
    """
    _subscriptions.setdefault(kind, {})[job_kind] = when


class Outbox:
    """The events of one unit of work, in the order in which they were added."""

    def __init__(self, jobs: JobBuffer) -> None:
        self.events: list[Event] = []
        self._jobs = jobs

    def add(self, event: Event) -> None:
        """Tell whoever subscribed, after the commit."""
        self.events.append(event)
        for job_kind, wanted in _subscriptions.get(event.kind, {}).items():
            if wanted(event):
                self._jobs.add(job_kind, self.payload(event))

    def kinds(self) -> list[str]:
        """The kinds of all events so far."""
        return [event.kind for event in self.events]

    @staticmethod
    def references(event: Event) -> JsonObject:
        """Only the ids and addresses of work in it: what open pages may be told."""
        return {
            name: _plain(getattr(event, name))
            for name in event.__dataclass_fields__
            if name.endswith(("_id", "_ids")) or name == "principals"
        }

    @staticmethod
    def payload(event: Event) -> JsonObject:
        """The event's fields as JSON carries them; later changes of what it holds do not show."""
        carried: JsonObject = orjson.loads(orjson.dumps(event))
        return carried


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
