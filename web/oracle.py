"""Everything that is stored, asked whether it agrees: cases, machine work, texts, the audit log."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from engine import verifying as cases
from kernel.audit import Head
from kernel.audit.checking import Checked, check
from kernel.file_orphans import missing_bytes
from kernel.findings import Finding, stale_leases
from notifiers import verifying as texts


def findings(session: Session) -> Iterator[Finding]:
    """What does not agree, but for the audit log."""
    yield from cases.verify(session)
    yield from stale_leases(session)
    yield from texts.verify(session)
    yield from missing_bytes(session)


def audit_log(session: Session, noted: Head | None = None) -> Checked:
    """The audit log from end to end; `noted` is an end of it that was written down elsewhere."""
    return check(session.connection(), noted)
