"""Whose data is looked for, and how much of it goes from where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from uuid import UUID

from kernel.personal.identity import Identity
from kernel.personal.redacting import Redactor


class Depth(Enum):
    """How much of what a case holds goes."""

    KEPT = "kept"  # nothing: it must stay for now
    NAMED = "named"  # what names the person; the case goes on
    SHARED = "shared"  # what names the person, and rows that are theirs; others are in it too
    WHOLE = "whole"  # everything personal


@dataclass(frozen=True)
class Keys:
    """The variables of a case: `secret` ones are personal, of `open` ones only what names."""

    secret: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()


@dataclass
class Subject:
    """A person outside, or only cases (`id` None): their data is looked for everywhere.

    Attributes:
        own: what names them in their own cases.
        sure: what names them and nobody else, wherever it stands.
        copies: the keys of every copy of a person's file in variables.
        cases: how much goes from which; ids of cases, of their parts and of their work items.
        keys: what is known of the variables of a case, by the same ids.
        touched: the cases of others in which they were named.
    """

    id: UUID | None = None
    kind: str = "contact"
    own: Identity = field(default_factory=Identity)
    sure: Identity = field(default_factory=Identity)
    copies: frozenset[str] = frozenset()
    cases: dict[UUID, Depth] = field(default_factory=dict)
    keys: Mapping[UUID, Keys] = field(default_factory=dict)
    touched: set[UUID] = field(default_factory=set)

    def redactor(self, case: UUID | None) -> Redactor:
        """What takes them out of the values of a case, or of what belongs to none."""
        return self._redactor(case in self.cases, self.keys.get(case) if case else None)

    def redactor_of_their_own(self) -> Redactor:
        """What takes them out of rows that are about them and belong to no case."""
        return self._redactor(True, None)

    def _redactor(self, inside: bool, keys: Keys | None) -> Redactor:
        keys = keys or Keys()
        return Redactor(
            self.own if inside else self.sure,
            str(self.id) if self.id else "",
            self.copies,
            keys.secret,
            keys.open,
            numbers_too=inside,
        )
