"""Named parts that others may add: channels, connectors, widgets, exporters."""

from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from kernel.errors import NotFound

T = TypeVar("T")
P = TypeVar("P")


class UnknownPart(NotFound):
    """No part of this name was registered."""

    code = "registry.unknown"


class Registry(Generic[T]):
    """Parts by name. `group` is both the noun in messages and the entry-point group's end."""

    def __init__(self, group: str) -> None:
        self.group = group
        self._parts: dict[str, T] = {}

    def register(self, name: str) -> Callable[[P], P]:
        """Decorator: add the part under `name`; a second one of the same name replaces it."""

        def add(part: P) -> P:
            self._parts[name] = part  # type: ignore[assignment]  # P is T; decorators keep P
            return part

        return add

    def add(self, name: str, part: T) -> None:
        """Add the part under `name`."""
        self._parts[name] = part

    def load_entry_points(self) -> None:
        """Add the parts that installed distributions offer in the group `ravand.<group>`."""
        for point in entry_points(group=f"ravand.{self.group}"):
            self._parts.setdefault(point.name, point.load())

    def __getitem__(self, name: str) -> T:
        try:
            return self._parts[name]
        except KeyError:
            raise UnknownPart(group=self.group, name=name) from None

    def get(self, name: str) -> T | None:
        """The part, or None."""
        return self._parts.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)
