"""The database adapter: one declarative base, one engine, two recipes (SQLite, PostgreSQL)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Text,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

from kernel import faults
from kernel.db_session import QuickSession, UnitSession
from kernel.gate import Gate
from kernel.group_commit import GroupCommit
from kernel.liveness import PingAfterRest
from kernel.prepared import Prepared, say
from kernel.presence import Presence

LAST_WAIT = 5.0  # seconds that closing a database waits for those who use it
# KB of pages in the memory of each connection to SQLite; the system's own cache holds the rest.
READERS_CACHE, WRITERS_CACHE = 4_000, 16_000
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table of the product hangs on this metadata; Flask-SQLAlchemy is given it too."""

    metadata = MetaData(naming_convention=NAMING)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC; a naive one is refused before it is stored."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: give it a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON kept as text, the same on both databases; keys keep their order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


class Database:
    """One database: `reader` for questions, `writer` for units of work, `engine` for the rest.

    SQLite: WAL, `synchronous=FULL`, foreign keys on, writes begin IMMEDIATE behind one fair
    lock, all on one connection, and share commits. PostgreSQL: a pool with liveness checks; row
    locks do the ordering; a question opens no transaction, in which each statement would see what
    is newest anyway.
    """

    def __init__(self, url: str, *, echo: bool = False) -> None:
        self.url = normalise_url(url)
        self.is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        file = _file_of(self.url) if self.is_sqlite else None
        self.presence = Presence(file) if file else None  # of this process among those that write
        self.engine = (
            _sqlite_engine(self.url, echo, file, self.presence)
            if self.is_sqlite
            else _postgres(self.url, echo)
        )
        faults.watch(self.engine)
        self.writer = self.engine.execution_options(ravand_write=True)
        self.reader = (
            self.engine
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._sessions = sessionmaker(self.reader, class_=QuickSession, expire_on_commit=False)
        self.group = GroupCommit(self._writing) if self.is_sqlite else None  # of commits
        self._glance: Connection | None = None
        self._glancing = Lock()

    def session(self) -> Session:
        """A session for reading; close it after use."""
        return self._sessions()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection on which every question is answered as of one instant."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:  # there every transaction that reads is one
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session of a unit of work, begun; what it committed is on disk when the block ends."""
        if self.group is None:
            with self.writer.connect() as connection, UnitSession(connection) as session:
                yield session
            return
        with self.group.unit() as session:
            yield session

    def _writing(self) -> Connection:
        """The connection of all units of work, which is worth more memory than those of readers."""
        connection = self.writer.connect()
        raw: Any = connection.connection.driver_connection
        raw.execute(f"PRAGMA cache_size=-{WRITERS_CACHE}")
        return connection

    def glance(self, question: Prepared, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of an answer that needs no transaction around it.

        All threads ask on one connection in turn: taking one out of the pool costs more than the
        answer. So it must be a row that is found by its key.
        """
        with self._glancing:
            if self._glance is None or self._glance.invalidated:
                self._glance = self.reader.connect()
            return question.first(self._glance, values)

    def take_turn(self) -> Callable[[], None]:
        """Wait until nobody else of this process writes; call what it returns when done.

        For what cannot be a unit of work, as it needs a connection of its own.
        """
        return self.group.take_turn() if self.group is not None else lambda: None

    def dispose(self) -> None:
        """Close every connection; those that all threads share, when nobody uses them."""
        if self.group is not None:
            self.group.close(LAST_WAIT)
        mine = self._glancing.acquire(timeout=LAST_WAIT)
        try:
            if self._glance is not None:
                self._glance.close()
                self._glance = None
        finally:
            if mine:
                self._glancing.release()
        self.engine.dispose()
        if self.presence is not None:
            self.presence.leave()


_current: Database | None = None


def configure(url: str) -> Database:
    """Make the database at `url` the process's own; the former one is closed."""
    global _current
    if _current is not None:
        _current.dispose()
    _current = Database(url)
    return _current


def database() -> Database:
    """The process's database.

    Raises: RuntimeError before `configure` was called.
    """
    if _current is None:
        raise RuntimeError("no database: call kernel.db.configure(url) first")
    return _current


def normalise_url(url: str) -> str:
    """Name psycopg 3 where an address says only `postgres://` or `postgresql://`."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _file_of(url: str) -> Path | None:
    path = make_url(url).database
    return Path(path) if path and path != ":memory:" else None


def _sqlite_engine(url: str, echo: bool, file: Path | None, presence: Presence | None) -> Engine:
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        echo=echo,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": 15},
        pool_size=32,
        pool_use_lifo=True,  # the one used last still has its pages in memory
    )
    event.listen(engine, "connect", _prepare_sqlite)
    gate = Gate(file) if file else None
    event.listen(engine, "begin", lambda connection: _begin_sqlite(connection, gate, presence))
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "temp_store=MEMORY",
        "secure_delete=ON",  # what was erased must not be readable in the file's free room
        f"cache_size=-{READERS_CACHE}",
        # Each commit is on disk in the log at once (FULL). Moving pages from the log to the file
        # less often costs less, as most of them have changed again by then; the log is ≤ 32 MB.
        "wal_autocheckpoint=8000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection, gate: Gate | None, presence: Presence | None) -> None:
    # A deferred transaction that reads and then writes fails at once when another wrote in
    # between, whatever the busy time-out; IMMEDIATE waits instead.
    if not connection.get_execution_options().get("ravand_write", False):
        say(connection, "BEGIN")
        return
    if presence is not None:
        presence.show()
    with gate.held() if gate is not None else nullcontext():
        say(connection, "BEGIN IMMEDIATE")


def _postgres(url: str, echo: bool) -> Engine:
    engine = create_engine(
        url,
        echo=echo,
        hide_parameters=True,  # an error's text goes to logs; what people typed does not
        connect_args={"connect_timeout": 5},  # seconds; a server that is away is said to be so
        pool_size=16,
        max_overflow=16,
        pool_timeout=10,
        pool_use_lifo=True,  # the one used last is known to live, and has its statements prepared
    )
    PingAfterRest(engine)
    return engine
