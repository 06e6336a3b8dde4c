"""What an oracle found: something that is stored and does not agree with the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel import clock
from kernel.job_table import RUNNING, Job
from kernel.queue_statements import LEASE
from kernel.types import JsonObject


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree. `code` is a key of the sentences `verify.<code>`."""

    code: str
    instance_id: UUID | None = None
    facts: JsonObject = field(default_factory=dict)


def stale_leases(session: Session) -> Iterator[Finding]:
    """Jobs whose lease ended a whole lease ago, and that no worker has taken over.

    There are some after every worker was stopped by force, until one works again.
    """
    long_ago = clock.now() - LEASE
    query = select(Job.id, Job.kind).where(Job.state == RUNNING, Job.lease_until < long_ago)
    for job_id, kind in session.execute(query.order_by(Job.id)):
        yield Finding("stale-lease", None, {"job": str(job_id), "kind": kind})
