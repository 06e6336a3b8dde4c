"""The organisation's version: what tells a cached snapshot that the chart has changed."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from kernel.db_session import QuickSession
from kernel.ids import new_id
from kernel.prepared import Prepared
from kernel.uow import UnitOfWork
from people.tables import Organisation

ROW = 1
NEVER = UUID(int=0)
_IN_SESSION = "people.version"

# Core, built once: every request and every step of a case asks it.
VERSION = select(Organisation.__table__.c.version).where(Organisation.__table__.c.id == ROW)
_CURRENT = Prepared(VERSION)

T = TypeVar("T")


def current(session: Session) -> UUID:
    """The version that this transaction sees: one statement per transaction.

    `NEVER` while nothing has been stored yet.
    """
    session = _real(session)
    known: tuple[object, UUID] = session.info.get(_IN_SESSION, (None, NEVER))
    transaction, version = known
    if transaction is not None and transaction is _within(session):
        return version
    row = _CURRENT.first(session.connection(), {})
    found: UUID = row[0] if row else NEVER
    remember(session, found)
    return found


def remember(session: Session, version: UUID | None) -> None:
    """Take a version that another statement of this transaction brought along (`VERSION`)."""
    session = _real(session)
    session.info[_IN_SESSION] = (_within(session), version or NEVER)


def _real(session: Session) -> Session:
    """Flask-SQLAlchemy hands out a proxy; behind it is one real session per request."""
    return session() if isinstance(session, scoped_session) else session


def _within(session: Session) -> object | None:
    return session.within() if isinstance(session, QuickSession) else session.get_transaction()


def renew(uow: UnitOfWork) -> None:
    """Say that the organisation has changed. Every verb of this package ends with it."""
    row = uow.session.get(Organisation, ROW)
    if row is None:
        uow.session.add(Organisation(id=ROW, version=new_id()))
    else:
        row.version = new_id()
    uow.session.flush()
    uow.session.info.pop(_IN_SESSION, None)


class Snapshots(Generic[T]):
    """What was loaded for a version, shared by all threads of the process."""

    def __init__(self, load: Callable[[Session], T], *, keep: int = 8) -> None:
        self._load, self._keep = load, keep
        self._kept: OrderedDict[UUID, T] = OrderedDict()
        self._lock = Lock()

    def of(self, session: Session) -> T:
        """The snapshot this transaction should see; loaded when nobody has loaded it."""
        version = current(session)
        known = self.kept(version)
        if known is not None:
            return known
        loaded = self._load(session)
        if version != NEVER:  # an organisation that is not set up yet is never remembered
            with self._lock:
                self._kept[version] = loaded
                while len(self._kept) > self._keep:
                    self._kept.popitem(last=False)
        return loaded

    def kept(self, version: UUID) -> T | None:
        """The snapshot of a version, if it is still at hand."""
        with self._lock:
            known = self._kept.get(version)
            if known is not None:
                self._kept.move_to_end(version)
            return known
