"""Definitions in memory: parsed once per content, frozen, never stored with an instance."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import xml
from engine.bpmn import reader
from engine.bpmn.model import EventKind, Node, ProcessModel
from engine.errors import DefinitionUnknown, NotReleased, StartUnknown
from engine.spiff.graph import ProcessGraph
from engine.tables import ProcessDefinition
from kernel.prepared import Prepared
from kernel.types import JsonObject

KEEP = 500
_DEFINITION: Any = ProcessDefinition.__table__.c
_RELEASED = Prepared(
    select(_DEFINITION.id)
    .where(_DEFINITION.key == bindparam("key"), _DEFINITION.state == "released")
    .order_by(_DEFINITION.version.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Definition:
    """An immutable process at one version, ready to run."""

    id: UUID
    key: str
    version: int
    name: str
    name_en: str
    deployment_id: UUID
    form_ids: JsonObject
    model: ProcessModel
    graph: ProcessGraph

    def start(self, start_event: str | None) -> Node:
        """The start event that a person or caller chose; the none start by default.

        Raises: StartUnknown
        """
        starts = self.model.starts
        if start_event is None:
            plain = [node for node in starts if node.event.kind is EventKind.NONE]
            if plain or starts:
                return (plain or list(starts))[0]
        for node in starts:
            if node.id == start_event:
                return node
        raise StartUnknown(process=self.key, start=start_event)


class SpecStore:
    """Graphs by content hash and definitions by id, shared by all threads."""

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self._graphs: OrderedDict[tuple[str, str], ProcessGraph] = OrderedDict()
        self._definitions: OrderedDict[UUID, Definition] = OrderedDict()
        self._lock = Lock()

    def get(self, session: Session, definition_id: UUID) -> Definition:
        """A definition; read and parsed when this process has not done so yet."""
        found = self._definitions.get(definition_id)
        if found is not None:
            return found
        row = session.get(ProcessDefinition, definition_id)
        if row is None:
            raise DefinitionUnknown(id=str(definition_id))
        made = self._make(row)
        with self._lock:
            self._definitions[definition_id] = made
            while len(self._definitions) > self._keep:
                self._definitions.popitem(last=False)
        return made

    def _make(self, row: ProcessDefinition) -> Definition:
        graph = self._graph(row)
        return Definition(
            id=row.id,
            key=row.key,
            version=row.version,
            name=row.name,
            name_en=row.name_en,
            deployment_id=row.deployment_id,
            form_ids=row.form_ids,
            model=graph.model,
            graph=graph,
        )

    def _graph(self, row: ProcessDefinition) -> ProcessGraph:
        content = (row.model_hash, row.key)
        graph = self._graphs.get(content)
        if graph is None:
            graph = ProcessGraph(parse(row.xml, row.key, row.file))
            with self._lock:
                self._graphs[content] = graph
                while len(self._graphs) > self._keep:
                    self._graphs.popitem(last=False)
        return graph


specs = SpecStore()


def parse(text: str, key: str, file: str = "") -> ProcessModel:
    """The model of one process of a stored document."""
    reading = reader.read(xml.parse(text.encode(), file), file)
    for model in reading.models:
        if model.key == key:
            return model
    raise DefinitionUnknown(process=key)


def called(session: Session, caller: Definition, node: Node, key: str) -> Definition:
    """The version of a process that a call activity means.

    Raises: NotReleased, DefinitionUnknown
    """
    if node.called_binding == "latest":
        return released(session, key)
    query = select(ProcessDefinition.id).where(ProcessDefinition.key == key)
    if node.called_binding == "version":
        query = query.where(ProcessDefinition.version == node.called_version)
    else:
        query = query.where(ProcessDefinition.deployment_id == caller.deployment_id)
    found = session.execute(query).scalar()
    if found is None:
        raise DefinitionUnknown(process=key)
    return specs.get(session, found)


def newest_released(session: Session, key: str) -> UUID | None:
    """The id of the version that new instances of a process get, if one is released."""
    row = _RELEASED.first(session.connection(), {"key": key})
    return row[0] if row else None


def released(session: Session, key: str) -> Definition:
    """The version that new instances of a process get.

    Raises: NotReleased when there are only drafts, DefinitionUnknown when there is nothing.
    """
    found = newest_released(session, key)
    if found is not None:
        return specs.get(session, found)
    any_version = select(ProcessDefinition.id).where(ProcessDefinition.key == key).limit(1)
    if session.execute(any_version).scalar() is None:
        raise DefinitionUnknown(process=key)
    raise NotReleased(process=key)
