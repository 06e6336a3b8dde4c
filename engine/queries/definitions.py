"""Processes and their versions; which of them a person may start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from engine.bpmn.model import EventKind, Node, ProcessModel
from engine.definitions import Definition, newest_released, specs
from engine.errors import DefinitionUnknown
from engine.tables import (
    LAST_VERSION,
    DefinitionEvent,
    Incident,
    ProcessDefinition,
    ProcessInstance,
    Timer,
)
from kernel.counting import CAP
from people.actor import Actor


@dataclass(frozen=True)
class ProcessName:
    """A process that can be chosen."""

    key: str
    name: str
    name_en: str


@dataclass(frozen=True)
class DefinitionRow:
    """A process in the list, as its newest version names it; `running` is at most `CAP`."""

    key: str
    name: str
    name_en: str
    version: int
    released_version: int | None
    draft_version: int | None
    running: int
    incidents: int
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class VersionRow:
    """One version of a process; `running`: its open instances."""

    id: UUID
    key: str
    version: int
    state: str
    name: str
    name_en: str
    created_at: datetime
    created_by: str
    released_at: datetime | None
    released_by: str | None
    running: int


@dataclass(frozen=True)
class DefinitionView:
    """One version with its model."""

    id: UUID
    deployment_id: UUID
    key: str
    version: int
    state: str
    name: str
    name_en: str
    xml: str
    model: ProcessModel
    created_at: datetime
    created_by: str
    released_at: datetime | None
    released_by: str | None


@dataclass(frozen=True)
class StartableProcess:
    """A released process and the start events that a person may choose (A20)."""

    key: str
    name: str
    name_en: str
    version: int
    definition: Definition
    starts: tuple[Node, ...]
    started_by_me: int

    @property
    def model(self) -> ProcessModel:
        """For its first steps."""
        return self.definition.model


def process_names(session: Session) -> list[ProcessName]:
    """Every process as its newest version names it, for a filter; nothing is counted."""
    newest = (
        select(ProcessDefinition.key, func.max(ProcessDefinition.version).label("version"))
        .group_by(ProcessDefinition.key)
        .subquery()
    )
    same = (ProcessDefinition.key == newest.c.key, ProcessDefinition.version == newest.c.version)
    columns = (ProcessDefinition.key, ProcessDefinition.name, ProcessDefinition.name_en)
    rows = session.execute(
        select(*columns).join(newest, and_(*same)).order_by(ProcessDefinition.name)
    )
    return [ProcessName(*row) for row in rows]


def definitions(session: Session) -> list[DefinitionRow]:
    """Every process, by name."""
    rows = session.execute(
        select(
            ProcessDefinition.key,
            ProcessDefinition.name,
            ProcessDefinition.name_en,
            ProcessDefinition.version,
            ProcessDefinition.state,
            ProcessDefinition.created_at,
            ProcessDefinition.created_by,
            ProcessDefinition.released_at,
            ProcessDefinition.released_by,
        ).order_by(ProcessDefinition.key, ProcessDefinition.version)
    ).all()
    running, stopped = _running_by_key(session), _stopped_by_key(session)
    by_key: dict[str, list[Any]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    made = [
        _definition_row(found, running.get(key, 0), stopped.get(key, 0))
        for key, found in by_key.items()
    ]
    return sorted(made, key=lambda row: row.name)


def _definition_row(versions: list[Any], running: int, stopped: int) -> DefinitionRow:
    newest = versions[-1]
    released = [row.version for row in versions if row.state == "released"]
    drafts = [row.version for row in versions if row.state == "draft"]
    last = max(versions, key=lambda row: row.released_at or row.created_at)
    return DefinitionRow(
        key=newest.key,
        name=newest.name,
        name_en=newest.name_en,
        version=newest.version,
        released_version=released[-1] if released else None,
        draft_version=drafts[-1] if drafts else None,
        running=running,
        incidents=stopped,
        changed_at=last.released_at or last.created_at,
        changed_by=last.released_by or last.created_by,
    )


def _running_by_key(session: Session) -> dict[str, int]:
    """At most `CAP` for each process."""
    keys = select(ProcessDefinition.key).distinct().subquery()
    mine = (ProcessInstance.definition_key == keys.c.key, ProcessInstance.status == "running")
    some = select(ProcessInstance.id).where(*mine).limit(CAP).correlate(keys).subquery()
    count = select(func.count()).select_from(some).scalar_subquery()
    return {key: int(running) for key, running in session.execute(select(keys.c.key, count))}


def _stopped_by_key(session: Session) -> dict[str, int]:
    counted = session.execute(
        select(ProcessInstance.definition_key, func.count())
        .join(Incident, Incident.instance_id == ProcessInstance.id)
        .where(Incident.state == "open")
        .group_by(ProcessInstance.definition_key)
    )
    return {key: int(count) for key, count in counted}


def versions(session: Session, key: str) -> list[VersionRow]:
    """Every version of a process, newest first.

    Raises: DefinitionUnknown
    """
    running = dict(
        session.execute(
            select(ProcessInstance.definition_id, func.count())
            .where(ProcessInstance.status == "running", ProcessInstance.definition_key == key)
            .group_by(ProcessInstance.definition_id)
        ).all()
    )
    query = select(ProcessDefinition).where(ProcessDefinition.key == key)
    rows = session.scalars(query.order_by(ProcessDefinition.version.desc())).all()
    if not rows:
        raise DefinitionUnknown(process=key)
    return [
        VersionRow(
            row.id,
            row.key,
            row.version,
            row.state,
            row.name,
            row.name_en,
            row.created_at,
            row.created_by,
            row.released_at,
            row.released_by,
            int(running.get(row.id, 0)),
        )
        for row in rows
    ]


def definition(session: Session, key: str, version: int) -> DefinitionView:
    """One version of a process.

    Raises: DefinitionUnknown
    """
    query = select(ProcessDefinition).where(
        ProcessDefinition.key == key, ProcessDefinition.version == version
    )
    row = session.scalars(query).first() if version <= LAST_VERSION else None
    if row is None:
        raise DefinitionUnknown(process=key, version=version)
    return DefinitionView(
        id=row.id,
        deployment_id=row.deployment_id,
        key=row.key,
        version=row.version,
        state=row.state,
        name=row.name,
        name_en=row.name_en,
        xml=row.xml,
        model=specs.get(session, row.id).model,
        created_at=row.created_at,
        created_by=row.created_by,
        released_at=row.released_at,
        released_by=row.released_by,
    )


def next_start(session: Session, definition_id: UUID) -> datetime | None:
    """When a case of this version begins by itself next; None when no timer start waits."""
    waiting = select(func.min(Timer.due_at)).where(
        Timer.definition_id == definition_id, Timer.kind == "start"
    )
    return session.scalar(waiting)


def definition_xml(session: Session, definition_id: UUID) -> str:
    """The BPMN document of a version.

    Raises: DefinitionUnknown
    """
    query = select(ProcessDefinition.xml).where(ProcessDefinition.id == definition_id)
    found = session.scalar(query)
    if found is None:
        raise DefinitionUnknown(id=str(definition_id))
    return found


def definition_events(session: Session, definition_id: UUID) -> list[DefinitionEvent]:
    """Who deployed, released and retired a version, newest first."""
    query = select(DefinitionEvent).where(DefinitionEvent.definition_id == definition_id)
    return list(session.scalars(query.order_by(DefinitionEvent.at.desc())))


def startable(session: Session, actor: Actor) -> list[StartableProcess]:
    """The released processes that this actor may start, those started often first."""
    if not actor.can("process.start"):
        return []
    released = session.scalars(
        select(ProcessDefinition.id).where(ProcessDefinition.state == "released")
    ).all()
    mine = _started_by(session, actor)
    found = [_startable(specs.get(session, one), mine) for one in released]
    able = [one for one in found if one.starts]
    return sorted(able, key=lambda one: (-one.started_by_me, one.name))


def startable_process(session: Session, actor: Actor, key: str) -> StartableProcess:
    """One of them.

    Raises: DefinitionUnknown for one that cannot be started.
    """
    found = newest_released(session, key)
    if found is None or not actor.can("process.start"):
        raise DefinitionUnknown(process=key)
    return _startable(specs.get(session, found), {})


def _started_by(session: Session, actor: Actor) -> dict[str, int]:
    counted = session.execute(
        select(ProcessInstance.definition_key, func.count())
        .where(
            ProcessInstance.started_by_id == actor.person_id, ProcessInstance.parent_id.is_(None)
        )
        .group_by(ProcessInstance.definition_key)
    )
    return {key: int(count) for key, count in counted}


def _startable(definition: Definition, mine: dict[str, int]) -> StartableProcess:
    return StartableProcess(
        key=definition.key,
        name=definition.name,
        name_en=definition.name_en,
        version=definition.version,
        definition=definition,
        starts=tuple(n for n in definition.model.starts if n.event.kind is EventKind.NONE),
        started_by_me=mine.get(definition.key, 0),
    )
