"""An installation on hold: people read and work, and nothing leaves the building by itself.

A restored copy begins so. What it believes to be waiting (texts, timers, jobs) may have been done
since the copy was made; somebody looks first and lets it run.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Connection, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kernel import clock
from kernel.db import Base, UtcDateTime
from kernel.errors import Conflict
from kernel.job_table import LANES

if TYPE_CHECKING:
    from kernel.uow import UnitOfWork


class Hold(Base):
    """One row while the installation is on hold, else none."""

    __tablename__ = "hold"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    copy_made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NotOnHold(Conflict):
    """The installation runs already: somebody else has let it."""

    code = "hold.none"


def begin(connection: Connection, *, copy_made_at: datetime) -> None:
    """Keep timers, jobs and texts where they are until `release`.

    A copy that was made of an installation on hold stays on hold since its older copy: what that
    one believed to be waiting may have been done as well.
    """
    if connection.scalar(select(Hold.id)) is None:
        row = {"id": 1, "since": clock.now(), "copy_made_at": copy_made_at}
        connection.execute(insert(Hold).values(row))


def forget(connection: Connection) -> None:
    """Let a copy run that was made of an installation on hold."""
    connection.execute(delete(Hold))


def current(session: Session) -> Hold | None:
    """Since when, and how old the copy was; None while everything runs."""
    return session.get(Hold, 1)


def is_on(session: Session) -> bool:
    """Whether the installation is on hold."""
    return session.scalar(select(Hold.id)) is not None


def release(uow: UnitOfWork) -> None:
    """Let everything run that is due, now.

    Raises: NotOnHold
    """
    held = uow.session.get(Hold, 1, with_for_update=True)
    if held is None:
        raise NotOnHold()
    uow.session.delete(held)
    uow.jobs.due_now.update(LANES)
