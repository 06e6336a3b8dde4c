"""What an archive says about itself, and the digests by which two copies are compared."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy import Connection

from kernel.archive.rows import lines
from kernel.db import Base
from kernel.errors import Invalid

FORMAT: Final = 1
MANIFEST: Final = "contents.json"
_MODULUS: Final = 1 << 256


class ArchiveBroken(Invalid):
    """The archive is not whole: what it holds is not what it says."""

    code = "archive.broken"


@dataclass(frozen=True)
class TableSum:
    """Rows of a table and their digest, the same in whichever order they are read."""

    rows: int
    digest: str


@dataclass(frozen=True)
class Contents:
    """The archive's own description: `files` maps each stored file's id to its SHA-256.

    `missing` are files without bytes; `damaged` were copied, but are not what was stored once.
    """

    revision: str
    taken_at: str
    tables: dict[str, TableSum] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    format: int = FORMAT

    def dump(self) -> bytes:
        """As it stands in the archive."""
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2)

    @classmethod
    def load(cls, data: bytes) -> Contents:
        """Read it.

        Raises: ArchiveBroken for anything that `dump` did not write.
        """
        try:
            known: dict[str, Any] = orjson.loads(data)
            tables = {name: TableSum(**one) for name, one in known.pop("tables").items()}
            found = cls(tables=tables, **known)
        except (orjson.JSONDecodeError, TypeError, AttributeError, KeyError) as error:
            raise ArchiveBroken(what=MANIFEST) from error
        if found.format != FORMAT:
            raise ArchiveBroken(what=f"{MANIFEST}: format {found.format}")
        return found


class Digest:
    """Adds up rows: the sum of their hashes, so that order does not matter and repeats do."""

    def __init__(self) -> None:
        self._sum, self._rows = 0, 0

    def add(self, line: bytes) -> None:
        """One more row."""
        number = int.from_bytes(hashlib.sha256(line).digest(), "big")
        self._sum, self._rows = (self._sum + number) % _MODULUS, self._rows + 1

    def result(self) -> TableSum:
        """What was added."""
        return TableSum(self._rows, f"{self._sum:064x}")


def digest_of(rows: Iterable[bytes]) -> TableSum:
    """The digest of lines."""
    digest = Digest()
    for line in rows:
        digest.add(line)
    return digest.result()


def digests(connection: Connection) -> dict[str, TableSum]:
    """The digest of every table of the product, as this transaction sees them."""
    tables = Base.metadata.sorted_tables
    return {str(table.name): digest_of(lines(connection, table)) for table in tables}
