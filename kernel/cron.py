"""Cron texts as BPMN tools write them: when they come next.

Five fields are Unix cron, six (seconds first) or seven (a year last) are what Camunda, Zeebe and
Quartz write; `@daily` and its like too. In six fields Quartz counts the days of the week from
Sunday = 1 and Spring from Sunday = 0: a number there is refused, a name (`SAT`) never misread.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from croniter import CroniterBadDateError, CroniterError, croniter

LONGEST: Final = 120  # characters
_MACROS: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_MONTHS: Final = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"
_WORDS: Final = frozenset((*_DAYS, *_MONTHS.split(), "L", "W"))
_ALLOWED: Final = re.compile(r"[0-9A-Z*,/?#-]+")
_LAST_DAY: Final = re.compile(r"\b(SUN|MON|TUE|WED|THU|FRI|SAT)L\b")


class CronInvalid(ValueError):
    """The text is no cron that can be read one way only; `ambiguous` when a name would mend it."""

    def __init__(self, text: str, *, ambiguous: bool = False) -> None:
        super().__init__(text)
        self.ambiguous = ambiguous


def is_cron(text: str) -> bool:
    """Whether a text is meant as cron, right or wrong."""
    return text.strip().startswith("@") or 5 <= len(text.split()) <= 7


def check(text: str) -> None:
    """Read a text without using it.

    Raises: CronInvalid
    """
    fields = _fields(text)
    try:
        croniter.expand(" ".join(fields), second_at_beginning=len(fields) > 5)
    except CroniterError:
        raise CronInvalid(text) from None


def next_after(text: str, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant of a cron text after `moment`, on the clock of `zone`; None: never again.

    On a day without that time it comes when the clock has jumped; on a day that has it twice, at
    the first, unless the text names no single hour.

    Raises: CronInvalid
    """
    fields = _fields(text)
    several = len(fields) > 5
    try:
        # six fields name a day by both, five by either of them, as each tool's own reader does
        plan = croniter(
            " ".join(fields),
            moment.astimezone(zone),
            day_or=not several,
            second_at_beginning=several,
        )
        found: datetime = plan.get_next(datetime)
        if fields[2 if several else 1].isdigit() and _is_repeated(found):
            found = plan.get_next(datetime)
    except CroniterBadDateError:
        return None
    except CroniterError:
        raise CronInvalid(text) from None
    return found


def _is_repeated(moment: datetime) -> bool:
    """Whether the clock, put back, shows this time for the second time."""
    return bool(moment.fold) and moment.utcoffset() != moment.replace(fold=0).utcoffset()


def shortest_gap(text: str, after: datetime, zone: ZoneInfo) -> float:
    """The fewest seconds between two of the next sixty instants.

    Raises: CronInvalid
    """
    gaps, moment = [float("inf")], next_after(text, after, zone)
    for _ in range(60):
        following = None if moment is None else next_after(text, moment, zone)
        if moment is None or following is None:
            break
        gaps.append((following - moment).total_seconds())
        moment = following
    return min(gaps)


def _fields(text: str) -> list[str]:
    text = text.strip()
    fields = _MACROS.get(text.lower(), text.upper()).split()
    words = {word for field in fields for word in re.findall("[A-Z]+", _LAST_DAY.sub("L", field))}
    readable = all(_ALLOWED.fullmatch(field) for field in fields) and words <= _WORDS
    if len(text) > LONGEST or not 5 <= len(fields) <= 7 or not readable:
        raise CronInvalid(text)
    if len(fields) > 5:
        if re.search(r"\d", re.sub(r"[#/]\d+", "", fields[5])):
            raise CronInvalid(text, ambiguous=True)
        fields = [field.replace("?", "*") for field in fields]
    day = 5 if len(fields) > 5 else 4
    fields[day] = _LAST_DAY.sub(lambda found: f"L{_DAYS.index(found[1])}", fields[day])
    return fields
