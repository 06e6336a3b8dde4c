"""What every entry point does around an erasure: the list beside the database, its own files."""

from crm import keeping, reapplying
from crm.erasing import Erasure
from kernel import db, traces
from kernel.uow import read_only


def afterwards(erased: Erasure, *, vacuum: bool = False) -> list[str]:
    """Note the erasure for restored backups and let the database's files forget.

    Returns:
        Where the same words still stand, as `kernel.traces.clean_up` says it.
    """
    note()
    return traces.clean_up(db.database(), erased.traces, vacuum=vacuum)


def note() -> None:
    """Bring the list of erasures beside the database up to date."""
    path = keeping.rules().erasures_file
    if path is not None:
        with read_only() as session:
            reapplying.note(session, path)
