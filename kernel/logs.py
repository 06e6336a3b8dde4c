"""One JSON object a line, with the ids that belong together and no value that people typed.

An error is written as its type and the places it came through: its text may hold a name.
"""

import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import orjson

_ids: ContextVar[dict[str, str] | None] = ContextVar("ravand_log_ids", default=None)
_TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


def use_json() -> None:
    """Write everything that is logged in this process as JSON lines, to the error stream."""
    root = logging.getLogger()
    root.handlers[:] = [json_handler()]
    root.setLevel(logging.WARNING)
    logging.getLogger("ravand").setLevel(logging.INFO)


def json_handler() -> logging.Handler:
    """A handler of the error stream that writes JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    return handler


def note(**ids: str) -> None:
    """Add ids to everything this thread logs until the surrounding `about` ends."""
    known = _ids.get()
    if known is not None:
        known.update(ids)


def begin(**ids: str) -> None:
    """From now on this thread's lines carry these ids, and no former ones."""
    _ids.set(dict(ids))


@contextmanager
def about(**ids: str) -> Iterator[None]:
    """Lines within the block carry these ids."""
    token = _ids.set({**(_ids.get() or {}), **ids})
    try:
        yield
    finally:
        _ids.reset(token)


class JsonLines(logging.Formatter):
    """`at`, `level`, `logger`, `message`, the ids, what `extra={"facts": …}` gave, `error`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **(_ids.get() or {}),
            **getattr(record, "facts", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return orjson.dumps(line, default=str).decode()


def _error(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{one.filename.removeprefix(_TOP)}:{one.lineno} {one.name}" for one in frames]
    return {"type": type(error).__name__, "trace": places}
