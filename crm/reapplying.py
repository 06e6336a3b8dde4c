"""Erasures noted outside of the database, to be run again after an older copy was restored.

A copy made before an erasure still knows the contact. The list holds ids, instants and digests
only; each line's digest covers the line before, so that one taken out is noticed.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm import keeping
from crm.errors import ErasureListBroken
from crm.tables import Contact, ContactErasure
from kernel.uow import read_only


@dataclass(frozen=True)
class Noted:
    """One erasure."""

    contact_id: UUID
    at: datetime


def note(session: Session, path: Path) -> int:
    """Add the erasures that the list does not have yet; how many.

    Raises: ErasureListBroken
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        lines = list(_lines(stream, path))
        known = {(line["contact"], line["at"]) for line in lines}
        digest = lines[-1]["digest"] if lines else ""
        query = select(ContactErasure.contact_id, ContactErasure.at).order_by(
            ContactErasure.at, ContactErasure.id
        )
        found = [(str(row.contact_id), row.at.isoformat()) for row in session.execute(query)]
        new = [one for one in found if one not in known]
        for contact, at in new:
            digest = _digest(digest, contact, at)
            stream.write(orjson.dumps({"contact": contact, "at": at, "digest": digest}) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    return len(new)


def keep_noted() -> None:
    """Bring the installation's own list up to date, if it keeps one.

    Raises: ErasureListBroken
    """
    path = keeping.rules().erasures_file
    if path is not None:
        with read_only() as session:
            note(session, path)


def read(path: Path) -> list[Noted]:
    """The erasures of a list; none when there is no such file.

    Raises: ErasureListBroken
    """
    if not path.exists():
        return []
    with path.open("rb") as stream:
        return [
            Noted(UUID(line["contact"]), datetime.fromisoformat(line["at"]))
            for line in _lines(stream, path)
        ]


def to_do(session: Session, noted: Iterable[Noted]) -> list[UUID]:
    """The contacts of the list whom the database still knows."""
    wanted = {one.contact_id for one in noted}
    known = select(Contact.id).where(Contact.id.in_(wanted), Contact.erased_at.is_(None))
    return sorted(session.scalars(known))


def _lines(stream: Iterable[bytes], path: Path) -> Iterator[dict[str, Any]]:
    digest = ""
    for number, text in enumerate(stream, start=1):
        try:
            line: dict[str, Any] = orjson.loads(text)
            digest = _digest(digest, line["contact"], line["at"])
            is_whole = line["digest"] == digest
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise ErasureListBroken(path=str(path), line=number) from error
        if not is_whole:
            raise ErasureListBroken(path=str(path), line=number)
        yield line


def _digest(before: str, contact: str, at: str) -> str:
    return hashlib.sha256(f"{before}\n{contact}\n{at}".encode()).hexdigest()
