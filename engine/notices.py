"""Wishes to tell people: from the diagram's notifiers and from the reminder policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from engine.bpmn.model import Notify
from engine.events import NotificationWanted
from engine.spiff.faults import Fault
from kernel.expressions import to_json
from kernel.types import JsonObject

if TYPE_CHECKING:
    from engine.live import Live
    from engine.spiff.token import Token


def tell(live: Live, token: Token, notifies: tuple[Notify, ...], task: JsonObject | None) -> None:
    """Ask for the texts of an element. One that cannot be addressed never stops the case:
    the operator is told, the others go out."""
    for index, wanted in enumerate(notifies):
        local = {**(token.local or {}), **({"task": task} if task else {})}
        evaluator = live.evaluator(local)
        try:
            to = evaluator.plain(wanted.to)
            template = evaluator.text(wanted.template)
            channel = evaluator.text(wanted.channel)
        except Fault as fault:
            live.note_incident(token, fault, retry=False)
            continue
        count = int(token.internal_data.get("told", 0))
        token.internal_data["told"] = count + 1
        event = NotificationWanted(
            instance_id=live.id,
            root_id=live.root_id,
            element_id=token.node.id,
            item_id=UUID(task["id"]) if task else None,
            channel=channel,
            to=to,
            template=template,
            variables=variables_for(live, local),
            locale_hint=None,
            policy=wanted.policy,
            dedupe_key=f"{token.id}:{wanted.on or 'event'}:{index}:{count}",
            deployment_id=live.definition.deployment_id,
        )
        live.ledger.add(event)
        live.history(
            "notified",
            token,
            facts={"channel": channel, "template": template, "to": to},
        )


def variables_for(live: Live, local: JsonObject) -> JsonObject:
    """What a template may read, as JSON."""
    names: dict[str, Any] = {**live.variables, **local, **live.given}
    return {name: to_json(value) for name, value in names.items()}
