"""Move running instances to another version of their process."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Column, case, select, update
from sqlalchemy.orm import Session

from engine.advance import Tree, advance
from engine.definitions import Definition, specs
from engine.errors import DefinitionUnknown, InstanceEnded, MigrationImpossible
from engine.live import Live, history_row
from engine.migration import IdMap, Plan, Route, move, plan
from engine.store import (
    EXTERNAL,
    HISTORY,
    INCIDENT,
    INSTANCE,
    ITEM,
    PART,
    SUBSCRIPTION,
    TIMER,
    Store,
)
from engine.tables import ProcessDefinition, ProcessInstance
from engine.verbs.common import OPEN, lock_instance
from kernel.audit import acts
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import SYSTEM, Actor
from people.actors import actor_for

JOB = "engine.migrate"


def plan_migration(
    uow: UnitOfWork, instance_id: UUID, to_version: int, id_map: IdMap | None = None
) -> Plan:
    """What a move would do, step by step; nothing is changed.

    Raises: InstanceUnknown, InstanceEnded, DefinitionUnknown
    """
    store = Store(uow.session)
    root, row = lock_instance(store, instance_id)
    live = Tree(uow, store, root, SYSTEM).running(instance_id)
    target = version_of(uow.session, row["definition_key"], to_version)
    live.case.wake_everybody()
    return plan(live.case, _route(live, target, id_map), _versions(live, target))


def migrate(
    uow: UnitOfWork,
    instance_id: UUID,
    to_version: int,
    id_map: IdMap | None = None,
    *,
    by: Actor,
) -> ProcessInstance:
    """Let a running instance go on in another version of its process.

    Work items keep their ids, drafts and time limits, timers their instants; boundary events
    that are new begin to listen, those that are gone stop. Called processes are not touched.

    Args:
        id_map: element of today's version -> element of the other; equal ids need no entry.

    Raises: PermissionMissing, InstanceUnknown, InstanceEnded, DefinitionUnknown,
        MigrationImpossible naming the first step without a place. Nothing was changed then.
    """
    by.require("instance.operate")
    store = Store(uow.session)
    root, row = lock_instance(store, instance_id)
    if row["status"] != "running":
        raise InstanceEnded(number=row["number"], instance=str(instance_id))
    target = version_of(uow.session, row["definition_key"], to_version)
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.running(instance_id)
        live.case.wake_everybody()
        route = _route(live, target, id_map)
        found = plan(live.case, route, _versions(live, target))
        if stuck := next((step for step in found.steps if step.problem), None):
            raise MigrationImpossible(step=stuck.name, version=to_version, problem=stuck.problem)
        _go(tree, live, route, target)
        versions = {"from": found.from_version, "to": found.to_version}
        live.history("migrated", by=by, facts=versions)
        tree.wake(live)
    uow.audit.record(acts.INSTANCE_MOVED, by, instance_id, **versions)
    return ProcessInstance.of(live.row)


def migrate_all(
    uow: UnitOfWork,
    key: str,
    from_version: int,
    to_version: int,
    id_map: IdMap | None = None,
    *,
    by: Actor,
) -> int:
    """Have every running instance of a version moved, each by a job of its own; how many.

    Raises: PermissionMissing, DefinitionUnknown
    """
    by.require("instance.operate")
    version_of(uow.session, key, to_version)
    before = version_of(uow.session, key, from_version)
    query = select(INSTANCE.c.id).where(
        INSTANCE.c.definition_id == before.id, INSTANCE.c.status == "running"
    )
    ids = list(uow.session.execute(query).scalars())
    for instance_id in ids:
        payload = {"instance_id": str(instance_id), "to": to_version, "map": dict(id_map or {})}
        payload |= {"person_id": str(by.person_id) if by.person_id else None}
        uow.jobs.add(JOB, payload, group=str(instance_id))
    numbers = {"from": from_version, "to": to_version, "count": len(ids)}
    uow.audit.record(acts.DEFINITION_MOVED, by, key, **numbers)
    return len(ids)


def move_one(uow: UnitOfWork, payload: JsonObject) -> None:
    """The job: move one instance; when it cannot, its history says why and it stays."""
    person = payload["person_id"]
    by = actor_for(uow.session, UUID(person)) if person else SYSTEM
    instance_id = UUID(payload["instance_id"])
    try:
        migrate(uow, instance_id, payload["to"], payload["map"], by=by)
    except InstanceEnded:
        return
    except MigrationImpossible as error:
        store = Store(uow.session)
        [row] = store.instances([instance_id])
        facts = {"to": payload["to"], "reason": error.sentence()}
        store.insert(HISTORY, [history_row(row, uow.now, "not-migrated", None, by, facts)])


def version_of(session: Session, key: str, version: int) -> Definition:
    """A version of a process, ready to run.

    Raises: DefinitionUnknown
    """
    query = select(ProcessDefinition.id).where(
        ProcessDefinition.key == key, ProcessDefinition.version == version
    )
    found = session.execute(query).scalar()
    if found is None:
        raise DefinitionUnknown(process=key)
    return specs.get(session, found)


def _route(live: Live, target: Definition, id_map: IdMap | None) -> Route:
    return Route(live.definition.model, target.model, id_map or {})


def _versions(live: Live, target: Definition) -> tuple[int, int]:
    return live.definition.version, target.version


def _go(tree: Tree, live: Live, route: Route, target: Definition) -> None:
    standing = {token.node.id for token in live.case.live.values()}
    live.case.spec = target.graph
    for token in move(live.case, route):
        live.stop(token)
    live.definition = target
    live.row["definition_id"] = target.id
    connection = tree.store.connection
    connection.execute(
        update(INSTANCE).where(INSTANCE.c.id == live.id).values(definition_id=target.id)
    )
    tree.store.drop(PART.c.instance_id, [live.id])
    _rename(tree, live, {key: route.target(key) for key in standing}, target)


def _rename(tree: Tree, live: Live, moved: dict[str, str], target: Definition) -> None:
    """Let the rows of work, timers and waits name their new elements."""
    nodes = {key: target.model.nodes[to] for key, to in moved.items() if to in target.model.nodes}
    changed = {key: node.id for key, node in nodes.items() if node.id != key}
    execute = tree.store.connection.execute
    items = {
        ITEM.c.definition_id: target.id,
        ITEM.c.name: _by_element(ITEM.c.name, {k: n.name or n.id for k, n in nodes.items()}),
        ITEM.c.name_en: _by_element(ITEM.c.name_en, {k: n.name_en for k, n in nodes.items()}),
        ITEM.c.element_id: _by_element(ITEM.c.element_id, changed),
    }
    mine = ITEM.c.instance_id == live.id
    execute(update(ITEM).where(mine, ITEM.c.status.in_(OPEN)).values(items))
    for table in (TIMER, SUBSCRIPTION, EXTERNAL, INCIDENT) if changed else ():
        named = {table.c.element_id: _by_element(table.c.element_id, changed)}
        execute(update(table).where(table.c.instance_id == live.id).values(named))


def _by_element(column: Column[str], values: JsonObject) -> object:
    element = column.table.c.element_id
    return case(values, value=element, else_=column) if values else column
