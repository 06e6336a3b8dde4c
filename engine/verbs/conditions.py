"""Conditional starts: somebody says what is so now, and what begins with that begins."""

from __future__ import annotations

import logging

from sqlalchemy import select

from engine.definitions import specs
from engine.evaluate import Evaluator, given
from engine.settings import settings
from engine.spiff.faults import Fault
from engine.store import SUBSCRIPTION, Store
from engine.tables import ProcessDefinition, ProcessInstance
from engine.verbs.start import begin
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor

log = logging.getLogger("ravand.engine")


def evaluate_conditions(
    uow: UnitOfWork,
    variables: JsonObject,
    *,
    by: Actor,
    business_key: str | None = None,
    definition_key: str | None = None,
) -> list[ProcessInstance]:
    """Begin a case at every conditional start of a released process whose condition holds.

    Each call is one look: no condition is remembered from call to call, so whoever calls says
    when something became so. A condition that cannot be decided from these variables does not
    hold; it is written to the log and keeps nobody else from beginning.

    Args:
        variables: what the conditions read, besides `now`, `today` and `organisation`; the
            variables of the new cases too.
        definition_key: look at this process only.

    Raises: PermissionMissing
    """
    by.require("process.start")
    store = Store(uow.session)
    query = (
        select(SUBSCRIPTION.c.definition_id, SUBSCRIPTION.c.element_id)
        .join(ProcessDefinition, ProcessDefinition.id == SUBSCRIPTION.c.definition_id)
        .where(SUBSCRIPTION.c.kind == "conditional", SUBSCRIPTION.c.instance_id.is_(None))
        .order_by(ProcessDefinition.key, SUBSCRIPTION.c.element_id)
    )
    if definition_key is not None:
        query = query.where(ProcessDefinition.key == definition_key)
    begun = []
    for row in store.connection.execute(query).all():
        definition = specs.get(uow.session, row.definition_id)
        node = definition.model.nodes[row.element_id]
        if _holds(uow, definition.key, node.event.condition or "", variables):
            begun.append(
                begin(
                    uow,
                    store,
                    definition,
                    node,
                    variables=dict(variables),
                    business_key=business_key,
                    by=by,
                )
            )
    return begun


def _holds(uow: UnitOfWork, process: str, condition: str, variables: JsonObject) -> bool:
    names = given(
        instance={},
        initiator={},
        now=uow.now,
        organisation=settings().organisation(),
        zone=settings().zone,
    )
    try:
        return Evaluator({**variables, **names}, {}).condition(condition)
    except Fault as fault:
        log.warning("the conditional start of %s is undecided: %s", process, fault.message)
        return False
