"""What cases hold of people from outside, and which cases are about somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine import snapshots, tables
from engine.spiff import codec
from engine.tables import InstanceLink, ProcessDefinition, ProcessInstance, WorkItem
from forms import storing
from forms.personal import is_personal
from kernel.personal import Depth, Keys, Subject, declare
from kernel.personal.columns import LINE, TEXT, VALUES, Holding
from kernel.personal.redacting import Redactor

ALIVE: Final = ("running", "suspended")
_TOLD: Final = frozenset(  # words of programs and diagrams among the facts of history
    (
        "start",
        "end",
        "event",
        "name",
        "status",
        "code",
        "connector",
        "template",
        "channel",
        "outcome",
        "process",
    )
)


@dataclass(frozen=True)
class CaseFacts:
    """A root case: whether it runs, when it ended, of which processes it and its parts are."""

    id: UUID
    number: str
    is_running: bool
    ended_at: datetime | None
    processes: frozenset[str]
    members: frozenset[UUID]
    about: frozenset[str]


def cases_of(session: Session, contact: UUID, *, lock: bool) -> list[CaseFacts]:
    """The cases that are linked with a contact; see `facts_of`."""
    link = select(InstanceLink.instance_id).where(
        InstanceLink.kind == "contact", InstanceLink.ref == str(contact)
    )
    root = select(ProcessInstance.root_id).where(ProcessInstance.id.in_(link))
    return facts_of(session, set(session.scalars(root)), lock=lock)


def facts_of(session: Session, roots: Iterable[UUID], *, lock: bool) -> list[CaseFacts]:
    """What decides about a case's data, the oldest case first.

    Args:
        lock: nobody may advance them until the transaction ends.
    """
    found = []
    for root in sorted(roots, key=str):
        query = select(
            ProcessInstance.id,
            ProcessInstance.number,
            ProcessInstance.status,
            ProcessInstance.ended_at,
            ProcessInstance.definition_key,
        ).where(ProcessInstance.root_id == root)
        query = query.order_by(ProcessInstance.id)
        rows = session.execute(query.with_for_update() if lock else query).all()
        own = next((row for row in rows if row.id == root), None)
        if own is None:
            continue
        members = frozenset(row.id for row in rows)
        links = select(InstanceLink.ref).where(
            InstanceLink.kind == "contact", InstanceLink.instance_id.in_(members)
        )
        found.append(
            CaseFacts(
                root,
                own.number,
                any(row.status in ALIVE for row in rows),
                own.ended_at,
                frozenset(row.definition_key for row in rows),
                members,
                frozenset(session.scalars(links)),
            )
        )
    return found


def place(session: Session, subject: Subject, case: CaseFacts, depth: Depth) -> None:
    """Let the subject's search go through a case, its called processes and its work items."""
    keys = _keys_of(session, case.members)
    items = session.scalars(select(WorkItem.id).where(WorkItem.root_id == case.id))
    for one in {*case.members, *items}:
        subject.cases[one] = depth
        subject.keys = {**subject.keys, one: keys}


def _keys_of(session: Session, members: frozenset[UUID]) -> Keys:
    """Which variables of a case its forms call personal."""
    query = (
        select(ProcessDefinition.form_ids)
        .join(ProcessInstance, ProcessInstance.definition_id == ProcessDefinition.id)
        .where(ProcessInstance.id.in_(members))
    )
    secret: set[str] = set()
    other: set[str] = set()
    ids = {UUID(one) for row in session.scalars(query) for one in row.values()}
    for form in (storing.load(session, one) for one in ids):
        for field in form.fields.values():
            for part in (field, *field.columns):
                (secret if is_personal(part) else other).add(part.key)
    return Keys(frozenset(secret), frozenset(other - secret))


def _wiped_facts(value: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    known = {key: redactor.json(one) for key, one in value.items() if key in _TOLD}
    rest = {key: one for key, one in value.items() if key not in _TOLD}
    return {**redactor.wipe(rest), **known}


def _state(value: bytes, redactor: Redactor) -> bytes:
    return codec.rewritten(value, redactor.json) if value else value


STATE = Holding(_state, _state, searched=False)
PART = Holding(
    lambda value, r: codec.rewritten_part(value, r.json),
    lambda value, r: codec.rewritten_part(value, r.json),
    searched=False,
)
PACKED = Holding(
    lambda value, r: snapshots.rewritten(value, r.json),
    lambda value, r: snapshots.rewritten(value, r.wipe),
    searched=False,
)
FACTS = Holding(lambda value, r: r.json(value), _wiped_facts)


def _kept_for(subject: Subject) -> ColumnElement[bool] | None:
    """Messages that wait for a case under one of the person's numbers or addresses."""
    known = subject.sure.numbers | subject.sure.mails
    message = tables.BufferedMessage
    return or_(message.key.in_(known)) if known else None


declare(
    tables.ProcessInstance,
    "case",
    free=(
        "definition_key number status revision active initiator started_by start_event"
        " ended_by end_event"
    ),
    personal={
        "business_key": LINE,
        "subject": TEXT,
        "state": STATE,
        "variables": VALUES,
        "end_reason": TEXT,
    },
    case="id",
    counts_up="revision",
)
declare(
    tables.InstancePart,
    "part",
    free="number",
    personal={"data": PART},
    case="instance_id",
    leaves=True,
)
declare(
    tables.InstanceSnapshot,
    "snapshot",
    free="slot element_id",
    personal={"state": STATE, "variables": PACKED},
    case="instance_id",
    leaves=True,
)
declare(tables.InstanceLink, free="kind ref")
declare(
    tables.WorkItem,
    "work-item",
    free=(
        "definition_key element_id number principals excluded unit_key position_key assignee"
        " status revision visit priority limit_text closed_by outcome"
    ),
    personal={"name": LINE, "name_en": LINE, "subject": TEXT},
    case="root_id",
)
declare(tables.InboxEntry, free="principal definition_key barred")
declare(
    tables.Submission,
    "submission",
    free="element_id visit person position outcome form_ids",
    personal={"reason": TEXT, "answers": VALUES},
    case="root_id",
)
declare(
    tables.Timer,
    "timer",
    free="kind element_id",
    personal={"facts": VALUES},
    case="root_id",
)
declare(
    tables.Subscription,
    "subscription",
    free="kind name element_id",
    personal={"key": LINE, "match": LINE},
    case="instance_id",
)
declare(
    tables.BufferedMessage,
    "early-message",
    free="name",
    personal={"key": LINE, "text": LINE, "payload": VALUES, "message_id": LINE},
    owned=_kept_for,
    removed=True,
)
declare(
    tables.ExternalTask,
    "external-task",
    free="element_id definition_key number topic retries worker",
    personal={"inputs": VALUES, "error": TEXT},
    case="instance_id",
)
declare(
    tables.Incident,
    "incident",
    free="element_id element_name code state resolved_by",
    personal={"message": TEXT, "expression": LINE, "facts": FACTS},
    case="instance_id",
)
declare(
    tables.HistoryEvent,
    "history",
    free="kind element_id element_name person",
    personal={"facts": FACTS},
    case="root_id",
)
declare(tables.RequestSeen, free="request_id")
declare(tables.NumberSequence, free="name value")
declare(tables.Deployment, free="created_by bundle_hash")
declare(tables.DeploymentFile, free="path data")
declare(
    tables.ProcessDefinition,
    free="key version state name name_en file xml model_hash form_ids created_by released_by",
)
declare(
    tables.DecisionDefinition,
    free="key version name file xml model_hash created_by",
)
declare(tables.DefinitionEvent, free="kind person")
