"""The inbox's projection: one row for each address at which an open item lies."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from kernel.types import JsonObject

NEVER_DUE: Final = datetime(9999, 12, 31, tzinfo=UTC)  # sorts behind every time limit


def entries_of(item: JsonObject) -> list[JsonObject]:
    """The inbox rows of an open item, from the columns of its own row.

    A claimed item lies with its holder only.
    """
    claimed = item["status"] == "claimed"
    holder = item["assignee_id"] if claimed else None
    principals = [f"person:{holder}"] if claimed else item["principals"]
    shared = {
        "due": item["due_at"] or NEVER_DUE,
        "item_id": item["id"],
        "definition_key": item["definition_key"],
        "opened": item["opened_at"],
        "follow_up": item["follow_up_at"],
        "barred": item["excluded"] or None,
        "claimed_by": holder,
        "shared": len(principals) > 1,
        "filled_for": item["id"],
    }
    return [{"principal": one, **shared} for one in principals]
