"""Whether the inbox agrees with the open work: no row too few, none too many, none that lies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.entries import entries_of
from engine.store import INBOX, ITEM
from kernel.types import JsonObject

AT_ONCE = 500  # items in memory
OPEN = ("open", "claimed")

# code, the item's instance if it is known, its element
Disagreement = tuple[str, UUID | None, str]


def disagreements(session: Session) -> Iterator[Disagreement]:
    """What does not agree: `inbox-missing`, `inbox-differs`, `inbox-extra`."""
    last: UUID | None = None
    while items := _next_items(session, last):
        last = items[-1]["id"]
        lying = _lying(session, [item["id"] for item in items])
        for item in items:
            for code in _compared(item, lying.get(item["id"], {})):
                yield code, item["instance_id"], item["element_id"]
    extra = (
        select(ITEM.c.instance_id, func.coalesce(ITEM.c.element_id, ""))
        .select_from(INBOX)
        .outerjoin(ITEM, ITEM.c.id == INBOX.c.item_id)
        .where(ITEM.c.id.is_(None) | ITEM.c.status.not_in(OPEN))
    )
    for instance_id, element in session.execute(extra):
        yield "inbox-extra", instance_id, element


def _next_items(session: Session, after: UUID | None) -> list[JsonObject]:
    query = select(ITEM).where(ITEM.c.status.in_(OPEN)).order_by(ITEM.c.id)
    if after is not None:
        query = query.where(ITEM.c.id > after)
    return [dict(row) for row in session.execute(query.limit(AT_ONCE)).mappings()]


def _lying(session: Session, items: list[UUID]) -> dict[UUID, dict[str, JsonObject]]:
    """The rows of some items, by item and address."""
    found: dict[UUID, dict[str, JsonObject]] = {}
    for row in session.execute(select(INBOX).where(INBOX.c.item_id.in_(items))).mappings():
        found.setdefault(row["item_id"], {})[row["principal"]] = dict(row)
    return found


def _compared(item: JsonObject, lying: dict[str, JsonObject]) -> Iterator[str]:
    wanted: dict[str, Any] = {row["principal"]: row for row in entries_of(item)}
    for principal, row in wanted.items():
        if principal not in lying:
            yield "inbox-missing"
        elif lying[principal] != row:
            yield "inbox-differs"
    for _principal in lying.keys() - wanted.keys():
        yield "inbox-extra"
