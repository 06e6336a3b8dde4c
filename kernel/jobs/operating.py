"""What an operator may do with jobs: those that failed, and those that wait for their turn.

Nobody's rights are asked here: the caller knows who asks.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kernel.errors import Conflict, NotFound
from kernel.job_table import FAILED, READY, Job
from kernel.queue import forget
from kernel.uow import UnitOfWork


class JobUnknown(NotFound):
    """No such job: it is done, or somebody took it away."""

    code = "job.unknown"


class JobBusy(Conflict):
    """The job runs just now, or is in another state than this act needs."""

    code = "job.busy"


def failed_jobs(session: Session, limit: int = 50) -> Sequence[Job]:
    """Jobs whose tries are spent, the latest first."""
    query = select(Job).where(Job.state == FAILED).order_by(Job.run_at.desc(), Job.id.desc())
    return session.scalars(query.limit(limit)).all()


def retry_job(uow: UnitOfWork, job_id: UUID) -> str:
    """Let a failed job run again, with all its tries before it; its kind.

    Raises: JobUnknown, JobBusy
    """
    job = _locked(uow, job_id, FAILED)
    job.state, job.run_at, job.attempts, job.last_error = READY, uow.now, 0, None
    uow.jobs.due_now.add(job.lane)
    return job.kind


def skip_job(uow: UnitOfWork, job_id: UUID) -> str:
    """Leave a failed job's work undone; its kind.

    Raises: JobUnknown, JobBusy
    """
    job = _locked(uow, job_id, FAILED)
    forget(uow.session, job.id)
    return job.kind


def cancel_job(uow: UnitOfWork, job_id: UUID) -> None:
    """Take a job away before it has its turn, or between two of its tries.

    Raises: JobUnknown, JobBusy
    """
    forget(uow.session, _locked(uow, job_id, READY).id)


def _locked(uow: UnitOfWork, job_id: UUID, state: str) -> Job:
    job = uow.session.get(Job, job_id, with_for_update=True, populate_existing=True)
    if job is None:
        raise JobUnknown(job=str(job_id))
    if job.state != state:
        raise JobBusy(job=str(job_id))
    return job
