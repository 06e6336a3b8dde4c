"""Decisions as they are stored: versions by key, compiled once per content."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import xml
from engine.bpmn.model import DecisionRef
from engine.bundle import Bundle
from engine.dmn import checks, reader
from engine.dmn.errors import DecisionError
from engine.dmn.evaluate import CompiledModel
from engine.dmn.model import DecisionModel
from engine.problems import Problem
from engine.tables import DecisionDefinition
from kernel.ids import new_id

KEEP: Final = 500


@dataclass(frozen=True)
class StoredDecision:
    """One decision at one version, ready to be asked. `drawn` is the file as it was read."""

    id: UUID
    key: str
    version: int
    name: str
    model: CompiledModel
    drawn: DecisionModel

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what it decides."""
        return self.model.parts[self.key].outputs


class DecisionStore:
    """Decisions by id and models by content, shared by all threads."""

    def __init__(self, keep: int = KEEP) -> None:
        self._keep = keep
        self._models: OrderedDict[str, tuple[CompiledModel, DecisionModel]] = OrderedDict()
        self._decisions: OrderedDict[UUID, StoredDecision] = OrderedDict()
        self._lock = Lock()

    def wanted(self, session: Session, ref: DecisionRef, deployment_id: UUID) -> StoredDecision:
        """The version that a diagram of this deployment means.

        Raises: DecisionError
        """
        query = select(DecisionDefinition.id).where(DecisionDefinition.key == ref.key)
        if ref.binding == "deployment":
            query = query.where(DecisionDefinition.deployment_id == deployment_id)
        elif ref.binding == "version":
            query = query.where(DecisionDefinition.version == ref.version)
        newest = query.order_by(DecisionDefinition.version.desc()).limit(1)
        found = session.execute(newest).scalar()
        if found is None:
            raise DecisionError("decision.unknown", decision=ref.key)
        return self.get(session, found)

    def get(self, session: Session, id: UUID) -> StoredDecision:
        """A decision; read and compiled when this process has not done so yet."""
        known = self._decisions.get(id)
        if known is not None:
            return known
        row = session.get_one(DecisionDefinition, id)
        model, drawn = self._model(row)
        made = StoredDecision(row.id, row.key, row.version, row.name, model, drawn)
        with self._lock:
            _keep(self._decisions, id, made, self._keep)
        return made

    def _model(self, row: DecisionDefinition) -> tuple[CompiledModel, DecisionModel]:
        known = self._models.get(row.model_hash)
        if known is None:
            drawn, _ = reader.read(xml.parse(row.xml.encode(), row.file, "dmn"), row.file)
            known = checks.compiled(drawn)[0], drawn
            with self._lock:
                _keep(self._models, row.model_hash, known, self._keep)
        return known


decisions = DecisionStore()


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)


def examine(file: str, data: bytes) -> tuple[DecisionModel, list[Problem]]:
    """A file of a bundle, and everything that is wrong with it.

    Raises: Refused when it cannot be read at all.
    """
    model, problems = reader.read(xml.parse(data, file, "dmn"), file)
    return model, problems + checks.compiled(model)[1]


def store(session: Session, deployment_id: UUID, bundle: Bundle, at: datetime, by: str) -> None:
    """Keep every decision of a bundle as its next version."""
    for file, data in sorted(bundle.decisions.items()):
        text = xml.stored_text(data, file, "dmn")
        model, _ = reader.read(xml.parse(data, file, "dmn"), file)
        for part in model.decisions:
            last = select(func.max(DecisionDefinition.version)).where(
                DecisionDefinition.key == part.id
            )
            session.add(
                DecisionDefinition(
                    id=new_id(),
                    deployment_id=deployment_id,
                    key=part.id,
                    version=(session.scalar(last) or 0) + 1,
                    name=part.label[:300],
                    file=file,
                    xml=text,
                    model_hash=hashlib.sha256(text.encode()).hexdigest(),
                    created_at=at,
                    created_by=by,
                )
            )
            session.flush()


def deployed(session: Session) -> frozenset[str]:
    """The keys of all stored decisions."""
    return frozenset(session.scalars(select(DecisionDefinition.key).distinct()))
