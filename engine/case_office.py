"""An organisation for playing cases: a person in every position that the bundles name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import xml
from engine.bpmn import reader
from engine.bpmn.model import Performer, ProcessModel
from engine.bpmn.reminders import TARGETS
from engine.bundle import Bundle
from engine.problems import Refused
from engine.tables import ProcessDefinition
from kernel.uow import UnitOfWork
from people import directory, edit
from people.actor import SYSTEM, Actor
from people.actors import actor_at, actor_for
from people.chart import Directory
from people.errors import PersonUnknown
from people.seed import seed

TOP = "management.ceo"


def furnish(uow: UnitOfWork, bundles: Sequence[Bundle]) -> None:
    """Make the missing units and positions, each with a holder who may do everything here."""
    chart = directory.of(uow.session)
    if not chart.roles:
        seed(uow)
    named = {TOP} | {key for bundle in bundles for key in _positions(bundle)}
    for key in sorted(named, key=lambda one: (one != TOP, not one.endswith(".head"), one)):
        if key not in directory.of(uow.session).positions:
            _add_position(uow, key, len(directory.of(uow.session).positions))


def _add_position(uow: UnitOfWork, key: str, number: int) -> None:
    unit, _, post = key.partition(".")
    chart = directory.of(uow.session)
    if unit not in chart.units:
        edit.add_unit(uow, unit, unit, by=SYSTEM)
    edit.add_position(uow, key, key, unit=unit, manager=_manager(chart, key, unit, post), by=SYSTEM)
    person = edit.add_person(
        uow,
        key.replace(".", "-"),
        f"{post} {unit}",
        mobile=f"0912{1000000 + number:07d}",
        email=f"{key.replace('.', '-')}@example.org",
        by=SYSTEM,
    )
    uow.session.flush()
    edit.hold_position(uow, person.id, key, by=SYSTEM)
    edit.grant_role(uow, "admin", to=key, by=SYSTEM)
    uow.session.flush()


def _manager(chart: Directory, key: str, unit: str, post: str) -> str | None:
    if key == TOP:
        return None
    head = f"{unit}.head"
    return head if post != "head" and head in chart.positions else TOP


def _positions(bundle: Bundle) -> Iterator[str]:
    """Every position key in the models and cases of a bundle."""
    for path, data in bundle.diagrams.items():
        try:
            models = reader.read(xml.parse(data, path), path).models
        except Refused:
            continue  # deploying says what is wrong with it
        for model in models:
            yield from _positions_of(model)
    for case in orjson.loads(bundle.cases) if bundle.cases else []:
        yield from _keys([case["given"].get("by")])
        yield from _keys(step.get("by") for step in case.get("steps", []))


def _positions_of(model: ProcessModel) -> Iterator[str]:
    for node in model.nodes.values():
        if node.performer is not None:
            yield from _named(node.performer)
        for reminder in node.deadline.reminders if node.deadline else ():
            if reminder.target not in TARGETS:
                yield reminder.target
    for lane in model.lanes:
        if lane.performer is not None:
            yield from _named(lane.performer)


def _named(performer: Performer) -> Iterator[str]:
    if performer.kind == "position":
        yield from _keys([performer.value])
    if performer.kind == "unit" and performer.value.isidentifier():
        yield f"{performer.value}.head"


def _keys(values: Iterable[str | None]) -> Iterator[str]:
    return (one for one in values if one and "." in one and one[:1] not in "=$#")


def actor(session: Session, name: str | None) -> Actor:
    """Whoever a case names: a position, a user name, nobody for the system."""
    if not name:
        return SYSTEM
    chart = directory.of(session)
    if name in chart.positions:
        return actor_at(session, name)
    try:
        return actor_for(session, chart.by_username(name).id)
    except PersonUnknown:
        return actor_at(session, name)


def keys_of(session: Session, deployment_id: UUID) -> list[str]:
    """The processes of a deployment."""
    query = select(ProcessDefinition.key).where(ProcessDefinition.deployment_id == deployment_id)
    return list(session.scalars(query))
