"""The tables of machine work: jobs, duties that one process has at a time, circuit breakers.

A finished job leaves no row; a failed one stays until somebody mends it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kernel.db import Base, Json, UtcDateTime
from kernel.ids import new_id
from kernel.types import JsonObject

READY, RUNNING, FAILED = "ready", "running", "failed"
# What moves cases runs in one lane, calls that leave the building in another: a provider that
# hangs holds up no timer.
INSIDE, OUTSIDE = "inside", "outside"
LANES = (INSIDE, OUTSIDE)


class Job(Base):
    """One piece of work for a machine."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_lane", "state", "lane", "run_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(80))
    payload: Mapped[JsonObject] = mapped_column(Json)
    # Two jobs of one key are one job: the second is not stored while the first waits.
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    group: Mapped[str | None] = mapped_column("group_key", String(80))
    lane: Mapped[str] = mapped_column(String(8), default=INSIDE, server_default=INSIDE)
    # What it calls outside, if anything; while that one's breaker is open, the job waits.
    connector: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default=READY)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=8)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Counts claims: a worker that lost its lease finds another number and lets go.
    fence: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Duty(Base):
    """What one process of the installation does for all, such as sweeping."""

    __tablename__ = "job_duty"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    # Counts changes of hands: a holder that slept finds another number and lets go.
    fence: Mapped[int] = mapped_column(default=1)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)


class Breaker(Base):
    """A connector that failed to answer. No row: it answered last time."""

    __tablename__ = "job_breaker"

    connector: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)  # one after the other
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    # No call before this instant; then one, as a trial. None: still below the limit of failures.
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200), default="")
