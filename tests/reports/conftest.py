"""Cases of a small organisation, written straight into the tables that reports read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pytest

import forms
from engine.tables import (
    Deployment,
    Incident,
    ProcessDefinition,
    ProcessInstance,
    WorkItem,
)
from kernel.clock import MovableClock
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork, unit_of_work
from people import Actor
from people.actors import actor_for
from tests.people.conftest import furnish

FORM = {
    "title": {"fa": "درخواست", "en": "Request"},
    "schema": {
        "type": "object",
        "properties": {
            "city": {
                "type": "string",
                "title": "شهر",
                "oneOf": [
                    {"const": "thr", "title": "تهران"},
                    {"const": "isf", "title": "اصفهان"},
                ],
            },
            "amount": {"type": "integer", "format": "money", "title": "مبلغ"},
            "visit": {"type": "string", "format": "date", "title": "تاریخ دیدار"},
            "secret": {"type": "string", "title": "محرمانه"},
        },
    },
    "ui": {
        "fields": {
            "city": {"en": "City", "options": {"thr": "Tehran", "isf": "Isfahan"}},
            "amount": {"en": "Amount"},
            "visit": {"en": "Visit"},
            "secret": {"en": "Secret", "sensitive": True},
        }
    },
}


@dataclass
class Archive:
    """Writes instances and work items of one process at the clock's time."""

    clock: MovableClock
    clerk: Actor
    head: Actor
    manager: Actor
    definition_id: UUID = field(default_factory=new_id)
    count: int = 0

    def instance(self, by: Actor | None = None, **variables: object) -> UUID:
        """A running instance with these variables."""
        self.count += 1
        by = by or self.clerk
        with unit_of_work() as uow:
            row = ProcessInstance(
                **_empty_instance(self.definition_id, self.count, uow.now),
                variables=variables,
                started_by_id=by.person_id,
                started_by=by.name,
            )
            uow.session.add(row)
            return row.id

    def end(self, instance_id: UUID) -> None:
        """The instance is completed now."""
        with unit_of_work() as uow:
            row = uow.session.get_one(ProcessInstance, instance_id)
            row.status, row.ended_at, row.end_event = "completed", uow.now, "done"

    def item(self, instance_id: UUID, hours: float = 8, unit: str = "reception") -> UUID:
        """An open item due in so many hours."""
        with unit_of_work() as uow:
            due = uow.now + timedelta(hours=hours)
            row = WorkItem(**_empty_item(instance_id, self.definition_id, unit, uow.now, due))
            uow.session.add(row)
            return row.id

    def complete(self, item_id: UUID, by: Actor | None = None) -> None:
        """The item is completed now."""
        by = by or self.clerk
        with unit_of_work() as uow:
            row = uow.session.get_one(WorkItem, item_id)
            row.status, row.closed_at, row.closed_by_id = "completed", uow.now, by.person_id

    def incident(self, instance_id: UUID, code: str) -> None:
        """An open incident."""
        with unit_of_work() as uow:
            uow.session.add(
                Incident(
                    id=new_id(),
                    instance_id=instance_id,
                    root_id=instance_id,
                    element_id="pay",
                    element_name="پرداخت",
                    code=code,
                    message="",
                    facts={},
                    state="open",
                    opened_at=uow.now,
                )
            )


def _empty_instance(definition_id: UUID, count: int, now: datetime) -> JsonObject:
    own = new_id()
    return {
        "id": own,
        "root_id": own,
        "definition_id": definition_id,
        "definition_key": "request",
        "number": f"1405/{count:04}",
        "business_key": None,
        "subject": f"درخواست {count}",
        "status": "running",
        "state": b"",
        "revision": 1,
        "active": [],
        "initiator": {},
        "started_at": now,
    }


def _empty_item(
    instance_id: UUID, definition_id: UUID, unit: str, now: datetime, due: datetime
) -> JsonObject:
    return {
        "id": new_id(),
        "activation_id": new_id(),
        "instance_id": instance_id,
        "root_id": instance_id,
        "definition_id": definition_id,
        "definition_key": "request",
        "element_id": "check",
        "name": "بررسی",
        "name_en": "Check",
        "number": "1405/0001",
        "subject": "",
        "principals": [f"unit:{unit}"],
        "excluded": [],
        "unit_key": unit,
        "status": "open",
        "revision": 1,
        "visit": 1,
        "priority": "normal",
        "opened_at": now,
        "due_at": due,
    }


@pytest.fixture
def archive(ravand_both: MovableClock) -> Archive:
    """An organisation with one process and no case yet."""
    with unit_of_work() as uow:
        office = furnish(uow)
        uow.flush()
        archive = Archive(
            ravand_both,
            actor_for(uow.session, office.sara),
            actor_for(uow.session, office.omid),
            actor_for(uow.session, office.mina),
        )
        _define(uow, archive.definition_id)
    return archive


def _define(uow: UnitOfWork, definition_id: UUID) -> None:
    deployment = Deployment(id=new_id(), created_at=uow.now, created_by="-", bundle_hash="")
    uow.session.add(deployment)
    uow.flush()
    form = forms.store(uow, deployment.id, "request", FORM)
    uow.session.add(
        ProcessDefinition(
            id=definition_id,
            deployment_id=deployment.id,
            key="request",
            version=1,
            state="released",
            name="درخواست خدمت",
            name_en="Service request",
            file="request.bpmn",
            xml="",
            model_hash="",
            form_ids={"request": str(form.id)},
            created_at=uow.now,
            created_by="-",
        )
    )
