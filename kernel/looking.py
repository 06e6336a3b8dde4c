"""Lists whose conditions no index answers: a page looks through so much of them, then says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Select, Subquery
from sqlalchemy.orm import Session

T = TypeVar("T")
SIZES: Final = (500, 2_000, 7_500)  # rows that are looked at, more of them when few fit
Key = tuple[Any, Any]


@dataclass(frozen=True)
class Looked(Generic[T]):
    """Rows that fit, in order; `stopped` where the list goes on when not all was looked at."""

    rows: list[T]
    stopped: Key | None = None


def look_through(
    session: Session,
    walk: Callable[[Key | None], Select[Any]],
    fitting: Callable[[Subquery, int], list[T]],
    after: Key | None,
    wanted: int,
) -> Looked[T]:
    """Look along an index until there are enough rows that fit.

    Args:
        walk: the columns `at` and `id` behind a key, in the order of an index.
        fitting: at most so many rows among these.
        after: the last row's key of the page before.
    """
    found: list[T] = []
    for size in SIZES:
        near = walk(after).limit(size).subquery("near")
        found += fitting(near, wanted - len(found))
        if len(found) >= wanted:
            return Looked(found)
        last = session.execute(walk(after).offset(size - 1).limit(1)).first()
        if last is None:
            return Looked(found)
        after = (last.at, last.id)
    return Looked(found, after)
