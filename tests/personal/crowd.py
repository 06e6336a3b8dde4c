"""Many rows of other people around one contact, as in an installation of some years."""

from typing import Any
from uuid import UUID

from sqlalchemy import Table, insert, select

from crm.tables import Contact, ContactLog, Ticket
from engine.tables import (
    HistoryEvent,
    InstanceSnapshot,
    ProcessInstance,
    Submission,
    Subscription,
    Timer,
    WorkItem,
)
from kernel.ids import new_id
from kernel.job_table import Job
from kernel.personal import declared
from kernel.uow import unit_of_work
from notifiers.tables import Delivery, InboundMessage, Notice, Notification

COPIED: tuple[Any, ...] = (
    ProcessInstance,
    WorkItem,
    Submission,
    HistoryEvent,
    InstanceSnapshot,
    Timer,
    Subscription,
    Contact,
    ContactLog,
    Ticket,
    Notification,
    Delivery,
    InboundMessage,
    Notice,
    Job,
)
OWN = ("activation_id", "item_id", "submission_id")
CASE = ("instance_id", "root_id")
NOBODY = {"address": "+989100000000", "sender": "+989100000000", "mobile": "+989100000000"}
NONE = ("key", "melli_code", "legal_id", "request_id", "email")
UNIQUE = ("localid", "dedupe_key", "provider_id")


def crowd(count: int) -> None:
    """So many more rows in each table of which there is one, about others and their cases."""
    ids = {model: [new_id() for _ in range(count)] for model in COPIED}
    with unit_of_work() as uow:
        for model in COPIED:
            table: Table = model.__table__
            row = uow.session.execute(select(table).limit(1)).mappings().first()
            if row is not None:
                copies = [_copy(dict(row), ids, model, at) for at in range(count)]
                uow.session.execute(insert(table), copies)


def _copy(row: dict[str, Any], ids: dict[Any, list[UUID]], model: Any, at: int) -> dict[str, Any]:
    case = ids[ProcessInstance][at]
    said = declared[model.__tablename__].columns  # whatever was said is said of nobody
    new: dict[str, Any] = {name: "–" for name in said if isinstance(row.get(name), str)}
    new |= {name: {} for name in said if isinstance(row.get(name), dict)}
    new |= {name: value for name, value in NOBODY.items() if name in row}
    new |= {name: new_id() for name in OWN if row.get(name)}
    new |= {name: case for name in CASE if row.get(name)}
    new |= {name: None for name in NONE if name in row}
    new |= {name: new_id().hex for name in UNIQUE if name in row}
    if "id" in row:
        new["id"] = ids[model][at]
    for name, of in (("contact_id", Contact), ("notification_id", Notification)):
        if row.get(name):
            new[name] = ids[of][at]
    if "group_key" in row:
        new["group_key"] = str(case)
    return row | new
