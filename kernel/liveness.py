"""A connection that rested is asked whether it lives before it is used again."""

import time
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

REST = 1.0
_USED = "ravand.used"


class PingAfterRest:
    """As SQLAlchemy's `pool_pre_ping`, but not for connections that were in use just now.

    The question costs a round trip; a busy process would ask it several times in each request.

    Args:
        rest: seconds after which a server may have been restarted unnoticed.
    """

    def __init__(self, engine: Engine, rest: float = REST) -> None:
        self._dialect, self._rest = engine.dialect, rest
        event.listen(engine, "checkout", self._ask)
        event.listen(engine, "checkin", self._note)

    def _ask(self, connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get(_USED)  # None: opened for this
        if used is None or time.monotonic() - used <= self._rest:
            return
        driver = self._dialect.loaded_dbapi
        try:
            self._dialect.do_ping(connection)
        except driver.Error:
            raise InvalidatePoolError from None

    def _note(self, _connection: Any, record: Any) -> None:
        record.info[_USED] = time.monotonic()
