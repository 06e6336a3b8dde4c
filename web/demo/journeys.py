"""One case of the demo: a ticket, and the people who bring it on step by step."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

import engine
from crm.tickets import TicketData, open_ticket
from engine.tables import ProcessInstance, WorkItem
from kernel.errors import AppError
from kernel.ids import new_id
from kernel.uow import UnitOfWork, unit_of_work
from people import Actor, calendars, directory
from people.actors import actor_at, actor_for
from people.worktime import add_worktime
from web.demo.answers import Answers, Reply, told
from web.demo.filling import by_form

LONGEST_WORK = 180  # minutes that anybody works on one step


@dataclass
class Journey:
    """How one case goes.

    Attributes:
        until: the step at which it is left waiting; None lets it run as far as it can.
        choose: outcomes wished at steps, where they are not the usual ones.
        late: steps that are done only after their time limit.
        cancel: the reason with which it is ended at `until`.
    """

    ticket: TicketData
    persona: Mapping[str, Any]
    until: str | None = None
    choose: Mapping[str, str] = field(default_factory=dict)
    late: frozenset[str] = frozenset()
    cancel: str | None = None
    root_id: UUID | None = None
    started: datetime | None = None
    visits: dict[str, int] = field(default_factory=dict)
    stuck: str | None = None


class Company:
    """The people of the demo, doing their work."""

    def __init__(self, answers: Answers, chance: random.Random) -> None:
        self.answers = answers
        self.chance = chance

    def go_on(self, journey: Journey, now: datetime) -> datetime | None:
        """Do the next thing of a case; when to come back, or None when it is left as it is."""
        with unit_of_work() as uow:
            if journey.root_id is None:
                return self._call_in(uow, journey)
            items = _open_items(uow, journey.root_id)
            if not items:
                return self._wait(uow, journey.root_id, now)
            item = next((one for one in items if one.element_id != journey.until), None)
            if item is None:
                return self._leave(uow, journey)
            if item.element_id in journey.late and item.due_at and item.due_at > now:
                return item.due_at + timedelta(minutes=self.chance.randint(20, 200))
        return self._do(journey, item)

    def _call_in(self, uow: UnitOfWork, journey: Journey) -> datetime:
        clerk = actor_at(uow.session, "reception.clerk")
        ticket = open_ticket(uow, journey.ticket, by=clerk, request_id=new_id())
        journey.root_id, journey.started = ticket.instance_id, uow.now
        return self._later(uow, 10)

    def _do(self, journey: Journey, item: WorkItem) -> datetime | None:
        reply = self._reply(journey, item)
        if reply is None:
            journey.stuck = f"{item.element_id}: nobody knows what to answer"
            return None
        try:
            with unit_of_work() as uow:
                self._complete(uow, journey, item, reply)
                return self._later(uow, LONGEST_WORK)
        except AppError as error:
            journey.stuck = f"{item.element_id}: {error} {error.sentence()}"
            return None

    def _reply(self, journey: Journey, item: WorkItem) -> Reply | None:
        visit = journey.visits[item.element_id] = journey.visits.get(item.element_id, 0) + 1
        wished = journey.choose.get(f"{item.element_id}#{visit}")
        wished = wished or journey.choose.get(item.element_id)
        return self.answers.reply(item.element_id, wished) or self.answers.reply(item.element_id)

    def _complete(self, uow: UnitOfWork, journey: Journey, item: WorkItem, reply: Reply) -> None:
        flat = told(reply, journey.persona, (journey.started or uow.now).date())
        engine.complete(
            uow,
            item.id,
            by_form(uow.session, item, flat),
            outcome=reply.outcome,
            reason=reply.reason,
            by=_performer(uow, item),
            revision=item.revision,
            request_id=new_id(),
        )

    def _leave(self, uow: UnitOfWork, journey: Journey) -> None:
        if journey.cancel and journey.root_id:
            head = actor_at(uow.session, "subscribers.head")
            engine.cancel(uow, journey.root_id, journey.cancel, by=head)

    def _wait(self, uow: UnitOfWork, root_id: UUID, now: datetime) -> datetime | None:
        """Nothing to do now: look again later while the case still runs."""
        root = uow.session.get_one(ProcessInstance, root_id)
        return now + timedelta(hours=6) if root.status == "running" else None

    def _later(self, uow: UnitOfWork, longest: int) -> datetime:
        """Some working minutes from now."""
        calendar = calendars.default(uow.session)
        return add_worktime(uow.now, self.chance.randint(4, longest), calendar)


def _open_items(uow: UnitOfWork, root_id: UUID) -> list[WorkItem]:
    return list(
        uow.session.scalars(
            select(WorkItem)
            .where(WorkItem.root_id == root_id, WorkItem.status.in_(("open", "claimed")))
            .order_by(WorkItem.opened_at, WorkItem.id)
        )
    )


def _performer(uow: UnitOfWork, item: WorkItem) -> Actor:
    """Somebody the item is addressed to who may do it, acting in the position it lies at."""
    chart = directory.of(uow.session)
    for principal in item.principals:
        for person in chart.people_at(principal):
            if str(person) not in item.excluded:
                held = chart.positions_of(person)
                acting = item.position_key if item.position_key in held else None
                return actor_for(uow.session, person, acting)
    raise RuntimeError(f"nobody can do {item.element_id}")
