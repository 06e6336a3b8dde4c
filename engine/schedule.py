"""The instants of a timer start: the first after the release, and each that follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from engine.bpmn.model import Clock, TimerSpec
from engine.deadlines import cycle_of, due_of, next_of_cycle, one_later
from kernel import cron
from kernel.types import JsonObject
from people.worktime import WorkCalendar

FAR = 10_000  # occurrences that are stepped over before counting anew from now


@dataclass(frozen=True)
class Tick:
    """One planned start. `left`: how many follow (None: no end); `every`: the cycle, if any."""

    due: datetime
    every: str | None = None
    left: int | None = 0

    def facts(self) -> JsonObject:
        """As a timer keeps it."""
        due = self.due.astimezone(UTC).isoformat()
        return {"due": due, "every": self.every, "left": self.left}

    @classmethod
    def read(cls, facts: JsonObject) -> Tick:
        """What `facts` wrote."""
        return cls(datetime.fromisoformat(facts["due"]), facts["every"], facts["left"])


def first(spec: TimerSpec, value: object, now: datetime, calendar: WorkCalendar) -> Tick | None:
    """The first tick of a process released `now`; None when all of a cycle's are past.

    A cycle that began earlier joins in at its next tick; a date that is past is due at once.
    """
    due = due_of(spec, value, now, calendar)
    if spec.kind != "cycle":
        return Tick(due)
    cycle = cycle_of(value)
    tick = Tick(due, cycle.every, cycle.left)
    return tick if due >= now else following(tick, spec.clock, now, calendar)


def following(tick: Tick, clock: Clock, now: datetime, calendar: WorkCalendar) -> Tick | None:
    """The first later tick after `now`. Those missed between are counted, not made up."""
    if tick.every is None:
        return None
    if cron.is_cron(tick.every):
        due = next_of_cycle(tick.due, tick.every, clock, now, calendar)
        return None if due is None else Tick(due, tick.every, None)
    due, left = tick.due, tick.left
    for _ in range(FAR):
        if left == 0:
            return None
        due, left = one_later(due, tick.every, clock, calendar), left and left - 1
        if due > now:
            return Tick(due, tick.every, left)
    return Tick(one_later(now, tick.every, clock, calendar), tick.every, left)
