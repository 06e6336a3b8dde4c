"""What a process held that died is free as soon as the next one starts, where that can be known.

A lease lasts a minute, because nobody knows of a process on another machine whether it lives. All
processes of an SQLite file are on one machine, and `kernel.presence` says whether any lives.

Only leases of what moves cases are ended. Such a job is done in the transaction that ends it, so
its fence would stop even a holder that lived. A call that left the building with the dead process
may still be under way at the other end: its lease keeps the minute, then it is asked for.
"""

import logging
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from kernel.again import again
from kernel.db import Database
from kernel.job_table import INSIDE, RUNNING, Duty, Job
from kernel.uow import unit_of_work

log = logging.getLogger("ravand.jobs")


def succeed(db: Database) -> bool:
    """End the leases of processes that are dead for sure; whether all others are."""
    if db.presence is None:
        return False
    with db.presence.alone() as alone:
        if alone:
            try:
                again(lambda: _end_leases(db))
            except DBAPIError as error:
                log.warning("leases of the dead end by themselves: %s", type(error).__name__)
    return alone


def _end_leases(db: Database) -> None:
    with unit_of_work(db=db) as uow:
        ended = uow.now - timedelta(seconds=1)
        held = update(Job).where(Job.state == RUNNING, Job.lane == INSIDE)
        uow.session.execute(held.values(lease_until=ended))
        uow.session.execute(update(Duty).values(lease_until=ended))
