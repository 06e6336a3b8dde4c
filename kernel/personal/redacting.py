"""Taking a person out of values: out of texts, out of JSON, or everything that may be personal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from kernel.personal.identity import ERASED, Identity

_PLAIN: Final = re.compile(
    r"[A-Za-z][\w.:-]{0,60}"  # a key, such as an outcome
    r"|\d{1,5}"
    r"|\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?"  # an instant
    r"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",  # an id
    re.ASCII,
)
_FIGURES: Final = re.compile(r"[\d:.+TZ-]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_STAYS: Final = frozenset({"id", "kind", "locale"})  # of a person's copy in a variable


@dataclass(frozen=True)
class Redactor:
    """Takes one person out of values that programs still have to read.

    Attributes:
        of: the id under which copies of their file stand in variables.
        copies: the keys that every such copy has, theirs or another person's.
        secret: keys under which everything is personal.
        open: keys under which only what names the person is.
    """

    identity: Identity
    of: str = ""
    copies: frozenset[str] = frozenset()
    secret: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    numbers_too: bool = True

    def text(self, value: str) -> str:
        """The text without what names them."""
        return self.identity.replace(value)

    def json(self, value: Any) -> Any:
        """The value without what names them; another person's copy in it stays as it is."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            if self._is_copy(value):
                return self._blank(value) if str(value.get("id")) == self.of else value
            return {self._key(key): self.json(one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.json(one) for one in value]
        if self.numbers_too and _is_number(value) and self.identity.is_number(value):
            return 0
        return value

    def wipe(self, value: Any) -> Any:
        """Only what tells nothing about anybody: figures, switches, instants, ids, keys."""
        if isinstance(value, Mapping):
            if self._is_copy(value):
                return self._blank(value)
            return {self._key(key): self._wipe_under(key, one) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.wipe(one) for one in value]
        if isinstance(value, str) and value and not _PLAIN.fullmatch(value):
            return ERASED
        return self.json(value)

    def _wipe_under(self, key: str, value: Any) -> Any:
        if key in self.secret:
            return gone(value)
        return self.json(value) if key in self.open else self.wipe(value)

    def _key(self, key: Any) -> Any:
        return self.text(key) if isinstance(key, str) else key

    def _is_copy(self, value: Mapping[str, Any]) -> bool:
        return bool(self.copies) and self.copies <= value.keys()

    def _blank(self, copy: Mapping[str, Any]) -> dict[str, Any]:
        return {key: one if key in _STAYS else gone(one) for key, one in copy.items()}


def gone(value: Any) -> Any:
    """What stands for a value of which nothing may stay; its kind is kept where that can be."""
    if isinstance(value, str):
        return None if _FIGURES.fullmatch(value) else ERASED if value else value
    if isinstance(value, Mapping):
        return {key: gone(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [gone(one) for one in value]
    return value if isinstance(value, bool) else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
