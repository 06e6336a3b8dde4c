"""Named points at which a test kills this process, as a power cut would.

`RAVAND_KILL_AT=before-commit:3` ends the process, without any clean-up, the third time it comes
to the point `before-commit`. Unset, as in every real installation, a point costs one comparison.
"""

import os
import signal

_armed, _, _count = os.environ.get("RAVAND_KILL_AT", "").partition(":")
_left = int(_count or 1)


def point(name: str) -> None:
    """Die here, if a test asked for it."""
    if name == _armed:
        _die_when_due()


def _die_when_due() -> None:
    global _left
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
