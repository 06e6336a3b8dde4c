"""Inbox rows that an older release wrote while its processes are replaced one by one."""

from __future__ import annotations

from sqlalchemy import select, text

from engine.entries import entries_of
from engine.store import INBOX, ITEM, Store
from engine.tables import UNFILLED
from kernel.uow import UnitOfWork

AT_ONCE = 200
OPEN = ("open", "claimed")


def refill(uow: UnitOfWork) -> int:
    """Write some of them as this release does; how many items they are of.

    Until then such work is missing from what its columns answer: the list of one process, the
    newest first, what is claimed.
    """
    store = Store(uow.session)
    found = select(INBOX.c.item_id).where(text(UNFILLED)).limit(AT_ONCE)
    ids = list(set(store.connection.execute(found).scalars()))
    if not ids:
        return 0
    # The items are locked, so that nobody who claims or completes one is overtaken.
    locked = select(ITEM).where(ITEM.c.id.in_(ids)).with_for_update(skip_locked=True)
    items = [dict(row) for row in store.connection.execute(locked).mappings()]
    store.drop(INBOX.c.item_id, [item["id"] for item in items])
    rows = [row for item in items if item["status"] in OPEN for row in entries_of(item)]
    store.insert(INBOX, rows)
    return len(items)
