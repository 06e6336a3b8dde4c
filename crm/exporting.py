"""All that is held of one contact, as one JSON object: what they may ask to be given."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Session

from crm.erasure_plan import plan
from engine.personal import CaseFacts
from kernel import files
from kernel.audit import acts
from kernel.db import UtcDateTime
from kernel.errors import AppError
from kernel.personal import Declared, Depth, Subject, theirs
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import Actor

EXPORT: Final = "contact.export"
_INTERNAL: Final = frozenset({"sort_key", "search_key", "dedupe_key"})


def collect(
    session: Session, contact_id: UUID, *, by: Actor, now: datetime, with_files: bool = False
) -> JsonObject:
    """Rows about the contact by kind, and everything of cases that are about nobody else.

    Only to be handed to `export_contact`; it reads a lot, and no unit of work should be open.

    Args:
        with_files: the bytes of files too, as base64.

    Raises: ContactUnknown
    """
    by.require(EXPORT)
    found = plan(session, contact_id, now, lock=False)
    alone = [case for case, _, _ in found.cases if case.about <= {str(contact_id)}]
    members = {one for case in alone for one in case.members}
    subject = Subject(
        contact_id,
        own=found.subject.own,
        sure=found.subject.sure,
        cases={one: Depth.WHOLE if one in members else Depth.SHARED for one in found.subject.cases},
    )
    rows: dict[str, list[JsonObject]] = {}
    for declared, row in theirs(session, subject, shared=False):
        shown = _shown(declared, row)
        if with_files and declared.kind == "file":
            shown["content"] = _content(row["id"])
        rows.setdefault(declared.kind, []).append(shown)
    return {
        "contact": str(contact_id),
        "made_at": now.isoformat(),
        "with_files": with_files,
        "cases": [_case(case, case in alone) for case, _, _ in found.cases],
        "data": rows,
    }


def export_contact(uow: UnitOfWork, collected: JsonObject, *, by: Actor) -> JsonObject:
    """Note that it is handed out; nobody gets it before that is on disk."""
    by.require(EXPORT)
    contact_id = UUID(collected["contact"])
    uow.audit.record(acts.CONTACT_EXPORTED, by, contact_id, files=collected["with_files"])
    return collected


def _case(case: CaseFacts, alone: bool) -> JsonObject:
    return {
        "number": case.number,
        "processes": sorted(case.processes),
        "running": case.is_running,
        "ended_at": case.ended_at.isoformat() if case.ended_at else None,
        "about_others_too": not alone,
    }


def _shown(declared: Declared, row: Mapping[str, Any]) -> JsonObject:
    """What people said and when; nothing of how the product keeps it."""
    columns = declared.table.c
    names = [
        name
        for name in row
        if (name in declared.columns or isinstance(columns[name].type, UtcDateTime))
        and not isinstance(columns[name].type, LargeBinary)
        and name not in _INTERNAL
    ]
    if declared.kind in ("file", "role", "relation"):
        names += [name for name in columns.keys() if name not in names]  # noqa: SIM118
    return {name: _plain(row[name]) for name in names if row[name] not in (None, "", {}, [])}


def _content(file_id: UUID) -> str | None:
    try:
        return base64.b64encode(files.store().read(file_id)).decode()
    except AppError:
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
