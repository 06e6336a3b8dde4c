"""One case of the demo: a ticket, and the people who bring it on step by step."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import engine
from crm.tickets import TicketData, open_ticket
from engine.bpmn.model import Node, Outcome
from engine.tables import ProcessInstance, WorkItem
from kernel.errors import AppError
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, read_only, unit_of_work
from notifiers.receiving import receive_sms
from people import Actor, calendars, directory
from people.actors import actor_at, actor_for
from people.worktime import add_worktime
from web.demo.answers import Situation
from web.demo.filling import by_form, node_of

LONGEST_WORK = 170  # minutes that anybody works on one step
LOOK_AGAIN = timedelta(hours=9)  # while a case waits for something else


@dataclass
class Journey:
    """How one case goes.

    Attributes:
        persona: the caller's particulars, for `@me` in the answers.
        words: the demo's answers by field, this case's own over the usual ones.
        until: the step at which it is left waiting (`propose`, or `propose#2` at the second
            visit); None lets it run as far as it goes.
        ignored: steps that nobody does, so that their time runs out.
        choose: outcomes wished at steps (`decide`, or `decide#2` at the second visit).
        late: steps that are done only after their time limit.
        cancel: the reason with which it is ended at `until`.
        lives_on: `until` is a step that comes again and again; only the last one is left.
        replies: at which steps somebody answers by SMS instead, and what.
        stuck: why nobody could go on, if that happened.
    """

    ticket: TicketData
    chance: random.Random
    persona: Mapping[str, Any]
    words: Mapping[str, Any]
    until: str | None = None
    ignored: frozenset[str] = frozenset()
    choose: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    late: frozenset[str] = frozenset()
    cancel: str | None = None
    lives_on: bool = False
    replies: Mapping[str, str] = field(default_factory=dict)
    root_id: UUID | None = None
    reached: datetime | None = None
    visits: dict[str, int] = field(default_factory=dict)
    stuck: str | None = None


class Company:
    """The people of the demo, doing their work."""

    def __init__(self, caregivers: list[JsonObject], end: datetime) -> None:
        self.caregivers = caregivers
        self.last_day = end - timedelta(days=1)

    def go_on(self, journey: Journey, now: datetime) -> datetime | None:
        """Do the next thing of a case; when to come back, or None when it is left as it is."""
        try:
            if journey.root_id is None:
                with unit_of_work() as uow:
                    return self._call_in(uow, journey)
            with read_only() as session:
                items = _open_items(session, journey.root_id)
                running = session.get_one(ProcessInstance, journey.root_id).status == "running"
            if not running:
                return None
            todo = [one for one in items if one.element_id not in journey.ignored]
            item = next((one for one in todo if not self._is_left(journey, one, now)), None)
            if item is not None:
                with unit_of_work() as uow:
                    return self._work(uow, journey, item)
            if not todo:
                return now + LOOK_AGAIN
            self._leave(journey, todo)
            return None
        except AppError as error:
            details = getattr(error, "fields", "")
            journey.stuck = f"{journey.ticket.subject}: {error} {details}"
            return None

    def _is_left(self, journey: Journey, item: WorkItem, now: datetime) -> bool:
        if journey.until not in (item.element_id, f"{item.element_id}#{item.visit}"):
            return False
        return not journey.lives_on or now >= self.last_day

    def _call_in(self, uow: UnitOfWork, journey: Journey) -> datetime:
        clerk = actor_at(uow.session, "reception.clerk")
        ticket = open_ticket(uow, journey.ticket, by=clerk, request_id=new_id())
        journey.root_id = ticket.instance_id
        return _later(uow, journey, 10)

    def _work(self, uow: UnitOfWork, journey: Journey, item: WorkItem) -> datetime:
        if item.element_id in journey.late and item.due_at and item.due_at > uow.now:
            return item.due_at + timedelta(minutes=journey.chance.randint(20, 200))
        _, node = node_of(uow.session, item)
        outcome = self._outcome(journey, node)
        variables = uow.session.get_one(ProcessInstance, item.instance_id).variables
        if node.id in journey.replies:
            _reply(uow, journey, node.id, variables)
            return _later(uow, journey, LONGEST_WORK)
        situation = Situation(uow.now, journey.persona, variables, self.caregivers, journey.chance)
        engine.complete(
            uow,
            item.id,
            by_form(uow.session, item, journey.words, situation),
            outcome=outcome.key if outcome else None,
            reason=journey.reason if outcome and outcome.requires == "reason" else None,
            by=_performer(uow, item),
            revision=item.revision,
            request_id=new_id(),
        )
        return _later(uow, journey, LONGEST_WORK)

    def _outcome(self, journey: Journey, node: Node) -> Outcome | None:
        """The one wished for, else the diagram's first."""
        visit = journey.visits[node.id] = journey.visits.get(node.id, 0) + 1
        wished = journey.choose.get(f"{node.id}#{visit}") or journey.choose.get(node.id)
        found = [one for one in node.outcomes if one.key == wished]
        return next(iter((*found, *node.outcomes)), None)

    def _leave(self, journey: Journey, items: list[WorkItem]) -> None:
        """Nobody touches the case any more."""
        journey.reached = items[0].opened_at
        if journey.cancel and journey.root_id:
            with unit_of_work() as uow:
                head = actor_at(uow.session, "subscribers.head")
                engine.cancel(uow, journey.root_id, journey.cancel, by=head)


def _later(uow: UnitOfWork, journey: Journey, longest: int) -> datetime:
    """Some working minutes from now."""
    calendar = calendars.default(uow.session)
    return add_worktime(uow.now, journey.chance.randint(4, longest), calendar)


def _reply(uow: UnitOfWork, journey: Journey, step: str, variables: JsonObject) -> None:
    """The caregiver or the subscriber answers by SMS."""
    asked = variables["caregiver"] if step == "caregiver_acceptance" else journey.persona
    sender = str(asked["mobile"])
    receive_sms(uow, f"demo-in-{new_id()}", sender, "", journey.replies[step])


def _open_items(session: Session, root_id: UUID) -> list[WorkItem]:
    return list(
        session.scalars(
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
    raise LookupError(f"nobody can do {item.element_id}")
