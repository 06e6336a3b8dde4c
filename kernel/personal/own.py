"""What this package's own tables hold of people from outside."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, or_, type_coerce

from kernel import files
from kernel.audit.table import AuditEntry
from kernel.file_stores.place import PlaceAway
from kernel.files import StoredFile
from kernel.hold import Hold
from kernel.job_table import Breaker, Duty, Job
from kernel.personal.columns import LINE, NONE, TEXT, VALUES, declare
from kernel.personal.subject import Subject

log = logging.getLogger("ravand.personal")


def _jobs_of(cases: Sequence[UUID]) -> ColumnElement[bool]:
    """Jobs of cases: by their group; those without one name the case they are about."""
    payload = type_coerce(Job.payload, Text)
    named = or_(*(payload.contains(str(one)) for one in cases))
    grouped = Job.group.in_([str(one) for one in cases])
    return or_(grouped, and_(Job.group.is_(None), named))


def _case_of_job(row: Mapping[str, Any]) -> UUID | None:
    payload = row["payload"] or {}
    for text in (row["group_key"], payload.get("root_id"), payload.get("instance_id")):
        try:
            return UUID(str(text))
        except ValueError:
            continue
    return None


def _forget_bytes(row: Mapping[str, Any]) -> None:
    try:
        files.store().forget(row["id"])
    except PlaceAway:  # the row is gone already: they go with a job, or as bytes that nothing names
        log.warning("the bytes of file %s could not be taken away yet", row["id"])


def _files_of_cases(cases: Sequence[UUID]) -> ColumnElement[bool]:
    return StoredFile.scope.in_([f"instance:{one}" for one in cases])


def _case_of_file(row: Mapping[str, Any]) -> UUID | None:
    kind, _colon, key = row["scope"].partition(":")
    return UUID(key) if kind == "instance" else None


def _files_of(subject: Subject) -> ColumnElement[bool] | None:
    return StoredFile.scope == f"{subject.kind}:{subject.id}" if subject.id else None


declare(
    Job,
    "job",
    free="kind group_key state attempts max_attempts fence lane connector",
    personal={"payload": VALUES, "last_error": NONE, "key": LINE},
    case="group_key",
    placed=_jobs_of,
    case_of=_case_of_job,
    scanned=True,
)
declare(
    StoredFile,
    "file",
    free="content_type size sha256 scope",
    personal={"name": TEXT},
    case="scope",
    placed=_files_of_cases,
    case_of=_case_of_file,
    leaves=True,
    owned=_files_of,
    removed=True,
    then=_forget_bytes,
)
declare(Hold, free="id")
# Ids and codes only, see `kernel.audit`: an erased contact's entries name a file without a name.
declare(
    AuditEntry,
    free="number position via network request_id act subject subject_id detail previous hash"
    " key_id seal",
)
declare(Duty, free="name holder fence")
declare(Breaker, free="connector failures", personal={"reason": LINE})
