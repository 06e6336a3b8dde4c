"""Make up the past: cases move on through the verbs while a clock of their own runs forward.

Time jumps from one due thing to the next, so that reminders, late answers and the long waits
of a contract happen when they would have happened.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine.tables import Timer
from kernel import jobs
from kernel.clock import MovableClock
from kernel.jobs import Job
from kernel.uow import read_only

TIRED = 4000
"""So many things may happen before the demo says that something runs in a circle."""


@dataclass
class Act:
    """Something that acts now and then: `act` says when it wants to act again, if ever."""

    at: datetime
    act: Callable[[datetime], datetime | None]


@dataclass
class Timeline:
    """The demo's past, until `end`."""

    clock: MovableClock
    end: datetime
    acts: list[Act] = field(default_factory=list)

    def add(self, at: datetime, act: Callable[[datetime], datetime | None]) -> None:
        """Let `act` happen at an instant."""
        self.acts.append(Act(at, act))

    def run(self) -> None:
        """Let everything happen in its order, then stand at `end`.

        Raises: RuntimeError when it does not come to an end.
        """
        for _ in range(TIRED):
            self.acts = [one for one in self.acts if one.at <= self.end]
            if not self.acts:
                self._go_to(self.end)
                return
            one = min(self.acts, key=lambda act: act.at)
            self._go_to(one.at)
            again = one.act(self.clock.now())
            if again is None:
                self.acts.remove(one)
            else:
                one.at = max(again, self.clock.now() + timedelta(minutes=1))
        raise RuntimeError("the demo's past does not come to an end")

    def _go_to(self, instant: datetime) -> None:
        """Move the clock there, stopping wherever a timer or job is due on the way."""
        while True:
            timer, job = _next_due()
            due = min((one for one in (timer, job) if one is not None), default=None)
            if due is None or due > instant:
                break
            self.clock.set(max(due, self.clock.now()))
            if not jobs.drain(sweeping=timer is not None and timer <= self.clock.now()):
                break  # due, yet nobody does it: left for an operator
        self.clock.set(instant)


def _next_due() -> tuple[datetime | None, datetime | None]:
    """When the next timer and the next job are due, if any waits."""
    with read_only() as session:
        timer = session.scalar(select(func.min(Timer.due_at)).where(Timer.queued_at.is_(None)))
        job = session.scalar(select(func.min(Job.run_at)).where(Job.state == "ready"))
    return timer, job
