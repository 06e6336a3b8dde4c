"""The inbox's statements, built once for each shape of question; only values change after that.

The first rows of each address are read along the primary key and merged: nothing sorts
everything that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
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


@dataclass(frozen=True)
class Shape:
    """Which conditions a question has; each true one takes a parameter of the same name.

    `search` takes `search_fa` too: the same words with Persian digits.

    `principals` is how many addresses there are: parameters `principal_0`, `principal_1`, ….
    """

    principals: int
    claimed: bool = False
    due_before: bool = False
    later_than: bool = False
    definition_key: bool = False
    root_id: bool = False
    search: bool = False
    after: bool = False


def addresses(principals: frozenset[str]) -> dict[str, str]:
    """The parameters `principal_0`, …; somebody without any has the empty address."""
    return {f"principal_{n}": one for n, one in enumerate(sorted(principals) or [""])}


@lru_cache(maxsize=512)
def open_items(shape: Shape) -> Prepared:
    """Open work. Parameters: `person` (not barred by four eyes), `top`, `limit`, the shape's."""
    return Prepared(_open_items(shape, *COLUMNS))


@lru_cache(maxsize=64)
def next_item(principals: int) -> Prepared:
    """The id of the first open work, rather that of `root`. Parameters: as `open_items`, `root`."""
    near = _open_items(Shape(principals), ITEM.id, ITEM.root_id).subquery()
    elsewhere = near.c.root_id != bindparam("root", type_=ITEM.root_id.type)
    return Prepared(select(near.c.id).order_by(elsewhere, near.c.sort_at, near.c.id).limit(1))


def _open_items(shape: Shape, *columns: Any) -> Select[Any]:
    merged = union_all(*(_top(n, shape) for n in range(shape.principals))).subquery()
    found = (
        select(merged.c.item_id, func.min(merged.c.due).label("due"))
        .group_by(merged.c.item_id)
        .subquery()
    )
    return (
        select(*columns, found.c.due.label("sort_at"))
        .select_from(WorkItem.__table__)
        .join(found, found.c.item_id == ITEM.id)
        .join(ProcessDefinition.__table__, DEFINITION.id == ITEM.definition_id)
        .where(_not_barred())
        .order_by(found.c.due, ITEM.id)
        .limit(bindparam("limit"))
    )


def _top(number: int, shape: Shape) -> Select[Any]:
    """The first entries of one address: a walk along the primary key."""
    query = select(ENTRY.item_id, ENTRY.due).where(
        ENTRY.principal == bindparam(f"principal_{number}")
    )
    if shape.due_before:
        query = query.where(ENTRY.due <= bindparam("due_before", type_=ENTRY.due.type))
    if shape.after:
        query = query.where(tuple_(ENTRY.due, ENTRY.item_id) > _cursor(ENTRY.due, ENTRY.item_id))
    narrow = _narrow(shape)
    if narrow:
        query = query.join(WorkItem.__table__, ITEM.id == ENTRY.item_id).where(*narrow)
    top = query.order_by(ENTRY.due, ENTRY.item_id).limit(bindparam("top")).subquery()
    return select(top.c.item_id, top.c.due)


def _cursor(at: Any, key: Any) -> Any:
    return tuple_(bindparam("after_at", type_=at.type), bindparam("after_id", type_=key.type))


def _narrow(shape: Shape) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if shape.claimed:
        conditions.append(ITEM.assignee_id == bindparam("assignee", type_=ITEM.assignee_id.type))
        conditions.append(ITEM.status == "claimed")
    if shape.later_than:
        after = bindparam("later_than", type_=ITEM.follow_up_at.type)
        conditions.append(ITEM.follow_up_at > after)
    if shape.definition_key:
        conditions.append(ITEM.definition_key == bindparam("definition_key"))
    if shape.root_id:
        conditions.append(ITEM.root_id == bindparam("root_id", type_=ITEM.root_id.type))
    if shape.search:
        words: tuple[Any, ...] = (bindparam("search"), bindparam("search_fa"))
        texts = (ITEM.name, ITEM.name_en, ITEM.subject)
        found = [text.ilike(one, escape=ESCAPE) for text in texts for one in words]
        conditions.append(or_(*found, ITEM.number.like(words[0], escape=ESCAPE)))
    return conditions


def _not_barred() -> ColumnElement[bool]:
    """Four eyes: what this person may not do does not lie in their inbox."""
    barred = type_coerce(ITEM.excluded, Text)
    return or_(barred == "[]", barred.not_like(bindparam("person", type_=Text())))


@lru_cache(maxsize=64)
def closed_items(shape: Shape) -> Prepared:
    """Work that `closer` has done, the latest first. Parameters: `closer`, `limit`, the shape's."""
    query = (
        select(*COLUMNS, ITEM.closed_at.label("sort_at"))
        .select_from(WorkItem.__table__)
        .join(ProcessDefinition.__table__, DEFINITION.id == ITEM.definition_id)
        .where(ITEM.closed_by_id == bindparam("closer", type_=ITEM.closed_by_id.type))
        .where(ITEM.status == "completed", *_narrow(shape))
        .order_by(ITEM.closed_at.desc(), ITEM.id.desc())
        .limit(bindparam("limit"))
    )
    if shape.after:
        query = query.where(tuple_(ITEM.closed_at, ITEM.id) < _cursor(ITEM.closed_at, ITEM.id))
    return Prepared(query)


@lru_cache(maxsize=64)
def counts(principals: int) -> Prepared:
    """Open, claimed, overdue, due today.

    Parameters: `now`, `midnight`, `person`, `assignee`, `top`.
    """
    merged = union_all(*(_top(n, Shape(principals)) for n in range(principals))).subquery()
    each = (
        select(merged.c.item_id, func.min(merged.c.due).label("due"))
        .group_by(merged.c.item_id)
        .subquery()
    )
    mine = ITEM.assignee_id == bindparam("assignee", type_=ITEM.assignee_id.type)
    claimed = select(func.count()).where(mine, ITEM.status == "claimed").scalar_subquery()
    now = bindparam("now", type_=ENTRY.due.type)
    midnight = bindparam("midnight", type_=ENTRY.due.type)
    today = and_(each.c.due > now, each.c.due < midnight)
    return Prepared(
        select(
            func.count(),
            claimed,
            func.coalesce(func.sum(case((each.c.due <= now, 1), else_=0)), 0),
            func.coalesce(func.sum(case((today, 1), else_=0)), 0),
        )
        .select_from(each)
        .join(WorkItem.__table__, ITEM.id == each.c.item_id)
        .where(_not_barred())
    )
