"""The instants of a repeating timer: what is due, what follows, what becomes of those missed.

Every instant is counted from the planned one before it, never from when that was taken up.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.bpmn.model import TimerSpec
from engine.deadlines import cycle_of, due_of, next_of_cron, one_later
from kernel import cron
from kernel.types import JsonObject
from people.worktime import WorkCalendar

MOST = 10  # occurrences that `all` makes up for: the last ones
LATE = timedelta(minutes=10)  # from then on an occurrence was missed, if the next is not due sooner
FAR = 10_000  # occurrences that are stepped over before counting anew from now


@dataclass(frozen=True)
class Tick:
    """One planned instant. `left`: how many follow (None: no end); `every`: the cycle, if any.

    Counted in days by the wall clock, `due` may name a time that the clock jumped over: it comes
    later then, once, and the days after it go on at the time that was meant.
    """

    due: datetime
    every: str | None = None
    left: int | None = 0

    def facts(self) -> JsonObject:
        """As a timer keeps it."""
        instant = self.due.astimezone(UTC)
        facts: JsonObject = {"due": instant.isoformat(), "every": self.every, "left": self.left}
        meant = self.due.replace(tzinfo=None)
        if instant.astimezone(self.due.tzinfo).replace(tzinfo=None) != meant:
            facts["meant"] = meant.isoformat()
        return facts

    @classmethod
    def read(cls, facts: JsonObject, calendar: WorkCalendar) -> Tick:
        """What `facts` wrote."""
        zone = ZoneInfo(calendar.zone)
        due = datetime.fromisoformat(facts["due"]).astimezone(zone)
        if "meant" in facts:
            due = datetime.fromisoformat(facts["meant"]).replace(tzinfo=zone)
        return cls(due, facts["every"], facts["left"])


@dataclass(frozen=True)
class Turn:
    """What comes of an occurrence that is due: whether it fires, and which follows (None: none)."""

    fires: bool
    next: Tick | None


def first(spec: TimerSpec, value: object, now: datetime, calendar: WorkCalendar) -> Tick | None:
    """The first tick of a process released `now`; None when all of a cycle's are past.

    A cycle that began earlier joins in at its next tick; a date that is past is due at once.
    """
    due = due_of(spec, value, now, calendar)
    if spec.kind != "cycle":
        return Tick(due)
    cycle = cycle_of(value)
    tick = Tick(due, cycle.every, cycle.left)
    if due >= now:
        return tick
    return turn(tick, replace(spec, catchup="once"), now, calendar).next


def turn(tick: Tick, spec: TimerSpec, now: datetime, calendar: WorkCalendar) -> Turn:
    """What comes of a tick at `now`, by the timer's rule for those missed; they all count."""
    missed, coming = _passed(tick, spec, now, calendar)
    if spec.catchup == "all":
        if len(missed) == MOST:
            return Turn(False, missed[0])
        return Turn(True, missed[0] if missed else coming)
    late = bool(missed) or now - tick.due > LATE
    return Turn(spec.catchup == "once" or not late, coming)


def _passed(
    tick: Tick, spec: TimerSpec, now: datetime, calendar: WorkCalendar
) -> tuple[list[Tick], Tick | None]:
    """The last ticks after this one that have passed, too, and the first that has not."""
    missed: deque[Tick] = deque(maxlen=MOST)
    following = _after(tick, spec, calendar)
    for _ in range(FAR):
        if following is None or following.due > now:
            return list(missed), following
        missed.append(following)
        if spec.catchup != "all" and cron.is_cron(tick.every or ""):
            following = _after(replace(following, due=now), spec, calendar)
        else:
            following = _after(following, spec, calendar)
    return list(missed), _after(replace(missed[-1], due=now), spec, calendar)


def _after(tick: Tick, spec: TimerSpec, calendar: WorkCalendar) -> Tick | None:
    if tick.every is None or tick.left == 0:
        return None
    if cron.is_cron(tick.every):
        due = next_of_cron(tick.every, tick.due, spec.clock, calendar)
        return None if due is None else Tick(due, tick.every, None)
    due = one_later(tick.due, tick.every, spec.clock, calendar)
    return Tick(due, tick.every, tick.left and tick.left - 1)
