"""The one source of time; tests and dry runs move it."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol


class Clock(Protocol):
    """Tells the instant, aware, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta | None = None, **parts: Any) -> datetime:
        """Go on by `by`, or by `timedelta(**parts)`; the new instant."""
        self._now += by if by is not None else timedelta(**parts)
        return self._now

    def set(self, instant: datetime) -> None:
        """Go to `instant`, aware, before or after."""
        self._now = instant.astimezone(UTC)


_current: Clock = SystemClock()


def now() -> datetime:
    """The current instant, aware, in UTC."""
    return _current.now()


def is_system() -> bool:
    """Whether the machine's own clock is in use, not one that is moved by hand."""
    return isinstance(_current, SystemClock)


def use(clock: Clock) -> Clock:
    """Make `clock` the clock of the whole process; the one that was used before."""
    global _current
    before, _current = _current, clock
    return before
