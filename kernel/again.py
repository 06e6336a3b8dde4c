"""Whole units of work are done again when the database undid them for reasons of its own.

That is: a serialization failure, a deadlock, or a connection that was cut before the commit was
sent. A cut while the commit was on its way is another matter: nobody knows what became of it, so
it is never blindly repeated (`OutcomeUnknown`).
"""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from kernel.errors import Unavailable

log = logging.getLogger("ravand.database")

T = TypeVar("T")
TRIES = 3
FIRST_PAUSE = 0.05  # seconds, doubled each time; the jitter lets two that collided part
_UNDONE = {"40001", "40P01"}  # serialization failure, deadlock
_CUT = {"57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006"}
_NEVER = object()


class OutcomeUnknown(Unavailable):
    """The connection broke while a commit was on its way: it is stored, or it is not.

    Mend: look before you send again. A form's request id makes sending it again harmless.
    """

    code = "database.outcome-unknown"


def again(unit: Callable[[], T], *, may: Callable[[], bool] = lambda: True) -> T:
    """Do `unit` up to three times, as long as the database undoes it in passing.

    Args:
        unit: opens its own unit of work; what it did before the error was rolled back.
        may: whether doing it again is still right, asked after each failure.
    """
    for tried in range(1, TRIES):
        try:
            return unit()
        except DBAPIError as error:
            if not is_passing(error) or not may():
                raise
            log.warning("the database undid a unit of work, it is done again: %s", _name(error))
        time.sleep(random.uniform(0.2, 1) * FIRST_PAUSE * 2**tried)  # noqa: S311 not a secret
    return unit()


def is_passing(error: DBAPIError) -> bool:
    """Whether the unit was undone and the same may succeed a moment later."""
    return getattr(error.orig, "sqlstate", None) in _UNDONE or is_cut(error)


def is_cut(error: DBAPIError) -> bool:
    """Whether the server ended the connection or could not be reached."""
    state = getattr(error.orig, "sqlstate", _NEVER)
    # The driver names no state when the line itself breaks.
    broken = state is None and type(error.orig).__name__ in ("OperationalError", "InterfaceError")
    return state in _CUT or broken or error.connection_invalidated


def _name(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or type(error.orig).__name__
