"""What the engine tells others, after the commit, through the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from kernel.types import JsonObject


@dataclass(frozen=True)
class NotificationWanted:
    """Somebody is to be told. `to` is an address, a phone, an e-mail, or a list of them.

    `dedupe_key` is the same for the same wish, however often it is expressed.
    """

    kind: ClassVar[str] = "notification.wanted"

    instance_id: UUID
    root_id: UUID
    element_id: str
    item_id: UUID | None
    channel: str
    to: Any
    template: str
    variables: JsonObject
    locale_hint: str | None
    policy: str | None
    dedupe_key: str
    deployment_id: UUID | None


@dataclass(frozen=True)
class WorkItemOpened:
    """A work item lies in inboxes."""

    kind: ClassVar[str] = "work-item.opened"

    item_id: UUID
    instance_id: UUID
    principals: list[str]


@dataclass(frozen=True)
class WorkItemClaimed:
    """Somebody took a work item, or gave it back (`person_id` None)."""

    kind: ClassVar[str] = "work-item.claimed"

    item_id: UUID
    instance_id: UUID
    person_id: UUID | None
    principals: list[str]


@dataclass(frozen=True)
class WorkItemCompleted:
    """A work item is done."""

    kind: ClassVar[str] = "work-item.completed"

    item_id: UUID
    instance_id: UUID
    person_id: UUID | None
    principals: list[str]


@dataclass(frozen=True)
class WorkItemCancelled:
    """Work items went away without anybody doing them."""

    kind: ClassVar[str] = "work-item.cancelled"

    item_ids: list[str]
    instance_id: UUID


@dataclass(frozen=True)
class InstanceStarted:
    """An instance began."""

    kind: ClassVar[str] = "instance.started"

    instance_id: UUID
    root_id: UUID
    definition_key: str


@dataclass(frozen=True)
class InstanceEnded:
    """An instance ended: `status` completed or cancelled."""

    kind: ClassVar[str] = "instance.ended"

    instance_id: UUID
    root_id: UUID
    definition_key: str
    status: str
    end_event: str | None


@dataclass(frozen=True)
class IncidentOpened:
    """An instance stopped and needs an operator."""

    kind: ClassVar[str] = "incident.opened"

    incident_id: UUID
    instance_id: UUID
    element_id: str
    code: str
