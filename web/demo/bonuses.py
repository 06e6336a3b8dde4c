"""Two small cases without a ticket: one waits for its approval, one broke on a division by zero."""

from datetime import datetime
from functools import partial

from sqlalchemy import select

import engine
from engine.tables import WorkItem
from kernel.ids import new_id
from kernel.uow import unit_of_work
from people.actors import actor_at
from people.worktime import WorkCalendar, subtract_worktime
from web.demo.timeline import Timeline

PROCESS = "caregiver_bonus"
MONTHS = (("اعظم شکری", 36_000_000, 12, 430), ("فریبا یاری", 24_000_000, 0, 260))
"""Caregiver, bonus in Rial, shifts, and how many working minutes ago."""


def add_bonuses(timeline: Timeline, calendar: WorkCalendar) -> None:
    """Let both happen in the demo's past."""
    for caregiver, total, shifts, ago in MONTHS:
        answers = {
            "bonus_caregiver": caregiver,
            "bonus_total": total,
            "bonus_shifts": shifts,
        }
        at = subtract_worktime(timeline.end, ago, calendar)
        timeline.add(at, partial(_record, answers))


def _record(answers: dict[str, object], _now: datetime) -> None:
    waiting = select(WorkItem.id).where(WorkItem.status == "open")
    with unit_of_work() as uow:
        expert = actor_at(uow.session, "dispatch.expert")
        started = engine.start(
            uow, PROCESS, variables={"subject": f"پاداش {answers['bonus_caregiver']}"}, by=expert
        )
        engine.complete(
            uow,
            uow.session.scalars(waiting.where(WorkItem.instance_id == started.id)).one(),
            {"bonus": answers},
            by=expert,
            revision=None,
            request_id=new_id(),
        )
