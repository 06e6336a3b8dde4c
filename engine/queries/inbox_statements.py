"""The inbox's statements, built once for each shape of question; only values change after that.

The first rows of each address are read along an index and merged: nothing sorts, counts or
walks all that is open. `Walk` is the index, `Shape.size` how many entries are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from engine.queries.wording import ESCAPE
from engine.tables import InboxEntry, ProcessDefinition, WorkItem
from kernel.prepared import Prepared

ITEM: Any = WorkItem.__table__.c
ENTRY: Any = InboxEntry.__table__.c
DEFINITION: Any = ProcessDefinition.__table__.c

COLUMNS = (
    ITEM.id,
    ITEM.instance_id,
    ITEM.root_id,
    ITEM.element_id,
    ITEM.name,
    ITEM.name_en,
    ITEM.definition_key,
    DEFINITION.name.label("definition_name"),
    DEFINITION.name_en.label("definition_name_en"),
    ITEM.number,
    ITEM.subject,
    ITEM.status,
    ITEM.priority,
    ITEM.unit_key,
    ITEM.position_key,
    ITEM.assignee_id,
    ITEM.assignee,
    ITEM.opened_at,
    ITEM.due_at,
    ITEM.follow_up_at,
    ITEM.closed_at,
    ITEM.outcome,
)


class Walk(Enum):
    """The index that a list is read along; its order is the list's."""

    DUE = "due"  # what lies here, the most urgent first
    PROCESS = "process"  # … of one process
    LATER = "later"  # what is to be taken up after `later_than`, the nearest day first
    NEWEST = "newest"  # what lies here, the latest first
    CASE = "case"  # what lies here of one case, the most urgent first
    CLAIMED = "claimed"  # what `person_id` has taken, the most urgent first
    CLOSED = "closed"  # what `person_id` has done, the latest first

    @property
    def of_addresses(self) -> bool:
        """Whether it has an arm for each address; the others have one."""
        return self in (Walk.DUE, Walk.PROCESS, Walk.LATER, Walk.NEWEST)

    @property
    def descends(self) -> bool:
        return self in (Walk.NEWEST, Walk.CLOSED)

    @property
    def at(self) -> Any:
        """The column it is ordered by; the item's id decides between equals."""
        others = {
            Walk.LATER: ENTRY.follow_up,
            Walk.NEWEST: ENTRY.opened,
            Walk.CLOSED: ITEM.closed_at,
        }
        return others.get(self, ENTRY.due)

    @property
    def item_id(self) -> Any:
        return ITEM.id if self is Walk.CLOSED else ENTRY.item_id


@dataclass(frozen=True)
class Shape:
    """Which conditions a question has; each true one takes a parameter of the same name.

    Attributes:
        principals: how many addresses there are: parameters `principal_0`, `principal_1`, ….
        size: how many entries are looked at.
        definition_key: narrows the walk by process; itself a part of `Walk.PROCESS`.
        search: takes `search_fa` too: the same words with Persian digits.
        after: the list goes on behind `after_at`, `after_id`.
        backward: against the order of the list.
        ends_arms: each address' arm ends by itself: see `ends_arms`.
    """

    walk: Walk
    principals: int
    size: int
    due_before: bool = False
    definition_key: bool = False
    search: bool = False
    after: bool = False
    backward: bool = False
    ends_arms: bool = False

    @property
    def descends(self) -> bool:
        return self.walk.descends is not self.backward


def ends_arms(connection: Connection) -> bool:
    """Whether the database must be told where each arm of a union ends, to merge them.

    SQLite merges ordered arms as far as the whole needs them, and would first read to the end of
    an arm with an end. PostgreSQL sorts all that lies in arms without one.
    """
    return connection.dialect.name != "sqlite"


def addresses(principals: frozenset[str]) -> dict[str, str]:
    """The parameters `principal_0`, …; somebody without any has the empty address."""
    return {f"principal_{n}": one for n, one in enumerate(sorted(principals) or [""])}


@lru_cache(maxsize=512)
def rows(shape: Shape) -> Prepared:
    """The rows among the first `size` entries that fit, and behind them how far that was.

    The last row says how many entries there were (`examined`) and where they ended (`sort_at`,
    `id`); its other columns are empty. Without entries there is no row at all.

    Parameters: `person` (a LIKE pattern: not barred by four eyes), `limit`, the shape's.
    """
    near = _entries(shape)
    once = select(near.c.item_id, near.c.at).distinct().subquery()
    fit = (
        select(*COLUMNS, once.c.at.label("sort_at"), literal_column("0").label("examined"))
        .select_from(once)
        .join(WorkItem.__table__, ITEM.id == once.c.item_id)
        .join(ProcessDefinition.__table__, DEFINITION.id == ITEM.definition_id)
        .where(_not_barred(ITEM.excluded), *_narrow(shape))
    )
    found = _ordered(fit, once.c.at, once.c.item_id, shape).limit(bindparam("limit")).subquery()
    count = select(func.count()).select_from(near).scalar_subquery()
    last = select(near.c.item_id, near.c.at, count.label("examined"))
    end = _ordered(last, near.c.at, near.c.item_id, shape, turned=True)
    ended = end.limit(literal_column("1")).subquery()
    empty = (null() for _ in COLUMNS[1:])
    return Prepared(
        union_all(select(*found.c), select(ended.c.item_id, *empty, ended.c.at, ended.c.examined))
    )


