"""Adding to the log: acts are gathered while the unit of work runs and written when it ends."""

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from kernel.audit import sealing
from kernel.audit.acts import Act
from kernel.audit.table import AuditEntry
from kernel.types import JsonObject

log = logging.getLogger("ravand.audit")

Noted: TypeAlias = str | int | UUID | date | Sequence[str] | None
TABLE: Final[Any] = AuditEntry.__table__
_CHAINING: Final = 7_202_612  # the number of PostgreSQL's lock that writers of the chain take
# Begins with a letter: a phone number, a national code or an amount is none.
_CODE: Final = re.compile(r"[^\W\d][\w.:/#-]{0,119}")


class Acting(Protocol):
    """Who acts; `people.Actor` is one."""

    @property
    def person_id(self) -> UUID | None: ...
    @property
    def position(self) -> str | None: ...
    @property
    def on_behalf_of(self) -> UUID | None: ...


@dataclass(frozen=True)
class Origin:
    """The way by which an act came; fields as in `AuditEntry`."""

    via: str = "system"
    network: str = ""
    request_id: str = ""


def _system() -> Origin:
    return Origin()


_origin: Callable[[], Origin] = _system


def ask_origin(asked: Callable[[], Origin]) -> None:
    """Have `asked` say by which way an act came; composition only."""
    global _origin
    _origin = asked


@dataclass(frozen=True)
class Head:
    """The end of the chain."""

    number: int
    hash: str


def head(connection: Connection) -> Head:
    """The last entry's number and hash; number 0 while there is none."""
    query = select(TABLE.c.number, TABLE.c.hash).order_by(TABLE.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    return Head(*row) if row else Head(0, sealing.FIRST)


class AuditLog:
    """The acts of one unit of work, in the order in which they were done."""

    def __init__(self) -> None:
        self._rows: list[JsonObject] = []
        self._head: Head | None = None

    def record(
        self,
        act: Act,
        by: Acting | None,
        subject_id: UUID | str = "",
        **noted: Noted,
    ) -> None:
        """Note an act; it is written if the unit of work commits, and only then.

        Args:
            by: None for a stranger.
            noted: ids and codes of those names that the act allows; None is left out. Text that
                does not look like a code is replaced by a short digest of itself.

        Raises: ValueError for a name that the act does not allow.
        """
        if unknown := noted.keys() - act.noted:
            raise ValueError(f"{act.name} does not note {sorted(unknown)}")
        origin = _origin()
        self._rows.append(
            {
                "person_id": by.person_id if by else None,
                "position": by.position if by else None,
                "on_behalf_of": by.on_behalf_of if by else None,
                "via": origin.via,
                "network": origin.network,
                "request_id": origin.request_id,
                "act": act.name,
                "subject": act.subject,
                "subject_id": _plain(subject_id),
                "detail": {name: _plain(one) for name, one in noted.items() if one is not None},
            }
        )

    def write(self, connection: Connection, now: datetime) -> None:
        """Put what was recorded at the end of the chain.

        The last thing before the commit: whoever writes next waits for that commit.
        """
        if not self._rows:
            return
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_CHAINING)))
        last = head(connection)
        number, previous, key = last.number, last.hash, sealing.key()
        for row in self._rows:
            number += 1
            row |= {"number": number, "at": now, "previous": previous}
            previous = sealing.digest(row)
            row |= {"hash": previous, "key_id": key.id, "seal": key.seal(previous)}
        connection.execute(insert(TABLE), self._rows)
        self._rows, self._head = [], Head(number, previous)

    def tell(self) -> None:
        """After the commit: let the process's log say where the chain ends now.

        Kept apart from the database, those lines show later that nothing was cut off.
        """
        if self._head is not None:
            facts = {"entry": self._head.number, "hash": self._head.hash}
            log.info("the audit log ends here", extra={"facts": facts})


def _plain(value: object) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bool | int):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _code(value)
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    raise ValueError(f"an audit entry notes no {type(value).__name__}")


def _code(text: str) -> str:
    """The text if it looks like an id or a code, else a digest, which says nothing."""
    if not text or _CODE.fullmatch(text) or _is_id(text):
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
