"""The reminder policy of a task: to whom each reminder goes, and with which text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from engine.advance import Tree
from engine.definitions import specs
from engine.evaluate import given
from engine.events import NotificationWanted
from engine.live import Live, history_row
from engine.settings import settings
from engine.store import HISTORY, ITEM, OPEN, TIMER, Store
from kernel.expressions import to_json
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import directory
from people.actor import SYSTEM
from people.chart import Directory

BEFORE = "task_reminder"  # there is still time
LATE = "task_overdue"  # the limit has passed
ABOVE = "task_escalated"  # the position above is told


def remind_next(uow: UnitOfWork, store: Store, timer: JsonObject) -> None:
    """Send the reminders that are due, and set the timer to the next of the plan."""
    query = select(ITEM).where(
        ITEM.c.activation_id == timer["activation_id"], ITEM.c.status.in_(OPEN)
    )
    items = [dict(row) for row in store.connection.execute(query).mappings()]
    plan, number = timer["facts"]["plan"], timer["facts"]["next"]
    while items and number < len(plan) and datetime.fromisoformat(plan[number]["at"]) <= uow.now:
        for item in items:
            remind(uow, store, item, plan[number], number)
        number += 1
    if not items or number >= len(plan):
        store.drop(TIMER.c.id, [timer["id"]])
        return
    store.connection.execute(
        update(TIMER)
        .where(TIMER.c.id == timer["id"])
        .values(
            due_at=datetime.fromisoformat(plan[number]["at"]),
            queued_at=None,
            job_id=None,
            facts={"plan": plan, "next": number},
        )
    )


def remind(uow: UnitOfWork, store: Store, item: JsonObject, step: JsonObject, number: int) -> None:
    """Ask for one step of an item's reminder plan."""
    instance = store.instances([item["instance_id"]])[0]
    if step["target"] == "@overdue":
        _task_notices(uow, store, item, instance)
        return
    chart = directory.of(uow.session)
    to = _target(chart, item, step["target"])
    template = ABOVE if step["target"] == "above" else LATE if step["late"] else BEFORE
    for channel in step["channels"]:
        _want(uow, item, instance, channel, to, template, f"reminder:{number}:{channel}")
    facts = {"to": to, "template": template, "channels": step["channels"]}
    line = history_row(instance, uow.now, "reminded", None, None, facts)
    line |= {"element_id": item["element_id"], "element_name": item["name"]}
    store.insert(HISTORY, [line])


def _target(chart: Directory, item: JsonObject, target: str) -> list[str]:
    """The addresses of `assignee`, `head`, `above` or a position key."""
    if target == "assignee":
        person = item["assignee_id"]
        return [f"person:{person}"] if person else list(item["principals"])
    head = chart.unit_head(item["unit_key"]) if item["unit_key"] else None
    head = head or (chart.manager_position(item["position_key"]) if item["position_key"] else None)
    if target == "head":
        return [f"position:{head}"] if head else list(item["principals"])
    if target == "above":
        above = (chart.manager_position(head) if head else None) or head
        return [f"position:{above}"] if above else list(item["principals"])
    return [f"position:{target}"]


def _task_notices(uow: UnitOfWork, store: Store, item: JsonObject, instance: JsonObject) -> None:
    """The texts that the diagram names for an overdue task."""
    definition = specs.get(uow.session, item["definition_id"])
    live = Live(Tree(uow, store, None, SYSTEM), instance, definition, new=False)
    token = live.case.live.get(item["activation_id"])
    if token is not None:
        live.tell_moment(token, "overdue", item["due_at"])
        live.ledger.write(uow, store)


def _want(
    uow: UnitOfWork,
    item: JsonObject,
    instance: JsonObject,
    channel: str,
    to: list[str],
    template: str,
    reason: str,
) -> None:
    task = {"id": str(item["id"]), "name": item["name"], "name_en": item["name_en"]}
    task |= {"due_at": to_json(item["due_at"]), "number": item["number"]}
    about = {
        "id": str(instance["id"]),
        "number": instance["number"],
        "business_key": instance["business_key"],
        "definition": instance["definition_key"],
        "started_at": instance["started_at"],
    }
    names = given(
        instance=about,
        initiator=instance["initiator"],
        now=uow.now,
        organisation=settings().organisation(),
        zone=settings().zone,
    )
    variables = {**instance["variables"], **names, "task": task, "subject": item["subject"]}
    uow.outbox.add(
        NotificationWanted(
            instance_id=instance["id"],
            root_id=instance["root_id"],
            element_id=item["element_id"],
            item_id=item["id"],
            channel=channel,
            to=to,
            template=template,
            variables={name: to_json(value) for name, value in variables.items()},
            locale_hint=None,
            policy=None,
            dedupe_key=f"{item['id']}:{reason}",
            deployment_id=None,
        )
    )
