"""Sessions on the kernel's connections: for questions, and for units of work."""

from typing import Any

from sqlalchemy import Connection, Transaction
from sqlalchemy.orm import Session, SessionTransaction


class QuickSession(Session):
    """A session that looks its connection up once in a transaction; hot paths ask for it often."""

    _found: tuple[SessionTransaction, Connection] | None = None

    def connection(
        self,
        bind_arguments: Any = None,
        execution_options: Any = None,
    ) -> Connection:
        """The connection of the transaction, begun when there is none."""
        if bind_arguments or execution_options:
            return super().connection(bind_arguments, execution_options)
        found = self._found
        if found is not None and found[0] is self.get_transaction() and found[0].is_active:
            return found[1]
        opened = super().connection()
        within = self.get_transaction()
        self._found = (within, opened) if within is not None else None
        return opened

    def within(self) -> object | None:
        """What ends with the transaction; None before it has begun."""
        return self.get_transaction()


class UnitSession(QuickSession):
    """A session on a connection whose transaction has begun: Core on it passes the ORM by.

    The ORM joins the transaction when it is used; `commit` and `close` end both.

    Args:
        shared: the transaction outlives this unit, and ends for all units in it; where one is
            open already, this unit has a savepoint in it.
    """

    def __init__(self, connection: Connection, *, shared: bool = False) -> None:
        super().__init__(connection, expire_on_commit=False, join_transaction_mode="rollback_only")
        self._lent: Connection = connection
        inside = connection.in_transaction()
        self._outer: Transaction = connection.begin_nested() if inside else connection.begin()
        self._left_open = shared and not inside
        self.is_kept = False

    def connection(
        self,
        bind_arguments: Any = None,
        execution_options: Any = None,
    ) -> Connection:
        """The connection it was given."""
        if bind_arguments or execution_options or not self._outer.is_active:
            return super().connection(bind_arguments, execution_options)
        return self._lent

    def within(self) -> object | None:
        """The transaction it was given."""
        return self._outer

    def commit(self) -> None:
        """Commit what the ORM and Core have done, or leave it to whoever ends the transaction."""
        if self.in_transaction():
            super().commit()
        self.is_kept = self._outer.is_active
        if self.is_kept and not self._left_open:
            self._outer.commit()

    def close(self) -> None:
        """End the unit, undone unless it was committed; nothing can be asked any more."""
        super().close()
        if not self.is_kept:
            self._outer.close()
        self.bind = None  # the connection may be another unit's by now
