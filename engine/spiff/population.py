"""Which tokens of an instance are live, found by what is asked for and never by a walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from engine.spiff.dormitory import Dormitory
    from engine.spiff.elements import Element
    from engine.spiff.token import Token

Owner = UUID | None


class Awake(dict[UUID, "Token"]):
    """Live tokens by id. Asking for one that sleeps wakes it; walking over it wakes nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.wake: Callable[[UUID], bool] | None = None

    def __missing__(self, token_id: UUID) -> Token:
        if self.wake is not None and self.wake(token_id):
            return dict.__getitem__(self, token_id)
        raise KeyError(token_id)

    def get(self, token_id: Any, default: Any = None, /) -> Any:
        """The token, if it lives."""
        if token_id in self or (self.wake is not None and token_id and self.wake(token_id)):
            return dict.__getitem__(self, token_id)
        return default


class Population:
    """The index over an instance's live tokens.

    Attributes:
        live: by id.
        owned: what ends with an owner, those that sleep left out.
        listening: of those, the boundary events and event subprocesses that wait.
        population: how many tokens keep an owner open, sleeping ones counted.
        emptied: owners whose last token left; the loop looks whether they are over.
        attentive: tokens to look at again whenever nothing else moves.
        joining: tokens on joins.
        busy: how many tokens stand elsewhere than on a join.
    """

    def __init__(self) -> None:
        self.live = Awake()
        self.owned: dict[Owner, dict[UUID, Token]] = {}
        self.listening: dict[Owner, dict[UUID, Token]] = {}
        self.population: dict[Owner, int] = {}
        self.emptied: list[Owner] = []
        self.attentive: dict[UUID, Token] = {}
        self.joining: dict[UUID, Token] = {}
        self.busy = 0
        self.asleep: Dormitory | None = None

    def entered(self, token: Token) -> None:
        """A token came to life."""
        key, owner, element = token.id, token.owner, token.task_spec
        self.live[key] = token
        self.owned.setdefault(owner, {})[key] = token
        if element.attentive:
            self.attentive[key] = token
        if token.listener:
            self.listening.setdefault(owner, {})[key] = token
            return
        self.population[owner] = self.population.get(owner, 0) + 1
        if element.is_join:
            self.joining[key] = token
        else:
            self.busy += 1

    def left(self, token: Token) -> None:
        """A token is gone."""
        key, owner, element = token.id, token.owner, token.task_spec
        self.live.pop(key, None)
        self.owned[owner].pop(key, None)
        if element.attentive:
            self.attentive.pop(key, None)
        if token.listener:
            self.listening[owner].pop(key, None)
            return
        self.population[owner] -= 1
        if not self.population[owner]:
            self.emptied.append(owner)
        if element.is_join:
            self.joining.pop(key, None)
        else:
            self.busy -= 1

    def belongings(self, owner: Owner) -> list[Token]:
        """The live tokens that end with `owner`; wakes those that sleep."""
        if self.asleep is not None and owner is not None:
            self.asleep.wake_all(owner)
        return list(self.owned.get(owner, {}).values())

    def forget_all(self) -> None:
        """Empty the index: its tokens come to life anew, elsewhere."""
        Population.__init__(self)

    def wake_everybody(self) -> None:
        """Have every token at hand, those of large activities too."""
        if self.asleep is not None:
            self.asleep.wake_everybody()

    def listeners(self, owner: Owner) -> list[Token]:
        """The waiting boundary events (or event subprocesses) of an owner."""
        return list(self.listening.get(owner, {}).values())

    def standing(self, element: Element, scope: Owner, *, stalled: bool = False) -> list[Token]:
        """Tokens that wait at an element of a scope, the earliest first; also those that an
        operator was told of because they waited in vain."""
        pool: Iterable[Token] = self.joining.values() if element.is_join else self.live.values()
        return [
            token
            for token in pool
            if token.task_spec is element
            and token.scope == scope
            and (token._state == TaskState.WAITING or (stalled and _waits_in_vain(token)))
        ]

    def tokens_in(self, scope: Owner) -> list[Token]:
        """The tokens of a scope; the bodies of a large activity are there as their host."""
        return [t for t in self.live.values() if t.scope == scope and not t.listener]

    def stuck(self) -> Token | None:
        """A token of an instance in which nobody outside can move anything any more.

        What only listens does not count, for it cannot free those that are stuck.
        """
        if self.asleep is not None and any(count for *_, count in self.asleep.standing()):
            return None
        found = None
        for token in self.live.values():
            if token.listener:
                continue
            if token.task_spec.hopes(token):
                return None
            if found is None or (token.task_spec.is_join and not found.task_spec.is_join):
                found = token
        return found

    def sleeping(self) -> list[tuple[str, str, datetime, int]]:
        """Where bodies sleep: element, `incident` or `active`, since when, how many."""
        return self.asleep.standing() if self.asleep is not None else []


def _waits_in_vain(token: Token) -> bool:
    return token._state == TaskState.ERROR and "stalled" in token.internal_data
