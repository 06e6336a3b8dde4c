"""Whether the chain holds, and if not, where it breaks first and how."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Connection, RowMapping, Text, select, type_coerce

from kernel.audit import sealing
from kernel.audit.acts import KEY_ADOPTED
from kernel.audit.log import TABLE, Head
from kernel.types import JsonObject

AT_ONCE: Final = 1_000  # rows in memory


@dataclass(frozen=True)
class Break:
    """The first thing that is wrong; `code` is a key of the sentences `audit.<code>`.

    Codes: `changed`, `missing`, `inserted`, `reordered`, `other-key`, `cut-off`, `not-the-noted`.
    """

    code: str
    facts: JsonObject


@dataclass(frozen=True)
class Checked:
    """What a walk along the chain found: where it ends, and the first break, if any."""

    head: Head
    broken: Break | None = None


def check(connection: Connection, noted: Head | None = None, *, since: int = 0) -> Checked:
    """Walk along the chain, from its first entry to its last.

    Args:
        noted: an end of the chain that was written down elsewhere; it must still be part of it.
        since: begin after the entry of this number, which is taken as sound.
    """
    walk = _Walk(connection, noted, since)
    for row in _rows(connection, since):
        if broken := walk.step(row):
            return Checked(Head(walk.last.number, walk.last.hash), broken)
    return Checked(walk.last, walk.end())


# What somebody wrote past the product need not be JSON.
_ENTRIES: Final = select(
    *(column for column in TABLE.c if column.name != "detail"),
    type_coerce(TABLE.c.detail, Text).label("detail"),
)


def _row(found: RowMapping) -> JsonObject:
    """An entry; details that cannot be read stand in it as they are, and fit no hash."""
    row: JsonObject = dict(found)
    with suppress(orjson.JSONDecodeError):
        row["detail"] = orjson.loads(row["detail"])
    return row


def _rows(connection: Connection, since: int) -> Iterator[JsonObject]:
    while True:
        query = _ENTRIES.where(TABLE.c.number > since).order_by(TABLE.c.number)
        rows = connection.execute(query.limit(AT_ONCE)).mappings().all()
        if not rows:
            return
        yield from map(_row, rows)
        since = rows[-1]["number"]


class _Walk:
    """Goes from entry to entry; `last` is the last sound one."""

    def __init__(self, connection: Connection, noted: Head | None, since: int) -> None:
        self._connection, self._noted, self._key = connection, noted, sealing.key()
        self.last = self._begin(since)
        self._adopted = self._adoption()

    def _begin(self, since: int) -> Head:
        row = self._one(TABLE.c.number == since) if since else None
        return Head(since, row["hash"]) if row else Head(0, sealing.FIRST)

    def step(self, row: JsonObject) -> Break | None:
        """What is wrong with the entry after the last sound one."""
        broken = self._wrong(row)
        if broken is None:
            self.last = Head(row["number"], row["hash"])
            noted = self._noted
            if noted and noted.number == row["number"] and noted.hash != row["hash"]:
                return Break("not-the-noted", {"entry": noted.number})
        return broken

    def end(self) -> Break | None:
        """What is wrong with the whole, no single entry of it being wrong."""
        if self._noted and self._noted.number > self.last.number:
            return Break("cut-off", {"entry": self.last.number, "noted": self._noted.number})
        return None

    def _wrong(self, row: JsonObject) -> Break | None:
        number, wanted = row["number"], self.last.number + 1
        if number > wanted:
            return Break("missing", {"entry": wanted, "last": number - 1})
        if sealing.digest(row) != row["hash"]:
            return Break("changed", {"entry": number})
        if not self._is_ours(row):
            return self._foreign(row)
        if row["previous"] != self.last.hash:
            before = self._one(TABLE.c.hash == row["previous"])
            if before is not None:
                return Break("reordered", {"entry": number, "after": before["number"]})
            return Break("missing", {"entry": number, "last": number})
        return None

    def _is_ours(self, row: JsonObject) -> bool:
        if row["key_id"] == self._key.id:
            return self._key.sealed(row["hash"], row["seal"])
        if row["number"] == self._adopted.number:
            return bool(row["hash"] == self._adopted.hash)
        return bool(row["number"] < self._adopted.number)

    def _foreign(self, row: JsonObject) -> Break:
        """Somebody without the key wrote this: over another entry, or between two."""
        number = row["number"]
        if row["key_id"] != self._key.id:
            return Break("other-key", {"entry": number, "key": row["key_id"]})
        after = self._one(TABLE.c.number == number + 1)
        squeezed_in = after is not None and after["previous"] == row["previous"]
        return Break("inserted" if squeezed_in else "changed", {"entry": number})

    def _adoption(self) -> Head:
        """Up to where an administrator accepted entries that another key had sealed."""
        rows = self._connection.execute(
            _ENTRIES.where(
                TABLE.c.act == KEY_ADOPTED.name, TABLE.c.key_id == self._key.id
            ).order_by(TABLE.c.number.desc())
        ).mappings()
        for row in map(_row, rows):
            if self._key.sealed(sealing.digest(row), row["seal"]):
                said = row["detail"]
                return Head(said["until"], said["hash"].removeprefix("sha256:"))
        return Head(0, "")

    def _one(self, condition: Any) -> JsonObject | None:
        row = self._connection.execute(_ENTRIES.where(condition).limit(1)).mappings().first()
        return _row(row) if row else None
