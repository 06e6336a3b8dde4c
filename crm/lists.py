"""The lists of contacts and of tickets: each page costs the same however many there are.

What an index finds at once is found wherever it stands: a family name from its beginning, a
number from its beginning, a national id. Other parts of names and numbers are looked for along
the list; the page says when it looked through a part only, and goes on behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from crm.queries import ContactRow, contact_rows
from crm.tables import Contact, ContactPhone, ContactRole, Ticket
from kernel import text
from kernel.counting import CAP
from kernel.looking import SIZES, look_through
from people import Actor

T = TypeVar("T", Contact, Ticket)
Row = TypeVar("Row")
AT_ONCE: Final = 20  # rows that are shown because an index found them
_LAST: Final = "\U0010ffff"  # behind everything that begins with the same letters


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows in order; `next` goes in as `after`.

    Attributes:
        cut: so much was looked through that the rest waits behind `next`, fit or not.
    """

    rows: list[Row]
    next: tuple[Any, UUID] | None = None
    cut: bool = False


def contacts(
    session: Session,
    actor: Actor,
    *,
    query: str = "",
    role: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> Page[ContactRow]:
    """Contacts by family name; `query` matches parts of the name, or of a number.

    Args:
        after: `(sort_key, id)` of the last row of the page before, see `cursor`.
    """
    actor.require("contact.view")
    plain: list[ColumnElement[bool]] = []
    hard: list[ColumnElement[bool]] = [Contact.erased_at.is_(None)]
    if role:
        plain, hard = _in_role(session, role, hard)
    if query.strip():
        hard.append(_names(query))
    place = (Contact.sort_key, Contact.id)

    def walk(behind: Any) -> Any:
        chosen = _along(place, hard).where(*plain)
        if behind is not None:
            chosen = chosen.where(tuple_(*place) > tuple_(*behind))
        return chosen.order_by(*place)

    def order(near: Any) -> tuple[Any, ...]:
        return (near.c.at, near.c.id)

    found = _page(session, Contact, walk, order, after, limit)
    if found.cut and after is None and query.strip():
        known = _begun(session, Contact, _contact_beginnings(query), [*plain, *hard], place)
        found = _with(known, found)
    return Page(contact_rows(session, found.rows), found.next, found.cut)


def cursor(session: Session, contact_id: UUID) -> tuple[str, UUID] | None:
    """Where a page of `contacts` ended, for the next one."""
    found = session.get(Contact, contact_id)
    return (found.sort_key, found.id) if found else None


def tickets(
    session: Session,
    actor: Actor,
    *,
    query: str = "",
    status: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> Page[Ticket]:
    """Tickets, newest first; `query` matches caller, subject, text, number or phone.

    Args:
        after: `(opened_at, id)` of the last row of the page before.
    """
    actor.require("ticket.view")
    plain = [Ticket.status == status] if status else []
    hard = list(_ticket_words(query))
    place = (Ticket.opened_at, Ticket.id)

    def walk(behind: Any) -> Any:
        chosen = _along(place, hard).where(*plain)
        if behind is not None:
            chosen = chosen.where(tuple_(*place) < tuple_(*behind))
        return chosen.order_by(*(column.desc() for column in place))

    def order(near: Any) -> tuple[Any, ...]:
        return (near.c.at.desc(), near.c.id.desc())

    found = _page(session, Ticket, walk, order, after, limit)
    if found.cut and after is None:
        latest = [column.desc() for column in place]
        known = _begun(session, Ticket, _ticket_beginnings(query), [*plain, *hard], latest)
        found = _with(known, found)
    return found


def _along(place: tuple[Any, Any], hard: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """Rows in the order of an index; whether one fits is asked of those that are walked along."""
    at, key = place
    chosen: Select[Any] = select(at.label("at"), key.label("id"), and_(true(), *hard).label("fits"))
    return chosen


def _page(
    session: Session,
    model: type[T],
    walk: Callable[[Any], Select[Any]],
    order: Callable[[Any], tuple[Any, ...]],
    after: Any,
    limit: int,
) -> Page[T]:
    """The rows of a walk that fit, in its order."""

    def fitting(near: Any, count: int) -> list[T]:
        # Two questions: joined, PostgreSQL may think it cheaper to read the whole table.
        fits = select(near.c.id).where(near.c.fits).order_by(*order(near)).limit(count)
        ids = session.scalars(fits).all()
        rows = {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}
        return [rows[one] for one in ids]

    found = look_through(session, walk, fitting, after, limit + 1)
    if len(found.rows) > limit:
        return Page(found.rows[:limit], _key(found.rows[limit - 1]))
    return Page(found.rows, found.stopped, cut=found.stopped is not None)


def _key(row: Contact | Ticket) -> tuple[Any, UUID]:
    return (row.sort_key if isinstance(row, Contact) else row.opened_at), row.id


def _begun(
    session: Session,
    model: type[T],
    beginnings: Iterator[Select[Any]],
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
) -> list[T]:
    """A few rows that an index finds by how something in them begins."""
    found: list[T] = []
    for query in beginnings:
        near = session.scalars(query.limit(SIZES[0])).all()
        if not near:
            continue
        chosen = select(model).where(model.id.in_(near), *conditions)
        rows = session.scalars(chosen.order_by(*order).limit(AT_ONCE))
        found += [row for row in rows if row not in found]
    return found[:AT_ONCE]


def _with(known: list[T], page: Page[T]) -> Page[T]:
    rows = list(known)
    rows += [one for one in page.rows if one not in known]  # one row is one object
    return Page(rows, page.next, page.cut)


def _in_role(
    session: Session, role: str, hard: list[ColumnElement[bool]]
) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """Whoever plays a rare part is found by id; for a common one each is asked."""
    who = select(ContactRole.contact_id).where(ContactRole.role == role)
    few = session.scalars(who.limit(CAP)).all()
    if len(few) < CAP:
        return [Contact.id.in_(few)], hard
    theirs = (ContactRole.contact_id == Contact.id, ContactRole.role == role)
    return [], [*hard, _has(select(ContactRole.role).where(*theirs))]


def _has(one: Select[Any]) -> ColumnElement[bool]:
    # A value of each row: for an EXISTS, PostgreSQL may read the whole table into memory.
    return one.limit(1).scalar_subquery().is_not(None)


def _names(query: str) -> ColumnElement[bool]:
    digits = _figures(query)
    if digits:
        theirs = (ContactPhone.contact_id == Contact.id, ContactPhone.number.contains(digits))
        number = select(ContactPhone.number).where(*theirs)
        return or_(_has(number), Contact.search_key.contains(digits))
    words = text.search_key(query).split()
    return and_(*(Contact.search_key.contains(word, autoescape=True) for word in words))


def _contact_beginnings(query: str) -> Iterator[Select[Any]]:
    digits = _figures(query)
    if digits:
        for number in (f"+98{digits}", f"+{digits}"):
            yield _ids(Contact).join(ContactPhone).where(_begins(ContactPhone.number, number))
        for column in (Contact.melli_code, Contact.legal_id):
            yield _ids(Contact).where(_begins(column, digits))
            yield _ids(Contact).where(_begins(column, f"0{digits}"))
        return
    words = query.split()
    # As a list is sorted: the family name, then the whole name.
    for start in (f"{words[-1]} {query}", query, *words):
        key = text.sort_key(start)
        yield _ids(Contact).where(_begins(Contact.sort_key, key)).order_by(Contact.sort_key)


def _ticket_words(query: str) -> Iterator[ColumnElement[bool]]:
    for word in text.search_key(query).split():
        yield or_(
            Ticket.search_key.contains(word, autoescape=True),
            Ticket.number.contains(word, autoescape=True),
            Ticket.mobile.contains(word.removeprefix("0"), autoescape=True),
        )


def _ticket_beginnings(query: str) -> Iterator[Select[Any]]:
    for word in text.search_key(query).split():
        yield _ids(Ticket).where(_begins(Ticket.number, word))
        if digits := _figures(word):
            yield _ids(Ticket).where(_begins(Ticket.mobile, f"+98{digits}"))


def _ids(model: type[Contact] | type[Ticket]) -> Select[Any]:
    return select(model.id)


def _begins(column: InstrumentedAttribute[Any], start: str) -> ColumnElement[bool]:
    return and_(column >= start, column < start + _LAST)


def _figures(query: str) -> str:
    """The figures of what looks like a number: without spaces, `+`, and zeros at its head."""
    digits = text.latin_digits(query).replace(" ", "").lstrip("+0")
    return digits if digits.isdigit() and len(digits) >= 3 else ""
