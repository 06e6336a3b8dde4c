"""Rows as lines of JSON and back, the same whichever database they come from."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, LargeBinary, Table, Uuid, select
from sqlalchemy.types import Date, TypeEngine

from kernel.db import UtcDateTime

AT_ONCE = 500  # rows in memory


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """Every row as one line, columns in the order of the table, without its line feed."""
    found = connection.execute(select(table), execution_options={"yield_per": AT_ONCE})
    for row in found:
        yield orjson.dumps([_plain(value) for value in row])


def values(table: Table, line: bytes) -> dict[str, Any]:
    """The row that a line describes, by column."""
    readers = [(column.name, _reader(column.type)) for column in table.columns]
    row = orjson.loads(line)
    return {
        name: value if value is None or read is None else read(value)
        for (name, read), value in zip(readers, row, strict=True)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value  # orjson writes UUIDs, dates and instants by itself, always in one way


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    if isinstance(kind, Uuid):
        return UUID
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat
    if isinstance(kind, Date):
        return date.fromisoformat
    if isinstance(kind, LargeBinary):
        return base64.b64decode
    return None
