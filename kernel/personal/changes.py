"""What would change in the database so that a person is in it no more; and changing it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.orm import Session

from kernel.personal.columns import Declared, Holding, declared
from kernel.personal.identity import BETWEEN_FIGURES, Fragment
from kernel.personal.subject import Depth, Subject
from kernel.uow import UnitOfWork

Found = Mapping[str, Collection[tuple[Any, ...]]]
"""Keys of rows by table."""
_MARK = "is_theirs"
AT_ONCE = 400  # ids in one question


@dataclass(frozen=True)
class Change:
    """One row: its new `values`, or None when the row goes."""

    of: Declared
    key: tuple[Any, ...]
    values: dict[str, Any] | None
    row: Mapping[str, Any]


def changes(
    session: Session, subject: Subject, *, lock: bool, found: Found | None = None
) -> Iterator[Change]:
    """Everything that has to change, row by row; with `lock`, nobody else changes it meanwhile.

    `subject.touched` grows on the way: packed values, in which no database can search, are
    opened last, of the cases in which something was found.

    Args:
        found: what was found before, so that now no table is read through: only these rows are
            looked at again, and those that an index finds by the person and by their cases.
    """
    seen: set[tuple[Any, ...]] = set()
    for one in list(declared.values()):
        if one.columns or one.removed:
            where = _conditions(subject, one) if found is None else _again(subject, one, found)
            yield from _new(seen, _table(session, subject, one, where, lock))
    others = subject.touched - subject.cases.keys()
    for one in list(declared.values()):
        if one.case and any(not how.searched for how in one.columns.values()):
            yield from _new(seen, _table(session, subject, one, _of_cases(one, others), lock))


def theirs(
    session: Session, subject: Subject, *, shared: bool
) -> Iterator[tuple[Declared, Mapping[str, Any]]]:
    """Rows about the person, and of their cases; of cases about others only with `shared`."""
    for of in list(declared.values()):
        owned = of.owned(subject) if of.owned else None
        wanted = {c for c, depth in subject.cases.items() if shared or depth is Depth.WHOLE}
        mark = (owned if owned is not None else literal(False)).label(_MARK)
        seen: set[tuple[Any, ...]] = set()
        if not of.kind:
            continue
        for condition in (*_of_cases(of, wanted), *([owned] if owned is not None else [])):
            query = select(of.table, mark).where(condition).order_by(*of.key)
            for row in session.execute(query).mappings():
                key = tuple(row[column.name] for column in of.key)
                if key not in seen:
                    seen.add(key)
                    yield of, {name: value for name, value in row.items() if name != _MARK}


def apply(uow: UnitOfWork, found: Iterable[Change]) -> Counter[str]:
    """Carry the changes out; how many rows of which kind."""
    counts: Counter[str] = Counter()
    for one in found:
        here = _is(one.of, one.key)
        if one.values is None:
            uow.session.execute(delete(one.of.table).where(here))
            if one.of.then is not None:
                uow.after_commit(partial(one.of.then, one.row))
        else:
            values: dict[str, Any] = dict(one.values)
            if one.of.counts_up:
                values[one.of.counts_up] = one.of.table.c[one.of.counts_up] + 1
            uow.session.execute(update(one.of.table).where(here).values(values))
        counts[one.of.kind] += 1
    return counts


def _new(seen: set[tuple[Any, ...]], found: Iterable[Change]) -> Iterator[Change]:
    for one in found:
        place = (one.of.table.name, *one.key)
        if place not in seen:
            seen.add(place)
            yield one


def _conditions(subject: Subject, of: Declared) -> Iterator[ColumnElement[bool]]:
    """Rows of the person's cases, rows that are theirs, rows that name them."""
    yield from _of_cases(of, subject.cases)
    owned = of.owned(subject) if of.owned else None
    if owned is not None:
        yield owned
    columns = [of.table.c[name] for name, how in of.columns.items() if how.searched]
    if columns and (pieces := list(subject.sure.fragments())):
        yield or_(*(is_like(column, piece) for column in columns for piece in pieces))


def _again(subject: Subject, of: Declared, found: Found) -> Iterator[ColumnElement[bool]]:
    """The same by index, and the rows that were found before."""
    if not of.scanned:
        yield from _of_cases(of, subject.cases)
    owned = of.owned(subject) if of.owned else None
    if owned is not None:
        yield owned
    left = iter(sorted(found.get(of.table.name, ()), key=str))
    while some := list(islice(left, AT_ONCE)):
        yield or_(*(_is(of, key) for key in some))


def _is(of: Declared, key: tuple[Any, ...]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(of.key, key, strict=True)))


def _of_cases(of: Declared, cases: Iterable[UUID]) -> Iterator[ColumnElement[bool]]:
    """Conditions that together find the rows of cases, of some hundreds at once."""
    left = iter(sorted(cases, key=str))
    while of.case is not None and (some := list(islice(left, AT_ONCE))):
        yield of.placed(some) if of.placed else of.table.c[of.case].in_(some)


def is_like(column: ColumnElement[Any], piece: Fragment) -> ColumnElement[bool]:
    """Whether a column holds it."""
    text: Any = type_coerce(column, Text)
    if piece.in_figures:
        for sign in BETWEEN_FIGURES:
            text = func.replace(text, sign, "", type_=Text())
    if piece.like.lower() == piece.like.upper():
        return cast(ColumnElement[bool], text.like(piece.like, escape="\\"))
    return cast(ColumnElement[bool], text.ilike(piece.like, escape="\\"))


def _table(
    session: Session,
    subject: Subject,
    of: Declared,
    conditions: Iterable[ColumnElement[bool]],
    lock: bool,
) -> Iterator[Change]:
    owned = of.owned(subject) if of.owned else None
    mark = (owned if owned is not None else literal(False)).label(_MARK)
    for condition in conditions:
        query = select(of.table, mark).where(condition).order_by(*of.key)
        query = query.with_for_update() if lock else query
        for row in session.execute(query).mappings().all():
            found = _row(subject, of, dict(row))
            if found is not None:
                yield found


def _row(subject: Subject, of: Declared, row: dict[str, Any]) -> Change | None:
    theirs, case = bool(row.pop(_MARK)), _case_of(of, row)
    depth = subject.cases.get(case) if case else None
    if depth is Depth.KEPT:
        return None
    whole = depth is Depth.WHOLE or (theirs and depth is not Depth.NAMED)
    key = tuple(row[column.name] for column in of.key)
    if (theirs and of.removed) or (depth is Depth.WHOLE and of.leaves):
        return Change(of, key, None, row)
    redactor = subject.redactor(case)
    if theirs and depth is None:
        redactor = subject.redactor_of_their_own()
    values = {
        name: new
        for name, how in of.columns.items()
        if row[name] is not None and (new := _step(how, whole)(row[name], redactor)) != row[name]
    }
    if values and depth is None and case is not None:
        subject.touched.add(case)
    return Change(of, key, values, row) if values else None


def _step(how: Holding, whole: bool) -> Callable[..., Any]:
    return how.wipe if whole else how.redact


def _case_of(of: Declared, row: Mapping[str, Any]) -> UUID | None:
    if of.case_of is not None:
        return of.case_of(row)
    found: UUID | None = row[of.case] if of.case else None
    return found
