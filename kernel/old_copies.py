"""Copies of a database from before its schema was changed are not kept for ever.

They hold what the database held, also of people who have been erased from it since.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path

from kernel import safe_copy
from kernel.jobs import sweeps
from kernel.uow import UnitOfWork

_keep: timedelta | None = None


def configure(days: int) -> None:
    """How long a copy is kept; 0: until somebody deletes it."""
    global _keep
    _keep = timedelta(days=days) if days > 0 else None


class RemoveOldCopies:
    """Once a day."""

    every = timedelta(days=1)

    def __call__(self, uow: UnitOfWork) -> int:
        """Take away those that are too old, once the sweep is known to be ours."""
        if _keep is not None:
            uow.after_commit(partial(_remove, safe_copy.made_before(uow.db, uow.now - _keep)))
        return 0


def _remove(old: list[Path]) -> None:
    for one in old:
        one.unlink(missing_ok=True)


sweeps.add("copies.old", RemoveOldCopies())
