"""New rows written at once, past the ORM's unit of work: for what is added many times a second.

A flush sorts, compares and refreshes; a row that nobody reads again in its transaction needs none
of that. What is written here does not belong to the session.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Column, Table, insert, inspect
from sqlalchemy.orm import Session

from kernel.db import Base
from kernel.prepared import Prepared
from kernel.types import JsonObject


def write(session: Session, rows: Sequence[Base]) -> None:
    """Insert rows of one table, in order, with one statement.

    Raises: IntegrityError
    """
    if rows:
        form = _form(type(rows[0]))
        form.statement.change_many(session.connection(), [form.values(row) for row in rows])


class _Form:
    """How a class becomes a row: its statement, the columns by attribute, and their defaults."""

    def __init__(self, kind: type[Base]) -> None:
        mapper = inspect(kind)
        self._columns = {one.key: cast(Column[Any], one.columns[0]) for one in mapper.column_attrs}
        names = [column.name for column in self._columns.values()]
        self.statement = Prepared(insert(cast(Table, kind.__table__)), names)

    def values(self, row: Base) -> JsonObject:
        """What is stored for this row: what it says, else the default of the column."""
        said = row.__dict__
        return {
            column.name: said[name] if name in said else _default(column)
            for name, column in self._columns.items()
        }


def _default(column: Column[Any]) -> Any:
    default: Any = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


@cache
def _form(kind: type[Base]) -> _Form:
    return _Form(kind)