@lru_cache(maxsize=64)
def next_item(shape: Shape) -> Prepared:
    """The id of the first open work, rather that of `root`. Parameters: as `rows`, `root`."""
    near = _entries(shape)
    elsewhere = ITEM.root_id != bindparam("root", type_=ITEM.root_id.type)
    return Prepared(
        select(ITEM.id)
        .select_from(near)
        .join(WorkItem.__table__, ITEM.id == near.c.item_id)
        .where(_not_barred(ITEM.excluded))
        .order_by(elsewhere, near.c.at, near.c.item_id)
        .limit(literal_column("1"))
    )


def _entries(shape: Shape) -> Any:
    """The first `size` entries of the walk; an item at two addresses comes twice in a row."""
    walk = shape.walk
    end: Any = literal_column(str(shape.size))
    arms: list[Any] = [
        _arm(shape, number) for number in range(shape.principals if walk.of_addresses else 1)
    ]
    if len(arms) == 1:
        return _ordered(arms[0], walk.at, walk.item_id, shape).limit(end).cte("near")
    if shape.ends_arms:
        arms = [_ordered(arm, walk.at, walk.item_id, shape).limit(end) for arm in arms]
    every = union_all(*arms)
    at, item_id = every.selected_columns.at, every.selected_columns.item_id
    return _ordered(every, at, item_id, shape).limit(end).cte("near")


def _arm(shape: Shape, number: int) -> Select[Any]:
    """The entries of one address in order: a walk along an index."""
    walk = shape.walk
    query = select(walk.item_id.label("item_id"), walk.at.label("at"))
    query = query.where(*_place(shape, number))
    if shape.due_before and walk.at is ENTRY.due:
        query = query.where(ENTRY.due <= _value("due_before", ENTRY.due))
    if shape.after:
        here = tuple_(walk.at, walk.item_id)
        cursor = tuple_(_value("after_at", walk.at), _value("after_id", walk.item_id))
        query = query.where(here < cursor if shape.descends else here > cursor)
    return query


def _place(shape: Shape, number: int) -> list[ColumnElement[bool]]:
    """Where the walk goes."""
    walk = shape.walk
    if walk is Walk.CLOSED:
        closer = ITEM.closed_by_id == _value("person_id", ITEM.closed_by_id)
        return [closer, ITEM.status == "completed"]
    if walk is Walk.CLAIMED:
        return [ENTRY.claimed_by == _value("person_id", ENTRY.claimed_by)]
    if walk is Walk.CASE:
        # From the case's items to their entries; never through all that lies at an address.
        address = func.coalesce(ENTRY.principal, "")
        lies = or_(*(address == bindparam(f"principal_{n}") for n in range(shape.principals)))
        mine = select(ITEM.id).where(ITEM.root_id == _value("root_id", ITEM.root_id))
        is_open = or_(ITEM.status == "open", ITEM.status == "claimed")
        return [ENTRY.item_id.in_(mine.where(is_open)), lies]
    here = [ENTRY.principal == bindparam(f"principal_{number}")]
    if walk is Walk.PROCESS:
        here.append(ENTRY.definition_key == bindparam("definition_key"))
    if walk is Walk.LATER:
        here.append(ENTRY.follow_up > _value("later_than", ENTRY.follow_up))
    return here


def _narrow(shape: Shape) -> list[ColumnElement[bool]]:
    """What the walk itself does not answer."""
    conditions: list[ColumnElement[bool]] = []
    if shape.due_before and shape.walk.at is not ENTRY.due:
        conditions.append(ITEM.due_at <= _value("due_before", ITEM.due_at))
    if shape.definition_key and shape.walk is not Walk.PROCESS:
        conditions.append(ITEM.definition_key == bindparam("definition_key"))
    if shape.search:
        words: tuple[Any, ...] = (bindparam("search"), bindparam("search_fa"))
        texts = (ITEM.name, ITEM.name_en, ITEM.subject)
        found = [text.ilike(one, escape=ESCAPE) for text in texts for one in words]
        conditions.append(or_(*found, ITEM.number.like(words[0], escape=ESCAPE)))
    return conditions


def _ordered(query: Any, at: Any, item_id: Any, shape: Shape, *, turned: bool = False) -> Any:
    if shape.descends is not turned:
        return query.order_by(at.desc(), item_id.desc())
    return query.order_by(at, item_id)


def _value(name: str, column: Any) -> Any:
    return bindparam(name, type_=column.type)


def _not_barred(excluded: Any) -> ColumnElement[bool]:
    """Four eyes: what this person may not do does not lie in their inbox."""
    barred = type_coerce(excluded, Text)
    return or_(barred == "[]", barred.not_like(bindparam("person", type_=Text())))
