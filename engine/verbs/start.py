"""Start a process: a new instance, its number, its first token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from engine import answers as forms_at_run_time
from engine import definitions
from engine.advance import advance, new_instance_row
from engine.bpmn.model import EventKind, Node
from engine.definitions import Definition
from engine.errors import StartUnknown
from engine.ledger import Row
from engine.settings import settings
from engine.store import LINK, SUBMISSION, Store
from engine.tables import ProcessInstance
from engine.verbs.common import instance_of, submission_row
from kernel import jalali
from kernel.files import hang_on
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people import directory
from people.actor import Actor

Links = Mapping[str, Any]


def start(
    uow: UnitOfWork,
    key: str,
    *,
    variables: JsonObject | None = None,
    answers: forms_at_run_time.Answers | None = None,
    start_event: str | None = None,
    business_key: str | None = None,
    links: Links | None = None,
    by: Actor,
    request_id: UUID | str | None = None,
) -> ProcessInstance:
    """Begin one instance of the released version of a process.

    Args:
        answers: of the start event's forms, by form key; checked and kept as a submission.
        links: what the case is about, in other packages' words: {"ticket": id, …}.
        request_id: the same one gives the first answer again.

    Raises: NotReleased, DefinitionUnknown, StartUnknown, FormInvalid
    """
    by.require("process.start")
    store = Store(uow.session)
    instance_id = new_id()
    if request_id is not None:
        request = str(request_id)
        if not store.claim_request(request, instance_id, uow.now):
            return instance_of(store, store.earlier_answer(request) or instance_id)
    definition = definitions.released(uow.session, key)
    node = _chosen(definition, start_event)
    return begin(
        uow,
        store,
        definition,
        node,
        variables=variables,
        answers=answers,
        business_key=business_key,
        links=links,
        by=by,
        instance_id=instance_id,
    )


def begin(
    uow: UnitOfWork,
    store: Store,
    definition: Definition,
    node: Node,
    *,
    variables: JsonObject | None,
    by: Actor,
    answers: forms_at_run_time.Answers | None = None,
    business_key: str | None = None,
    links: Links | None = None,
    instance_id: UUID | None = None,
) -> ProcessInstance:
    """Begin an instance at a start event, whoever or whatever chose it."""
    values: dict[str, JsonObject] = {}
    form_ids: dict[str, str] = {}
    if answers is not None:
        scopes = frozenset({f"start:{by.person_id}"})
        values, form_ids = forms_at_run_time.check(
            uow.session, definition, node, answers, None, variables or {}, scopes
        )
    flat = {name: value for one in values.values() for name, value in one.items()}
    number = next_number(store, uow.now)
    row = new_instance_row(
        uow, definition, instance_id or new_id(), number=number, by=by, start=node.id
    )
    row["variables"] = {**(variables or {}), **flat}
    row["business_key"] = business_key
    row["subject"] = business_key or ""
    with advance(uow, None, by=by, store=store) as tree:
        row["initiator"] = initiator(uow.session, by)
        tree.begin(row, definition, node.id, {})
        if values:
            files = forms_at_run_time.files_in(uow.session, definition, node, values)
            hang_on(uow.session, files, f"instance:{row['id']}")
            made = submission_row(row, None, node.id, 1, by, uow.now)
            tree.ledger.add(Row(SUBMISSION, made | {"answers": values, "form_ids": form_ids}))
    _link(store, row["id"], links)
    return ProcessInstance.of(row)


def _chosen(definition: Definition, start_event: str | None) -> Node:
    """A start that a person may choose: one without a trigger of its own."""
    node = definition.start(start_event)
    if node.event.kind not in (EventKind.NONE, EventKind.CONDITIONAL) and start_event is None:
        raise StartUnknown(process=definition.key, start=node.id)
    return node


def _link(store: Store, instance_id: UUID, links: Links | None) -> None:
    rows = [
        {"instance_id": instance_id, "kind": kind, "ref": str(ref)}
        for kind, refs in (links or {}).items()
        for ref in (refs if isinstance(refs, list | tuple) else [refs])
    ]
    store.insert(LINK, rows)


def next_number(store: Store, now: datetime) -> str:
    """The case's number: the Jalali year and the case's place in it, `1405/0812`."""
    year = jalali.parts(now.astimezone(settings().zone).date())["year"]
    return f"{year}/{store.next_number(f'case:{year}'):04d}"


def initiator(session: Session, by: Actor) -> JsonObject:
    """Who started the case, as expressions see it."""
    if by.person_id is None:
        nobody = dict.fromkeys(("id", "username", "position", "mobile", "email"))
        return {**nobody, "name": by.name}
    person = directory.of(session).person(by.person_id)
    return {
        "id": str(person.id),
        "username": person.username,
        "name": person.name,
        "position": by.position,
        "mobile": person.mobile,
        "email": person.email,
    }
