"""The chart as one snapshot in memory: who holds what, who manages whom, who can be reached.

Addresses of work and messages ("principals") are strings: `person:<uuid>`,
`position:<key>`, `unit:<key>`, `role:<key>`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from kernel import clock, i18n
from people.cards import (
    HoldingCard,
    PersonCard,
    PositionCard,
    RecipientPerson,
    RoleCard,
    UnitCard,
)
from people.errors import PersonUnknown, PositionUnknown, UnitUnknown

ZONE = ZoneInfo("Asia/Tehran")

K = TypeVar("K")
V = TypeVar("V")


def today() -> date:
    """Today in the organisation's zone."""
    return clock.now().astimezone(ZONE).date()


class Directory:
    """The whole chart; immutable once built."""

    def __init__(
        self,
        *,
        persons: Iterable[PersonCard],
        units: Iterable[UnitCard],
        positions: Iterable[PositionCard],
        holdings: Iterable[HoldingCard],
        roles: Iterable[RoleCard],
        person_roles: Iterable[tuple[UUID, str]],
        position_roles: Iterable[tuple[str, str]],
    ) -> None:
        self.persons: Mapping[UUID, PersonCard] = {one.id: one for one in persons}
        self.units: Mapping[str, UnitCard] = {one.key: one for one in units}
        self.positions: Mapping[str, PositionCard] = {one.key: one for one in positions}
        self.roles: Mapping[str, RoleCard] = {one.key: one for one in roles}
        self._by_username = {one.username: one for one in self.persons.values()}
        self._of_person = _grouped((one.person, one) for one in holdings)
        self._of_position = _grouped(
            (h.position, h) for held in self._of_person.values() for h in held
        )
        self._person_roles = _grouped(person_roles)
        self._position_roles = _grouped(position_roles)

    # who is who

    def person(self, person_id: UUID) -> PersonCard:
        """Raises: PersonUnknown"""
        try:
            return self.persons[person_id]
        except KeyError:
            raise PersonUnknown(person=str(person_id)) from None

    def by_username(self, username: str) -> PersonCard:
        """Raises: PersonUnknown"""
        try:
            return self._by_username[username]
        except KeyError:
            raise PersonUnknown(person=username) from None

    def position(self, key: str) -> PositionCard:
        """Raises: PositionUnknown"""
        try:
            return self.positions[key]
        except KeyError:
            raise PositionUnknown(position=key) from None

    def unit(self, key: str) -> UnitCard:
        """Raises: UnitUnknown"""
        try:
            return self.units[key]
        except KeyError:
            raise UnitUnknown(unit=key) from None

    # who holds what

    def holdings_of(self, person_id: UUID, on: date | None = None) -> list[HoldingCard]:
        """What a person holds on a day (today), own positions first."""
        day = on or today()
        held = [one for one in self._of_person.get(person_id, ()) if one.covers(day)]
        return sorted(held, key=lambda one: (one.stands_in_for is not None, one.since))

    def positions_of(self, person_id: UUID, on: date | None = None) -> list[str]:
        """Keys of the positions a person holds or stands in for, own ones first."""
        return list(dict.fromkeys(one.position for one in self.holdings_of(person_id, on)))

    def holders(self, position_key: str, on: date | None = None) -> list[UUID]:
        """Active people in a position on a day (today), stand-ins last; empty when vacant."""
        day = on or today()
        held = [one for one in self._of_position.get(position_key, ()) if one.covers(day)]
        held.sort(key=lambda one: (one.stands_in_for is not None, one.since))
        return [p for p in dict.fromkeys(one.person for one in held) if self.persons[p].active]

    def members(self, unit_key: str) -> list[UUID]:
        """Active people in any position of a unit (not of the units below it)."""
        keys = [one.key for one in self.positions.values() if one.unit == unit_key]
        return list(dict.fromkeys(p for key in keys for p in self.holders(key)))

    def having_role(self, role_key: str) -> list[UUID]:
        """Active people with a role, their own or a position's."""
        return [
            one.id
            for one in self.persons.values()
            if one.active and role_key in self.roles_of(one.id)
        ]

    # who manages whom

    def manager_position(self, position_key: str) -> str | None:
        """The position above; None at the top or for an unknown key."""
        found = self.positions.get(position_key)
        return found.manager if found else None

    def unit_head(self, unit_key: str) -> str | None:
        """The position that heads a unit: the one not managed from inside it.

        A unit without positions is headed by the unit above it.
        """
        inside = sorted(
            (one for one in self.positions.values() if one.unit == unit_key),
            key=lambda one: (one.rank, one.key),
        )
        keys = {one.key for one in inside}
        for one in inside:
            if one.manager not in keys:
                return one.key
        above = self.units[unit_key].parent if unit_key in self.units else None
        return self.unit_head(above) if above else None

    def unit_of(self, position_key: str) -> str | None:
        """The unit of a position; None for an unknown key."""
        found = self.positions.get(position_key)
        return found.unit if found else None

    def manages(self, manager_key: str, position_key: str) -> bool:
        """Whether one position stands anywhere above another."""
        above = self.manager_position(position_key)
        while above is not None and above != manager_key:
            above = self.manager_position(above)
        return above is not None

    def positions_under(self, position_key: str) -> list[str]:
        """Keys of all positions below one, direct or not."""
        return [key for key in self.positions if self.manages(position_key, key)]

    # roles and permissions

    def roles_of(self, person_id: UUID, on: date | None = None) -> frozenset[str]:
        """A person's own roles and those of the positions held."""
        keys = set(self._person_roles.get(person_id, ()))
        for position in self.positions_of(person_id, on):
            keys.update(self._position_roles.get(position, ()))
        return frozenset(keys)

    def roles_of_position(self, position_key: str) -> frozenset[str]:
        """The roles that come with a position."""
        return frozenset(self._position_roles.get(position_key, ()))

    def permissions_of(self, person_id: UUID, on: date | None = None) -> frozenset[str]:
        """Everything a person may do."""
        roles = (self.roles[key] for key in self.roles_of(person_id, on) if key in self.roles)
        return frozenset[str]().union(*(role.permissions for role in roles))

    # addresses

    def principals_of(self, person_id: UUID) -> frozenset[str]:
        """The addresses at which this person receives work today."""
        positions = self.positions_of(person_id)
        units = {self.positions[key].unit for key in positions}
        return frozenset(
            [f"person:{person_id}"]
            + [f"position:{key}" for key in positions]
            + [f"unit:{key}" for key in units]
            + [f"role:{key}" for key in self.roles_of(person_id)]
        )

    def exists(self, principal: str) -> bool:
        """Whether an address names something in this organisation."""
        kind, _, key = principal.partition(":")
        if kind == "person":
            return _uuid(key) in self.persons
        known: Mapping[str, Mapping[str, object]] = {
            "position": self.positions,
            "unit": self.units,
            "role": self.roles,
        }
        return key in known.get(kind, {})

    def people_at(self, principal: str) -> list[UUID]:
        """Active people at an address today; unknown addresses reach nobody."""
        kind, _, key = principal.partition(":")
        if kind == "person":
            person = self.persons.get(_uuid(key))
            return [person.id] if person and person.active else []
        if kind == "position":
            return self.holders(key)
        if kind == "unit":
            return self.members(key)
        return self.having_role(key) if kind == "role" else []

    def recipients(self, principal: str) -> list[RecipientPerson]:
        """Whom a message to an address reaches; a vacant position's goes to the one above."""
        people = self.people_at(principal)
        kind, _, key = principal.partition(":")
        if not people and kind == "position" and (above := self.manager_position(key)):
            return self.recipients(f"position:{above}")
        return [_recipient(self.persons[one]) for one in people]

    def name_of(self, principal: str, locale: str | None = None) -> str:
        """An address in words, in the given or the current language."""
        kind, _, key = principal.partition(":")
        card: PersonCard | PositionCard | UnitCard | RoleCard | None
        if kind == "person":
            card = self.persons.get(_uuid(key))
        elif kind == "position":
            card = self.positions.get(key)
        elif kind == "unit":
            card = self.units.get(key)
        else:
            card = self.roles.get(key)
        if card is None:
            return principal
        return in_language(card.name, card.name_en, locale)


def in_language(name: str, name_en: str, locale: str | None = None) -> str:
    """The name in the reader's language; Persian when there is no other."""
    return name_en if (locale or i18n.locale()) == "en" and name_en else name


def _recipient(person: PersonCard) -> RecipientPerson:
    return RecipientPerson(person.id, person.name, person.mobile, person.email, person.locale)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _grouped(pairs: Iterable[tuple[K, V]]) -> Mapping[K, tuple[V, ...]]:
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
