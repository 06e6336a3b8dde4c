"""What every place for files can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from kernel.errors import Invalid, Unavailable

PIECE = 256 * 1024


class PlaceAway(Unavailable):
    """The place for files does not answer, or refuses; nothing was kept. Trying later may help."""

    code = "file.place-away"


class PlaceInvalid(Invalid):
    """The setting that says where files are kept cannot be read, or misses something."""

    code = "file.place-invalid"


@dataclass(frozen=True)
class Kept:
    """One thing in a place."""

    name: str
    size: int
    changed_at: datetime


class Place(Protocol):
    """Bytes by name. A name's bytes are never changed, only put and deleted.

    Raises, from every method: PlaceAway
    """

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """Keep `size` bytes; they are seen whole under the name, or not at all, and last."""

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes, one piece after the other.

        Raises: FileNotFoundError before the first piece
        """

    def exists(self, name: str) -> bool:
        """Whether the name has bytes."""

    def delete(self, name: str) -> None:
        """Take the bytes away; nothing happens when there are none."""

    def listed(self, after: str, limit: int) -> list[Kept]:
        """Up to `limit` things whose names follow `after`, in order of their names."""
