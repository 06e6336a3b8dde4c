"""One request, one job, one command = one unit of work = one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kernel import clock, faults, live
from kernel.again import OutcomeUnknown, is_cut
from kernel.audit.log import AuditLog
from kernel.db import Database, database
from kernel.outbox import Outbox
from kernel.queue import JobBuffer, wake

_inside: ContextVar[bool] = ContextVar("ravand_unit_of_work", default=False)
_watchers: list[Callable[[], None]] = []


def on_commit(watcher: Callable[[], None]) -> None:
    """Call `watcher` after every commit of this process; composition only."""
    if watcher not in _watchers:
        _watchers.append(watcher)


class UnitOfWork:
    """What a verb is handed: a session, one instant, the outbox, the job queue, the audit log.

    `now` does not move inside the unit, so everything it stores agrees.
    """

    def __init__(self, db: Database, session: Session) -> None:
        self.db = db
        self.session = session
        self.now = clock.now()
        self.jobs = JobBuffer()
        self.outbox = Outbox(self.jobs)
        self.audit = AuditLog()
        self._after_commit: list[Callable[[], None]] = []

    def after_commit(self, call: Callable[[], None]) -> None:
        """Run `call` once the transaction is on disk; never after a rollback."""
        self._after_commit.append(call)

    def flush(self) -> None:
        """Send everything to the database, still inside the transaction."""
        self.session.flush()
        self.jobs.flush(self.session, self.now)

    def _committed(self) -> None:
        self.audit.tell()
        if self.jobs.due_now:
            wake(frozenset(self.jobs.due_now))
        if live.is_heard():
            told = ((one.kind, self.outbox.references(one)) for one in self.outbox.events)
            live.publish(*told)
        for call in (*_watchers, *self._after_commit):
            call()


@contextmanager
def unit_of_work(*, commit: bool = True, db: Database | None = None) -> Iterator[UnitOfWork]:
    """Open a transaction; leaving the block commits it, any error rolls it back.

    Args:
        commit: False always rolls back, for dry runs.

    Raises:
        RuntimeError: inside another unit of work: pass that one on instead.
        OutcomeUnknown: the connection broke while the commit was on its way.
    """
    if _inside.get():
        raise RuntimeError("a unit of work is already open here: hand it down instead")
    db = db or database()
    token = _inside.set(True)
    try:
        with db.writing() as session:
            uow = UnitOfWork(db, session)
            yield uow
            if commit:
                uow.flush()
                uow.audit.write(session.connection(), uow.now)
                faults.point("before-commit")
                _commit(session)
            else:
                session.rollback()
    finally:
        _inside.reset(token)
    if commit:
        faults.point("after-commit")
        uow._committed()


def _commit(session: Session) -> None:
    try:
        session.commit()
    except DBAPIError as error:
        if is_cut(error):
            raise OutcomeUnknown from error
        raise


@contextmanager
def read_only(db: Database | None = None) -> Iterator[Session]:
    """A session for questions outside of a web request."""
    with (db or database()).session() as session:
        yield session


@contextmanager
def of_one_instant(db: Database | None = None) -> Iterator[Session]:
    """A session for many questions whose answers must fit each other while others work on."""
    with (db or database()).snapshot() as connection, Session(connection) as session:
        yield session
