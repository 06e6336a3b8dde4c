"""Named points at which a test kills this process, as a power cut would.

`RAVAND_KILL_AT=before-commit:3` ends the process, without any clean-up, the third time it comes
to the point `before-commit`; `any:40` at the fortieth point of whatever name. Unset, as in every
real installation, a point costs one comparison.
"""

import os
import signal
from typing import Any

from sqlalchemy import Engine, event

ANY = "any"
_armed, _, _count = os.environ.get("RAVAND_KILL_AT", "").partition(":")
_left = int(_count or 1)
_passed = 0


def arm(name: str, count: int) -> None:
    """Die at the point `name` (or `any`) when it is reached for the `count`-th time from now."""
    global _armed, _left, _passed
    _armed, _left, _passed = name, count, 0


def passed() -> int:
    """How many points of the armed name this process came to."""
    return _passed


def point(name: str) -> None:
    """Die here, if a test asked for it."""
    if _armed and _armed in (name, ANY):
        _die_when_due()


def watch(engine: Engine) -> None:
    """Make a point `write` of every statement that changes something, if a test is at work."""
    if _armed:
        event.listen(engine, "before_cursor_execute", _before_statement)


def _before_statement(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    if not statement.lstrip().startswith(("SELECT", "PRAGMA", "BEGIN")):
        point("write")


def _die_when_due() -> None:
    global _left, _passed
    _passed += 1
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
