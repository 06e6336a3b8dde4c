"""Machine work: running a connector, and what comes of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from uuid import UUID

from sqlalchemy import select

from engine.advance import Tree, advance
from engine.connectors import BpmnError, ConnectorCall, Pending, connectors
from engine.evaluate import Evaluator, Scope
from engine.ledger import Row
from engine.live import Live
from engine.mapping import assigned
from engine.notices import variables_for
from engine.spiff.faults import Fault
from engine.spiff.throwing import raise_in
from engine.spiff.token import Token
from engine.store import SUBSCRIPTION, Store
from engine.verbs.common import lock_instance
from engine.waits import subscription_row
from kernel.jobs.doing import sentence_of
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import SYSTEM

TOLD = ("channel", "template", "to")  # what history keeps of a connector that tells people
PENDING = "activity"  # the kind of subscription that leads from an activation to its instance


def run_activity(uow: UnitOfWork, payload: JsonObject) -> None:
    """Run the connector of one activation; the step it ends is in the same transaction.

    Raises: whatever the connector raises besides BpmnError; then nothing was changed.
    """
    store = Store(uow.session)
    root, row = lock_instance(store, UUID(payload["instance_id"]))
    if row["status"] != "running":
        return
    with advance(uow, root, by=SYSTEM, store=store) as tree:
        live = tree.live(row["id"])
        token = live.case.live.get(UUID(payload["activation_id"]))
        if token is None:
            return
        tree.wake(live)
        _run(uow, live, token, payload)


def _run(uow: UnitOfWork, live: Live, token: Token, payload: JsonObject) -> None:
    call = ConnectorCall(
        instance_id=live.id,
        root_id=live.root_id,
        activation_id=token.id,
        element_id=token.node.id,
        type=payload["type"],
        inputs=payload["inputs"],
        by=SYSTEM,
        variables=variables_for(live, token.local or {}),
        deployment_id=live.definition.deployment_id,
    )
    told: JsonObject = {name: call.inputs[name] for name in TOLD if name in call.inputs}
    live.history("machine", token, facts={"connector": call.type, **told})
    try:
        result = connectors[call.type].run(uow, call)
    except BpmnError as error:
        raise_in(token, error)
        return
    if isinstance(result, Pending):
        row = subscription_row(live, token, PENDING, call.type, None, None)
        live.ledger.add(Row(SUBSCRIPTION, row))
        token.internal_data["subscription"] = True
    else:
        finish_with(live, token, result)


def finish_with(live: Live, token: Token, result: JsonObject) -> None:
    """Map the result into variables and let the token leave."""
    scope = Scope({}, result, {**live.variables, **(token.local or {})})
    mark = live.mark()
    try:
        values = assigned(token.node.outputs, Evaluator(scope, live.functions), result)
        live.take(token, values)
    except Fault as fault:
        live.case.fail(token, fault, mark)
        return
    live.case.finish(token)


def finish_activity(
    uow: UnitOfWork,
    activation_id: UUID,
    result: JsonObject | None = None,
    error: BpmnError | None = None,
) -> bool:
    """Give a pending connector's answer; False when nothing waits for it any more."""
    store = Store(uow.session)
    query = select(SUBSCRIPTION.c.instance_id).where(
        SUBSCRIPTION.c.activation_id == activation_id, SUBSCRIPTION.c.kind == PENDING
    )
    instance_id = store.connection.execute(query).scalar()
    if instance_id is None:
        return False
    with _tree_of(uow, store, instance_id) as tree:
        live = tree.live(instance_id)
        token = live.case.live.get(activation_id)
        if token is None or live.row["status"] != "running":
            return False
        tree.wake(live)
        if error is not None:
            raise_in(token, error)
        else:
            finish_with(live, token, result or {})
    return True


def fail_activity(uow: UnitOfWork, payload: JsonObject, error: Exception) -> None:
    """A connector's retries are spent: the token stops, as an incident."""
    instance_id, activation_id = UUID(payload["instance_id"]), UUID(payload["activation_id"])
    store = Store(uow.session)
    with _tree_of(uow, store, instance_id) as tree:
        live = tree.live(instance_id)
        token = live.case.live.get(activation_id)
        if token is None or live.row["status"] != "running":
            return
        text = sentence_of(error)
        fault = Fault("engine.connector", text[:2000], connector=payload["type"])
        live.case.fail(token, fault, live.mark())
        tree.wake(live)


def _tree_of(uow: UnitOfWork, store: Store, instance_id: UUID) -> AbstractContextManager[Tree]:
    root, _ = lock_instance(store, instance_id)
    return advance(uow, root, by=SYSTEM, store=store)
