"""Let a stopped token try again, after whatever stopped it was mended."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from engine.advance import advance
from engine.errors import IncidentNeedsRetry, IncidentResolved, IncidentUnknown
from engine.live import history_row
from engine.store import HISTORY, INCIDENT, Store
from engine.stranded import SKIPPABLE
from engine.tables import ProcessInstance
from engine.verbs.common import lock_instance
from kernel.audit import acts
from kernel.jobs.operating import retry_job, skip_job
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor


def retry_incident(
    uow: UnitOfWork, incident_id: UUID, *, by: Actor, variables: JsonObject | None = None
) -> ProcessInstance:
    """Resolve an incident and run the element that stopped once more.

    Args:
        variables: set first, when data was what stopped it.

    Raises: PermissionMissing, IncidentUnknown, IncidentResolved
    """
    by.require("incident.retry")
    store = Store(uow.session)
    incident = _incident(store, incident_id)
    root, row = lock_instance(store, incident["instance_id"])
    incident = _incident(store, incident_id)
    if incident["state"] != "open":
        raise IncidentResolved(incident=str(incident_id))
    resolved = {"state": "resolved", "resolved_at": uow.now, "resolved_by": by.name}
    store.resolve_incidents(INCIDENT.c.id == incident_id, resolved)
    names = sorted(variables) if variables else None
    uow.audit.record(acts.INCIDENT_RETRIED, by, row["id"], **_said(incident), variables=names)
    if "job" in incident["facts"]:
        retry_job(uow, UUID(incident["facts"]["job"]))
    if row["status"] != "running" or (incident["activation_id"] is None and not variables):
        return ProcessInstance.of(row)
    with advance(uow, root, by=by, store=store) as tree:
        live = tree.live(row["id"])
        token = live.case.live.get(incident["activation_id"])
        if variables:
            live.assign(variables)
        if token is not None:
            live.history("retried", token, by=by, facts={"code": incident["code"]})
            live.case.retry(token)
        tree.wake(live)
    return ProcessInstance.of(live.row)


def skip_incident(uow: UnitOfWork, incident_id: UUID, *, by: Actor) -> None:
    """Resolve the incident of a job and leave the job's work undone.

    Raises: PermissionMissing, IncidentUnknown, IncidentResolved, IncidentNeedsRetry when a token
        would wait for ever
    """
    by.require("instance.operate")
    store = Store(uow.session)
    incident = _incident(store, incident_id)
    _, row = lock_instance(store, incident["instance_id"])
    incident = _incident(store, incident_id)
    if incident["state"] != "open":
        raise IncidentResolved(incident=str(incident_id))
    kind = incident["facts"].get("kind")
    if kind not in SKIPPABLE:
        raise IncidentNeedsRetry(incident=str(incident_id))
    resolved = {"state": "resolved", "resolved_at": uow.now, "resolved_by": by.name}
    store.resolve_incidents(INCIDENT.c.id == incident_id, resolved)
    skip_job(uow, UUID(incident["facts"]["job"]))
    uow.audit.record(acts.INCIDENT_SKIPPED, by, row["id"], **_said(incident))
    facts = {"code": incident["code"], "kind": kind}
    line = history_row(row, uow.now, "skipped", None, by, facts)
    at = {"element_id": incident["element_id"], "element_name": incident["element_name"]}
    store.insert(HISTORY, [{**line, **at}])


def _said(incident: JsonObject) -> JsonObject:
    said = {"incident": incident["id"], "code": incident["code"], "step": incident["element_id"]}
    return {name: one for name, one in said.items() if one}


def _incident(store: Store, incident_id: UUID) -> JsonObject:
    query = select(INCIDENT).where(INCIDENT.c.id == incident_id)
    row = store.connection.execute(query).mappings().first()
    if row is None:
        raise IncidentUnknown(incident=str(incident_id))
    return dict(row)
