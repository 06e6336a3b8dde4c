"""Counts for people: none goes on beyond a thousand, so that none grows with a table."""

from typing import Any, Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

CAP: Final = 1000  # a count of `CAP` means so many or more; pages show "1000+"


def capped(session: Session, rows: Select[Any]) -> int:
    """How many rows there are, at most `CAP`; no more of them are read."""
    some = rows.limit(CAP).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)
