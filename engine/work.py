"""Opening work for people: the item, its inbox entries, its time limit and reminders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from engine.bpmn.model import Deadline, Node, TimerSpec
from engine.deadlines import due_of, limit_of, reminder_at
from engine.entries import entries_of
from engine.evaluate import Evaluator
from engine.events import WorkItemOpened
from engine.ledger import Row
from engine.performers import Offer
from engine.spiff.faults import Fault
from engine.store import INBOX, ITEM, TIMER
from kernel.ids import new_id
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.live import Live
    from engine.spiff.token import Token

PRIORITIES: Final = ("normal", "urgent")
_NUMBER: Final = re.compile(r"-?\d{1,9}(\.\d{1,9})?")


USUAL_PRIORITY = 50  # where other tools write numbers; above it work is urgent


@dataclass(frozen=True)
class Terms:
    """Until when and how urgently a task is wanted; `limit` is the time limit as it was written."""

    due: datetime | None = None
    limit: str | None = None
    follow_up: datetime | None = None
    priority: str = "normal"

    def columns(self) -> JsonObject:
        """As the work item keeps them."""
        return {
            "due_at": self.due,
            "limit_text": self.limit,
            "follow_up_at": self.follow_up,
            "priority": self.priority,
        }


def open_work(live: Live, token: Token, *, again: Terms | None = None) -> None:
    """Offer a task to its performers.

    Args:
        again: the terms it had; the token's own id then belongs to the item of that time.
    """
    node, now = token.node, live.now
    offer = live.resolver(token).offer(node.performer)
    terms = again or _terms(live, token)
    due = terms.due
    visit = live.count_visit(node.id)
    groups = _without_excluded(offer)
    for number, principals in enumerate(groups):
        item_id = token.id if number == 0 and again is None else new_id()
        row = _item(live, token, offer, item_id)
        row |= {"principals": list(principals), "visit": visit, **terms.columns()}
        live.ledger.add(Row(ITEM, row))
        for entry in entries_of(row):
            live.ledger.add(Row(INBOX, entry))
        live.ledger.add(WorkItemOpened(item_id, live.id, list(principals)))
    token.internal_data["items"] = len(groups)
    plan = _plan(live, node, now, due)
    if plan:
        live.ledger.add(Row(TIMER, _reminders(live, token, plan)))
        token.internal_data["timer"] = True
    live.tell_moment(token, "opened", due)


def _without_excluded(offer: Offer) -> list[tuple[str, ...]]:
    barred = {f"person:{person}" for person in offer.excluded}
    kept = [group for group in offer.groups if not set(group) <= barred]
    return kept or list(offer.groups)


def _terms(live: Live, token: Token) -> Terms:
    deadline = token.node.deadline
    if deadline is None:
        return Terms()
    evaluator = live.evaluator(token.local)
    due, limit = _limit(live, deadline, evaluator)
    return Terms(
        due, limit, _follow_up(live, deadline, evaluator), _priority(deadline.priority, evaluator)
    )


def _limit(
    live: Live, deadline: Deadline, evaluator: Evaluator
) -> tuple[datetime | None, str | None]:
    if not deadline.duration:
        return None, None
    value = evaluator.value(deadline.duration)
    due = limit_of(value, deadline.clock, live.now, live.calendar).astimezone(UTC)
    written = value if isinstance(value, str) else None
    return due, f"{written} {deadline.clock}" if written and written.startswith("P") else None


def _follow_up(live: Live, deadline: Deadline, evaluator: Evaluator) -> datetime | None:
    """When the work is to be taken up; an expression may say null."""
    value = evaluator.value(deadline.follow_up) if deadline.follow_up else None
    if value is None:
        return None
    spec = TimerSpec("duration", deadline.follow_up, deadline.clock)
    return due_of(spec, value, live.now, live.calendar).astimezone(UTC)


def _priority(written: str, evaluator: Evaluator) -> str:
    """`normal` or `urgent`.

    Raises: Fault when the expression gives neither of them nor a number nor null.
    """
    if written in PRIORITIES:
        return written
    value = evaluator.plain(written)
    if value is None:
        return "normal"
    if isinstance(value, str) and value in PRIORITIES:
        return value
    text = str(value).strip()
    if isinstance(value, bool) or not _NUMBER.fullmatch(text):
        raise Fault("engine.priority", "not a priority", expression=written[:2000])
    return "urgent" if Decimal(text) > USUAL_PRIORITY else "normal"


def _item(live: Live, token: Token, offer: Offer, item_id: UUID) -> JsonObject:
    node, row = token.node, live.row
    return {
        "id": item_id,
        "activation_id": token.id,
        "instance_id": live.id,
        "root_id": live.root_id,
        "definition_id": row["definition_id"],
        "definition_key": row["definition_key"],
        "element_id": node.id,
        "name": node.name or node.id,
        "name_en": node.name_en,
        "number": row["number"],
        "subject": _about(live, token),
        "excluded": list(offer.excluded),
        "unit_key": offer.unit_key,
        "position_key": offer.position_key,
        "assignee_id": None,
        "assignee": None,
        "status": "open",
        "revision": 1,
        "opened_at": live.now,
        "closed_at": None,
        "closed_by_id": None,
        "closed_by": None,
        "outcome": None,
    }


def _about(live: Live, token: Token) -> str:
    """The case's subject; work of a repeated activity adds what its run is for."""
    if token.scope is None and not token.is_body:
        return live.subject
    for one in token.chain():
        repeat = one.node.repeat
        if repeat is not None and one.is_body:
            item = (one.own or {}).get(repeat.element or "")
            named = item.get("name") if isinstance(item, dict) else item
            if isinstance(named, str) and named:
                return " · ".join(filter(None, (live.subject, named)))[:300]
    return live.subject


def _plan(
    live: Live, node: Node, start: datetime, due: datetime | None
) -> list[tuple[datetime, JsonObject]]:
    """The reminders still to come, in order: one timer row serves them one after the other."""
    if node.deadline is None or due is None:
        return []
    clock = node.deadline.clock
    plan: list[tuple[datetime, JsonObject]] = []
    for one in node.deadline.reminders:
        at = reminder_at(one, start, due, clock, live.calendar)
        if at > start:
            step = {"target": one.target, "channels": list(one.channels), "late": at >= due}
            plan.append((at, step))
    if node.notifies_on("overdue"):
        plan.append((due, {"target": "@overdue", "channels": [], "late": True}))
    return sorted(plan, key=lambda step: step[0])


def _reminders(live: Live, token: Token, plan: list[tuple[datetime, JsonObject]]) -> JsonObject:
    steps = [{"at": at.astimezone(UTC).isoformat(), **step} for at, step in plan]
    return {
        "id": new_id(),
        "instance_id": live.id,
        "root_id": live.root_id,
        "activation_id": token.id,
        "definition_id": None,
        "kind": "reminder",
        "element_id": token.node.id,
        "due_at": plan[0][0].astimezone(UTC),
        "queued_at": None,
        "job_id": None,
        "facts": {"plan": steps, "next": 0},
    }
