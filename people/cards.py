"""What a snapshot of the chart says about each person, unit, position and role."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class PersonCard:
    """What others need to know of a person."""

    id: UUID
    username: str
    title: str
    name: str
    name_en: str
    mobile: str | None
    email: str | None
    locale: str
    active: bool


@dataclass(frozen=True)
class RecipientPerson:
    """Somebody a message can be sent to."""

    id: UUID
    name: str
    mobile: str | None
    email: str | None
    locale: str


@dataclass(frozen=True)
class UnitCard:
    """A unit; `parent` is a unit's key."""

    key: str
    name: str
    name_en: str
    parent: str | None
    rank: int


@dataclass(frozen=True)
class PositionCard:
    """A position; `manager` is the key of the position above it."""

    key: str
    unit: str
    name: str
    name_en: str
    manager: str | None
    rank: int


@dataclass(frozen=True)
class HoldingCard:
    """Who holds a position and when; `stands_in_for` names the absent holder, if any."""

    person: UUID
    position: str
    since: date
    until: date | None
    stands_in_for: UUID | None

    def covers(self, day: date) -> bool:
        """Whether it holds on that day (`until` is the first day it does not)."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True)
class RoleCard:
    """A role and what it allows."""

    key: str
    name: str
    name_en: str
    permissions: frozenset[str]
