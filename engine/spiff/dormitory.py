"""Bodies of large multi-instance activities sleep in parts until somebody asks for them.

An activity with five thousand open bodies would cost five thousand objects at every completion.
So its bodies, each with all that it owns, are stored packed, some dozens to a part; the instance's
own state says which parts there are. Completing a body wakes that one and rewrites its part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgpack
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.spiff.case import Case
    from engine.spiff.token import Token

LARGE = 64  # bodies of one activity: from here on they sleep
CHUNK = 64  # bodies in a part
FIRST, LAST = b"", b"\xff" * 16  # around every id

Fetch = Callable[[list[int]], dict[int, bytes]]
Pack = Callable[["Token"], tuple[Any, ...]]
Unpack = Callable[["Case", list[Any]], "Token"]
Place = tuple[str, str]  # element id, `active` or `incident`


@dataclass
class Part:
    """Some bodies of one host, packed; `units` are read when somebody asks."""

    number: int
    host: UUID
    count: int
    low: bytes
    high: bytes
    units: list[bytes] | None = None
    changed: bool = False

    def header(self) -> list[Any]:
        """As the instance's state keeps it."""
        return [self.number, self.host.bytes, self.count, self.low, self.high]


@dataclass
class Group:
    """So many tokens stand at one place, the first of them since (seconds)."""

    count: int
    since: float


class Dormitory:
    """The sleeping bodies of one instance."""

    def __init__(self, case: Case, fetch: Fetch, unpack: Unpack) -> None:
        self.case = case
        self.fetch = fetch
        self.unpack = unpack
        self.next_number = 0
        self.parts: dict[int, Part] = {}
        self.places: dict[Place, Group] = {}
        case.asleep = self
        case.live.wake = self.wake

    # -- stored and read -------------------------------------------------------------------

    def read(self, header: list[Any]) -> None:
        """Take over what the instance's state says of its parts."""
        self.next_number, parts, places = header
        for number, host, count, low, high in parts:
            part = Part(number, UUID(bytes=host), count, low, high)
            self.parts[number] = part
            self._count(part.host, count)
        self.places = {
            (element, kind): Group(count, since) for element, kind, count, since in places
        }

    def header(self) -> list[Any]:
        """What the instance's state must keep."""
        parts = [part.header() for part in self.parts.values() if part.count]
        places = [[*place, one.count, one.since] for place, one in self.places.items() if one.count]
        return [self.next_number, parts, places]

    def changes(self) -> dict[int, bytes | None]:
        """The parts to write; None for one that is empty now."""
        return {
            part.number: msgpack.packb(part.units) if part.units else None
            for part in self.parts.values()
            if part.changed
        }

    def standing(self) -> list[tuple[str, str, datetime, int]]:
        """Where the sleeping stand: element, `incident` or `active`, since when, how many."""
        return [
            (*place, datetime.fromtimestamp(one.since, UTC), one.count)
            for place, one in self.places.items()
            if one.count
        ]

    def holds(self, host: UUID) -> bool:
        """Whether bodies of an activity sleep here."""
        return any(part.count for part in self.parts.values() if part.host == host)

    # -- waking ----------------------------------------------------------------------------

    def wake(self, token_id: UUID) -> bool:
        """Wake the body in which a token is; False when nobody of that id sleeps here."""
        raw = token_id.bytes
        likely = [part for part in self.parts.values() if part.low <= raw <= part.high]
        for part in self._opened(likely):
            for index, unit in enumerate(part.units or ()):
                if raw in unit:
                    self._rouse(part, index)
                    return token_id in self.case.live
        return False

    def wake_all(self, host: UUID) -> None:
        """Wake every body of an activity."""
        for part in self._opened([p for p in self.parts.values() if p.host == host]):
            while part.units:
                self._rouse(part, 0)

    def wake_everybody(self) -> None:
        """Wake all bodies of the instance."""
        for host in {part.host for part in self.parts.values()}:
            self.wake_all(host)

    def _opened(self, parts: Iterable[Part]) -> list[Part]:
        wanted = [part for part in parts if part.count]
        if closed := [part.number for part in wanted if part.units is None]:
            for number, data in self.fetch(closed).items():
                self.parts[number].units = msgpack.unpackb(data)
        return wanted

    def _rouse(self, part: Part, index: int) -> None:
        units = part.units or []
        unit = units.pop(index)
        part.count, part.changed = len(units), True
        self._count(part.host, -1)
        for packed in msgpack.unpackb(unit, strict_map_key=False):
            token = self.unpack(self.case, packed)
            if not token.listener:
                self.places[place_of(token)].count -= 1

    # -- going to sleep --------------------------------------------------------------------

    def lay_down(self, host: UUID, units: list[list[Token]], pack: Pack) -> None:
        """Let bodies sleep, each given with all that it owns."""
        room = [p for p in self.parts.values() if p.host == host and p.units is not None]
        for unit in units:
            part = next((p for p in room if p.count < CHUNK), None) or self._new_part(host, room)
            self._lay(part, unit, pack)
        self.case.emptied.clear()  # nobody left: they sleep

    def _new_part(self, host: UUID, room: list[Part]) -> Part:
        part = Part(self.next_number, host, 0, LAST, FIRST, units=[])
        self.next_number += 1
        self.parts[part.number] = part
        room[:] = [part]
        return part

    def _lay(self, part: Part, unit: list[Token], pack: Pack) -> None:
        ids = [token.id.bytes for token in unit]
        units = part.units = part.units or []
        units.append(msgpack.packb([pack(token) for token in unit]))
        part.low, part.high = min(part.low, *ids), max(part.high, *ids)
        part.count, part.changed = len(units), True
        for token in unit:
            if not token.listener:
                since = token.since.timestamp()
                group = self.places.setdefault(place_of(token), Group(0, since))
                group.since = min(group.since, since) if group.count else since
                group.count += 1
            self.case.left(token)
        self._count(part.host, 1)

    def _count(self, host: UUID, by: int) -> None:
        case = self.case
        case.population[host] = case.population.get(host, 0) + by
        case.busy += by


def place_of(token: Token) -> Place:
    """Where a token stands, for pages."""
    return token.node.id, "incident" if token._state == TaskState.ERROR else "active"


def settle(case: Case, pack: Pack, unpack: Unpack) -> None:
    """Let the bodies of large activities sleep, now that the case rests."""
    bodies: dict[UUID, list[Token]] = defaultdict(list)
    for token in case.live.values():
        if token.is_body and token.owner is not None:
            bodies[token.owner].append(token)
    laid: set[UUID] = set()
    for host, awake in bodies.items():
        small = case.population[host] < LARGE and not (case.asleep and case.asleep.holds(host))
        if small or host in laid:
            continue
        units = [unit for body in awake if (unit := _unit(case, body))]
        laid |= {token.id for unit in units for token in unit}
        dormitory = case.asleep or Dormitory(case, _nothing, unpack)
        dormitory.lay_down(host, units, pack)


def _unit(case: Case, body: Token) -> list[Token]:
    """A body with all that it owns; nothing when one of them must be looked at again."""
    unit = [body]
    for token in unit:  # grows while it is walked
        unit += case.belongings(token.id)
    return [] if any(token.task_spec.attentive for token in unit) else unit


def _nothing(_numbers: list[int]) -> dict[int, bytes]:
    return {}
