"""Pages by key, not by number: the address carries where the last page ended.

A cursor is two values joined by `~`; a broken one is as good as none.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import request, url_for

SIZE = 50


def instant_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """`2026-11-22T09:00:00+00:00~<uuid>` as the query wants it."""
    first, _, second = (text or "").partition("~")
    try:
        at, key = datetime.fromisoformat(first), UUID(second)
    except ValueError:
        return None
    return (at, key) if at.tzinfo else None


def cursor(*values: object) -> str:
    """The end of this page, for the address of the next one."""
    return "~".join(v.isoformat() if isinstance(v, datetime) else str(v) for v in values)


def with_query(**changes: object) -> str:
    """This page's address with some query values changed; None takes one away."""
    query = {**request.args.to_dict(), **changes}
    kept: dict[str, Any] = {key: value for key, value in query.items() if value not in (None, "")}
    return url_for(request.endpoint or "", **(request.view_args or {}), **kept)
