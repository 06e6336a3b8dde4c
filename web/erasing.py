"""What every entry point does: look, erase, note it beside the database, let its files forget.

And handing out what is held of a contact, which is read before it is noted.
"""

from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from crm import reapplying
from crm.erasing import Erasure, Running, erase_contact, erase_missed, missed, preview
from crm.exporting import collect, export_contact
from kernel import clock, db, safe_copy, traces
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from people import Actor

TURNS: Final = 3  # looks for what was written while the one before went on


def look(contact_id: UUID, *, by: Actor) -> Erasure:
    """What would be erased; it reads every row, and nobody waits meanwhile.

    Raises: ContactUnknown
    """
    with read_only() as session:
        return preview(session, contact_id, by=by, now=clock.now())


def erase(
    seen: Erasure, *, by: Actor, reason: str = "", running: Running = "refuse", vacuum: bool = False
) -> tuple[Erasure, list[str]]:
    """Erase what a look of just now has found.

    Returns:
        The report, and where the same words still stand, as `kernel.traces.clean_up` says it.

    Raises: ContactUnknown, ContactBusy
    """
    with unit_of_work() as uow:
        erased = erase_contact(uow, seen, by=by, reason=reason, running=running)
    for _ in range(TURNS if erased.id else 0):
        with read_only() as session:
            found = missed(session, erased)
        if not found:
            break
        with unit_of_work() as uow:
            erased = erase_missed(uow, erased, found)
    reapplying.keep_noted()
    return erased, traces.clean_up(db.database(), erased.traces, vacuum=vacuum)


def still_copied(at: datetime) -> list[Path]:
    """Copies from before a change of the schema, which hold what was erased at this instant."""
    return safe_copy.made_before(db.database(), at)


def hand_out(contact_id: UUID, *, by: Actor, with_files: bool = False) -> JsonObject:
    """All that is held of a contact.

    Raises: ContactUnknown
    """
    with read_only() as session:
        found = collect(session, contact_id, by=by, now=clock.now(), with_files=with_files)
    with unit_of_work() as uow:
        return export_contact(uow, found, by=by)
