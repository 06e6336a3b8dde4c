"""The reminder policy of a task: `-P1D>assignee@inbox 100%>head@inbox,sms`."""

from __future__ import annotations

import re

from engine.bpmn.model import Reminder

DEFAULT = (
    "75%>assignee@inbox 100%>head@inbox,sms +P1D>above@inbox +P2D>above@inbox +P3D>above@inbox"
)
TARGETS = ("assignee", "head", "above")
_PART = re.compile(
    r"(?:(?P<percent>\d{1,3})%|(?P<offset>[+-]P[0-9A-Z.]+))"
    r">(?P<target>[A-Za-z_][\w.-]*)"
    r"(?:@(?P<channels>[a-z_]+(?:,[a-z_]+)*))?"
)


class BadReminder(ValueError):
    """A part of the policy cannot be read; `args[0]` is that part."""


def parse_reminders(text: str) -> tuple[Reminder, ...]:
    """The reminders of a policy text, in its order; `default` and `none` included.

    Raises: BadReminder.
    """
    written = text.strip()
    if written == "none":
        return ()
    if written in ("", "default"):
        written = DEFAULT
    return tuple(_reminder(part) for part in written.split())


def _reminder(part: str) -> Reminder:
    match = _PART.fullmatch(part)
    if match is None:
        raise BadReminder(part)
    percent, offset, target, channels = match.group("percent", "offset", "target", "channels")
    if percent is not None and not 0 < int(percent) <= 100:
        raise BadReminder(part)
    if offset is not None and not is_duration(offset[1:]):
        raise BadReminder(part)
    return Reminder(
        target=target,
        percent=None if percent is None else int(percent),
        offset=offset,
        channels=tuple(channels.split(",")) if channels else ("inbox",),
    )


_DURATION = re.compile(
    r"P(?=[0-9T])(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?"
    r"(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,6})?S)?)?"
)


def is_duration(text: str) -> bool:
    """Whether it is an ISO 8601 duration without a sign."""
    return _DURATION.fullmatch(text) is not None
