"""The inbox as pages ask for it; how it is read stands in `inbox_statements`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.queries import inbox_statements as statements
from engine.queries.inbox_statements import Shape, Walk
from engine.queries.wording import patterns
from engine.tables import ProcessInstance
from kernel.text import latin_digits
from people.actor import Actor

# A page looks at so many entries, then at more when too few of them fit, at last at `LOOKED`.
SIZES: Final = (16, 96, 384, 1024)
SPARE: Final = 4  # entries more than rows asked for, against those that four eyes hide
LOOKED: Final = 2000

Key = tuple[datetime, UUID]


@dataclass(frozen=True)
class InboxRow:
    """One piece of work in a list. `sort_at` and `id` are its place in it."""

    id: UUID
    instance_id: UUID
    root_id: UUID
    element_id: str
    name: str
    name_en: str
    definition_key: str
    definition_name: str
    definition_name_en: str
    number: str
    subject: str
    status: str
    priority: str
    unit_key: str | None
    position_key: str | None
    assignee_id: UUID | None
    assignee: str | None
    opened_at: datetime
    due_at: datetime | None
    follow_up_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    sort_at: datetime

    @property
    def key(self) -> Key:
        """Where the list goes on behind this row."""
        return self.sort_at, self.id


@dataclass(frozen=True)
class InboxPage:
    """Some rows in order. `next` and `previous` go in as `after` and `before`.

    Attributes:
        cut: so much was looked at that the rest of the list waits behind `next` (or before
            `previous`), whether anything in it fits or not.
    """

    rows: list[InboxRow]
    next: Key | None = None
    previous: Key | None = None
    cut: bool = False


@dataclass(frozen=True)
class _Found:
    """Rows in the direction of the walk; `stopped` where it gave up before the end."""

    rows: list[InboxRow]
    stopped: Key | None = None


def inbox(session: Session, actor: Actor, **wish: Any) -> list[InboxRow]:
    """The rows of `inbox_page`."""
    return inbox_page(session, actor, **wish).rows


def inbox_page(
    session: Session,
    actor: Actor,
    *,
    status: str = "open",
    due_before: datetime | None = None,
    later_than: datetime | None = None,
    definition_key: str | None = None,
    root_id: UUID | None = None,
    search: str | None = None,
    newest: bool = False,
    after: Key | None = None,
    before: Key | None = None,
    limit: int = 50,
) -> InboxPage:
    """Work of this actor, the most urgent first; closed work, the latest first.

    Args:
        status: `open` (everything that lies here), `claimed` (taken by the actor) or
            `completed` (done by the actor).
        later_than: only open work that is to be taken up after this instant, by that day.
        search: words of the step's name, the subject or the number; the whole number of a case
            finds what lies here of it.
        newest: open work by when it came, the latest first.
        after: the `next` of the page before this one.
        before: the `previous` of the page behind it.
    """
    question = _Question(
        session,
        actor,
        walk=_walk(status, later_than, newest, definition_key, root_id),
        given={
            "definition_key": definition_key,
            "due_before": due_before if status != "completed" else None,
            "later_than": later_than,
            "root_id": root_id,
        },
        search=search or "",
    )
    case = None
    if search and root_id is None and status == "open" and not (after or before):
        case = _case_numbered(session, search)
    if case is not None:
        named = replace(question, walk=Walk.CASE, given={"root_id": case}, search="")
        if (page := named.forward(None, limit)).rows:
            return page
    return question.page(after, before, limit)


def _walk(
    status: str,
    later_than: datetime | None,
    newest: bool,
    definition_key: str | None,
    root_id: UUID | None,
) -> Walk:
    """The index that answers most of a question."""
    if status == "completed":
        return Walk.CLOSED
    if root_id is not None:
        return Walk.CASE
    if later_than is not None:
        return Walk.LATER
    if status == "claimed":
        return Walk.CLAIMED
    if newest:
        return Walk.NEWEST
    return Walk.PROCESS if definition_key else Walk.DUE


def _case_numbered(session: Session, typed: str) -> UUID | None:
    """The case whose number was typed in full."""
    number = latin_digits(typed).strip()
    if not number[-1:].isdecimal():
        return None
    query = select(ProcessInstance.root_id).where(ProcessInstance.number == number)
    return session.scalar(query.limit(1))


@dataclass(frozen=True)
class _Question:
    """What is asked; the pages of its answer."""

    session: Session
    actor: Actor
    walk: Walk
    given: dict[str, Any]
    search: str

    def page(self, after: Key | None, before: Key | None, limit: int) -> InboxPage:
        """The page behind `after`, or before `before`; from the start without either."""
        if before is None:
            return self.forward(after, limit)
        found = self._gather(before, limit + 1, backward=True)
        rows = found.rows[:limit][::-1]
        if len(found.rows) > limit:
            return InboxPage(rows, next=rows[-1].key, previous=rows[0].key)
        if found.stopped:
            end = rows[-1].key if rows else before
            return InboxPage(rows, next=end, previous=found.stopped, cut=True)
        return self.forward(None, limit)  # the start of the list: a whole page of it

    def forward(self, after: Key | None, limit: int) -> InboxPage:
        """The page behind a place in the list."""
        found = self._gather(after, limit + 1, backward=False)
        rows = found.rows[:limit]
        previous = (rows[0].key if rows else after) if after else None
        if len(found.rows) > limit:
            return InboxPage(rows, next=rows[-1].key, previous=previous)
        return InboxPage(rows, found.stopped, previous, cut=found.stopped is not None)

    def _gather(self, place: Key | None, wanted: int, *, backward: bool) -> _Found:
        """Rows that fit, until there are enough, or the list ends, or enough was looked at."""
        rows: list[InboxRow] = []
        shape, values = self._asked(wanted, backward)
        looked = 0
        while True:
            if place is not None:
                values |= {"after_at": place[0], "after_id": place[1]}
            values["limit"] = wanted - len(rows)
            here = replace(shape, after=place is not None)
            found = statements.rows(here).all(self.session.connection(), values)
            rows += [InboxRow(*row[:-1]) for row in found[:-1]]
            if not found or found[-1][-1] < shape.size or len(rows) >= wanted:
                return _Found(rows)
            end = found[-1]
            place, looked = (end[-2], end[0]), looked + shape.size
            if looked >= LOOKED:
                return _Found(rows, place)
            shape = replace(shape, size=SIZES[min(SIZES.index(shape.size) + 1, len(SIZES) - 1)])

    def _asked(self, wanted: int, backward: bool) -> tuple[Shape, dict[str, Any]]:
        """The shape of the first statement, and its values."""
        asked = {name: value for name, value in self.given.items() if value is not None}
        parts = statements.addresses(self.actor.principals)
        values = {**asked, **parts, "person_id": self.actor.person_id}
        values["person"] = f"%{self.actor.person_id}%"
        words = patterns(self.search)
        if words:
            values |= {"search": words[0], "search_fa": words[1]}
        shape = Shape(
            self.walk,
            len(parts),
            _size(wanted, asked, self.walk, searching=words is not None),
            due_before="due_before" in asked,
            definition_key="definition_key" in asked,
            search=words is not None,
            backward=backward,
            ends_arms=statements.ends_arms(self.session.connection()),
        )
        return shape, values


def _size(wanted: int, asked: Mapping[str, Any], walk: Walk, *, searching: bool) -> int:
    """How many entries are looked at first: more where few of them may fit."""
    narrow = searching or ("definition_key" in asked and walk is not Walk.PROCESS)
    fewest = max(wanted + SPARE, SIZES[2]) if narrow else wanted + SPARE
    return next((size for size in SIZES if size >= fewest), SIZES[-1])


def next_item(session: Session, actor: Actor, root_id: UUID) -> UUID | None:
    """What to go on with: the first work of the same case when it is near, else the first."""
    connection = session.connection()
    parts = statements.addresses(actor.principals)
    ends_arms = statements.ends_arms(connection)
    query = statements.next_item(Shape(Walk.DUE, len(parts), SIZES[1], ends_arms=ends_arms))
    given = {**parts, "person": f"%{actor.person_id}%", "root": root_id}
    row = query.first(connection, given)
    return row[0] if row else None
