"""The map of personal data: of every column of every table, whether it may tell of a person.

Each package says so of its own tables with `declare`. A column that nobody declared is a mistake
that a test finds. Ids, instants and switches tell nothing by themselves and need no word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Boolean, Column, ColumnElement, MetaData, Table, Uuid
from sqlalchemy.orm import DeclarativeBase

from kernel.db import UtcDateTime
from kernel.personal.identity import ERASED, ERASED_EN
from kernel.personal.redacting import Redactor

if TYPE_CHECKING:
    from kernel.personal.subject import Subject

_NAMELESS = (Uuid, UtcDateTime, Boolean)


@dataclass(frozen=True)
class Holding:
    """How a column holds what was said of people.

    Attributes:
        redact: the value without what names one person.
        wipe: the value when nothing personal may stay in it.
        searched: whether the database can look inside, as it cannot in packed values.
    """

    redact: Callable[[Any, Redactor], Any]
    wipe: Callable[[Any, Redactor], Any]
    searched: bool = True


def _text(value: str, redactor: Redactor) -> str:
    return redactor.text(value)


TEXT = Holding(_text, lambda value, _: ERASED if value else value)
LINE = Holding(_text, _text)  # a word of the diagram or of a program, which may hold a name
FADES = Holding(_text, lambda value, _: "" if value else value)
NONE = Holding(_text, lambda *_: None)
ENGLISH = Holding(_text, lambda *_: ERASED_EN)
DAY = Holding(lambda value, _: value, lambda *_: None, searched=False)
VALUES = Holding(lambda value, r: r.json(value), lambda value, r: r.wipe(value))
FREE_VALUES = Holding(lambda value, r: r.json(value), lambda *_: {})


@dataclass(frozen=True)
class Declared:
    """What one table holds of people.

    Attributes:
        kind: the word under which its rows are counted in reports.
        case: the column that says to which case a row belongs. Where it takes more to say it,
            `placed` is the condition for some cases and `case_of` the case of a row.
        scanned: no index finds the rows of a case.
        owned: which rows are about the person themselves; an index finds them.
        removed: rows about the person go as a whole.
        leaves: with the last of its case's data the row goes too.
        counts_up: a column that every change moves, for whoever read the row before.
        then: what follows the removal of a row, once that is on disk.
    """

    table: Table
    kind: str
    columns: Mapping[str, Holding]
    free: frozenset[str]
    case: str | None = None
    placed: Callable[[Sequence[UUID]], ColumnElement[bool]] | None = None
    case_of: Callable[[Mapping[str, Any]], UUID | None] | None = None
    scanned: bool = False
    owned: Callable[[Subject], ColumnElement[bool] | None] | None = None
    removed: bool = False
    leaves: bool = False
    counts_up: str | None = None
    then: Callable[[Mapping[str, Any]], None] | None = None

    @property
    def key(self) -> list[Column[Any]]:
        """The columns that say which row it is."""
        return list(self.table.primary_key)


declared: dict[str, Declared] = {}


def declare(
    model: type[DeclarativeBase],
    kind: str = "",
    *,
    free: str = "",
    personal: Mapping[str, Holding] | None = None,
    **about: Any,
) -> None:
    """Say what a table holds of people from outside; see `Declared`.

    Args:
        free: names of columns that hold nothing of them, with blanks between.
        personal: columns that may, and how.
    """
    table: Any = model.__table__
    known = {*free.split(), *(personal or {})}
    if unknown := known - set(table.columns.keys()):
        raise ValueError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    declared[table.name] = Declared(table, kind, personal or {}, frozenset(free.split()), **about)


def undeclared(metadata: MetaData) -> list[str]:
    """Columns of which nobody said whether they may tell of a person: `table.column`."""
    found = []
    for table in metadata.sorted_tables:
        known = declared.get(table.name)
        said = {*known.columns, *known.free} if known else set()
        found += [
            f"{table.name}.{column.name}"
            for column in table.columns
            if column.name not in said and not _is_nameless(column)
        ]
    return found


def _is_nameless(column: Column[Any]) -> bool:
    return isinstance(column.type, _NAMELESS) or bool(column.foreign_keys)
