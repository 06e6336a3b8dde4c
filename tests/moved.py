"""`ravand …` in a process of its own, as of a clock that a test moves from outside.

`RAVAND_TEST_CLOCK=FILE python -m tests.moved serve`
"""

import mmap
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kernel import clock

_INSTANT = struct.Struct("d")


class SharedClock:
    """Stands still, in every process that looks at the same file, until one of them moves it."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _INSTANT.size)

    @classmethod
    def begun(cls, path: Path, at: datetime) -> "SharedClock":
        """A new one that stands at an instant."""
        path.write_bytes(_INSTANT.pack(at.timestamp()))
        return cls(path)

    def now(self) -> datetime:
        """The instant that all of them see."""
        return datetime.fromtimestamp(_INSTANT.unpack(self._page)[0], UTC)

    def move(self, **parts: Any) -> datetime:
        """Go on, or back, by `timedelta(**parts)`; the new instant."""
        instant = self.now() + timedelta(**parts)
        self._page[:] = _INSTANT.pack(instant.timestamp())
        return instant


def main() -> None:
    """Be `ravand` at that clock, with the machine's step that the tests' cases have."""
    from engine.connectors import connectors
    from tests.faults import twelve
    from web.cli import main as ravand

    clock.use(SharedClock(Path(os.environ["RAVAND_TEST_CLOCK"])))
    connectors.add(twelve.CONNECTOR, twelve.OneMore())
    ravand()


if __name__ == "__main__":
    main()
