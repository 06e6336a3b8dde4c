"""Store a bundle as new draft versions, release one, retire one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select

from engine import decisions
from engine.bpmn.model import EventKind, ProcessModel
from engine.bundle import Bundle
from engine.connectors import connectors
from engine.definitions import specs
from engine.errors import BundleRefused, DefinitionUnknown, MessageStartTaken
from engine.preflight import Report, check
from engine.preflight.catalogue import gather
from engine.settings import settings
from engine.store import SUBSCRIPTION, TIMER, Store
from engine.tables import (
    LAST_VERSION,
    DefinitionEvent,
    Deployment,
    DeploymentFile,
    ProcessDefinition,
)
from engine.verbs import schedule
from engine.xml import stored_text
from forms import storing
from kernel.audit import acts
from kernel.ids import new_id
from kernel.uow import UnitOfWork
from people.actor import Actor

DRAFT, RELEASED, RETIRED = "draft", "released", "retired"


class RefusedBundle(BundleRefused):
    """`report` lists every problem; nothing was stored."""

    def __init__(self, report: Report) -> None:
        first = report.blocking[0].sentence() if report.blocking else ""
        super().__init__(count=len(report.blocking), first=first)
        self.report = report


def preflight(uow: UnitOfWork, bundle: Bundle) -> Report:
    """Everything that is wrong with a bundle here; stores nothing."""
    return check(bundle, gather(uow.session, frozenset(connectors)))


def deploy(uow: UnitOfWork, bundle: Bundle, *, by: Actor) -> Deployment:
    """Store a bundle, all or nothing: each process becomes a draft of its next version.

    Raises: PermissionMissing, RefusedBundle with every problem
    """
    by.require("process.design")
    report = preflight(uow, bundle)
    if not report.ok:
        raise RefusedBundle(report)
    deployment = Deployment(
        id=new_id(),
        created_at=uow.now,
        created_by_id=by.person_id,
        created_by=by.name,
        bundle_hash=_hash(
            f"{path}\0".encode() + data for path, data in sorted(bundle.files.items())
        ),
    )
    uow.session.add(deployment)
    uow.session.flush()
    for path, data in bundle.files.items():
        uow.session.add(DeploymentFile(deployment_id=deployment.id, path=path, data=data))
    form_ids = _store_forms(uow, deployment.id, report.forms)
    _store_templates(uow, deployment.id, bundle)
    decisions.store(uow.session, deployment.id, bundle, uow.now, by.name)
    for model in report.models:
        _define(uow, deployment, model, bundle, form_ids, by)
    uow.session.flush()
    return deployment


def _store_forms(
    uow: UnitOfWork, deployment_id: UUID, forms: Mapping[str, bytes]
) -> dict[str, str]:
    stored = {
        key: storing.store(uow, deployment_id, key, orjson.loads(data))
        for key, data in forms.items()
    }
    return {key: str(form.id) for key, form in stored.items()}


def _store_templates(uow: UnitOfWork, deployment_id: UUID, bundle: Bundle) -> None:
    keep: Any = settings().keep_template
    if keep is None:
        return
    for (key, channel, lang), text in bundle.templates.items():
        keep(uow, deployment_id, key, channel, lang, text.decode("utf-8-sig"))


def _define(
    uow: UnitOfWork,
    deployment: Deployment,
    model: ProcessModel,
    bundle: Bundle,
    form_ids: dict[str, str],
    by: Actor,
) -> None:
    last = select(func.max(ProcessDefinition.version)).where(ProcessDefinition.key == model.key)
    xml = stored_text(bundle.files[model.file], model.file)
    definition = ProcessDefinition(
        id=new_id(),
        deployment_id=deployment.id,
        key=model.key,
        version=(uow.session.scalar(last) or 0) + 1,
        state=DRAFT,
        name=model.name or model.key,
        name_en=model.name_en,
        file=model.file,
        xml=xml,
        model_hash=_hash([xml.encode()]),
        form_ids=form_ids,
        created_at=uow.now,
        created_by=by.name,
    )
    uow.session.add(definition)
    uow.session.flush()
    _log(uow, definition, "deployed", by)
    uow.audit.record(
        acts.DEFINITION_DEPLOYED,
        by,
        definition.key,
        version=definition.version,
        deployment=deployment.id,
    )


def release(
    uow: UnitOfWork, key: str, version: int | None = None, *, by: Actor
) -> ProcessDefinition:
    """Let people start a version (the newest by default); the former one is retired for new
    instances, and its running ones stay on it.

    Raises: PermissionMissing, DefinitionUnknown, MessageStartTaken, StartTimerInvalid
    """
    by.require("process.release")
    definition = find(uow, key, version)
    former = select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.state == RELEASED
    )
    for one in uow.session.scalars(former):
        if one.id != definition.id:
            one.state = RETIRED
            _log(uow, one, "superseded", by)
            _forget_starts(uow, one)
    if definition.state == RELEASED:
        return definition
    definition.state = RELEASED
    definition.released_at, definition.released_by = uow.now, by.name
    _log(uow, definition, "released", by)
    uow.audit.record(acts.DEFINITION_RELEASED, by, definition.key, version=definition.version)
    uow.session.flush()
    _listen_for_starts(uow, definition)
    return definition


def retire(
    uow: UnitOfWork, key: str, version: int | None = None, *, by: Actor
) -> ProcessDefinition:
    """Nobody may start this version any more; what runs goes on.

    Raises: PermissionMissing, DefinitionUnknown
    """
    by.require("process.release")
    definition = find(uow, key, version)
    if definition.state != RETIRED:
        definition.state = RETIRED
        _log(uow, definition, "retired", by)
        uow.audit.record(acts.DEFINITION_RETIRED, by, definition.key, version=definition.version)
        _forget_starts(uow, definition)
        uow.session.flush()
    return definition


def find(uow: UnitOfWork, key: str, version: int | None) -> ProcessDefinition:
    """A version of a process, or its newest.

    Raises: DefinitionUnknown
    """
    query = select(ProcessDefinition).where(ProcessDefinition.key == key)
    if version is not None:
        query = query.where(ProcessDefinition.version == version)
    newest = query.order_by(ProcessDefinition.version.desc()).limit(1)
    known = version is None or version <= LAST_VERSION
    definition = uow.session.scalars(newest).first() if known else None
    if definition is None:
        raise DefinitionUnknown(process=key, version=version or "")
    return definition


def _listen_for_starts(uow: UnitOfWork, definition: ProcessDefinition) -> None:
    """Message, signal and conditional starts wait among the subscriptions, the definition in
    place of an instance; timer starts are timers."""
    _forget_starts(uow, definition)
    model = specs.get(uow.session, definition.id).model
    rows = [
        {
            "id": new_id(),
            "kind": str(node.event.kind),
            "name": node.event.name or "",
            "key": None,
            "match": None,
            "instance_id": None,
            "root_id": None,
            "activation_id": None,
            "definition_id": definition.id,
            "element_id": node.id,
            "created_at": uow.now,
        }
        for node in model.starts
        if node.event.kind in (EventKind.MESSAGE, EventKind.SIGNAL, EventKind.CONDITIONAL)
    ]
    store = Store(uow.session)
    _require_free(store, definition, [str(row["name"]) for row in rows if row["kind"] == "message"])
    store.insert(SUBSCRIPTION, rows)
    schedule.plan(uow, specs.get(uow.session, definition.id))


def _require_free(store: Store, definition: ProcessDefinition, names: list[str]) -> None:
    """A message begins one process: of two it would be chance which one."""
    query = (
        select(SUBSCRIPTION.c.name, ProcessDefinition.name.label("other"))
        .join(ProcessDefinition, ProcessDefinition.id == SUBSCRIPTION.c.definition_id)
        .where(SUBSCRIPTION.c.kind == "message", SUBSCRIPTION.c.name.in_(names))
    )
    taken = store.connection.execute(query).first() if names else None
    if taken is not None:
        raise MessageStartTaken(process=definition.key, message=taken.name, other=taken.other)


def _forget_starts(uow: UnitOfWork, definition: ProcessDefinition) -> None:
    store = Store(uow.session)
    store.drop(SUBSCRIPTION.c.definition_id, [definition.id])
    store.drop(TIMER.c.definition_id, [definition.id])


def _log(uow: UnitOfWork, definition: ProcessDefinition, kind: str, by: Actor) -> None:
    uow.session.add(
        DefinitionEvent(
            id=new_id(),
            definition_id=definition.id,
            kind=kind,
            at=uow.now,
            person_id=by.person_id,
            person=by.name,
        )
    )


def _hash(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
