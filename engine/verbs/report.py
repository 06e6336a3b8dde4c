"""An operator must see that something about a case failed, although no token stopped."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from engine.definitions import specs
from engine.events import IncidentOpened
from engine.store import INCIDENT, Store
from kernel.i18n import translate_code
from kernel.ids import new_id
from kernel.types import JsonObject
from kernel.uow import UnitOfWork


def report_incident(
    uow: UnitOfWork,
    instance_id: UUID,
    element_id: str,
    *,
    code: str,
    facts: JsonObject,
    reference: str = "",
) -> UUID | None:
    """Open an incident beside a case; the case itself goes on.

    Args:
        reference: what failed; one open incident per reference is enough.

    Returns: None when there is one already, or the instance is unknown.
    """
    store = Store(uow.session)
    rows = store.instances([instance_id])
    if not rows or (reference and _known(store, instance_id, code, reference)):
        return None
    node = specs.get(uow.session, rows[0]["definition_id"]).model.nodes.get(element_id)
    incident_id = new_id()
    row = {
        "id": incident_id,
        "instance_id": instance_id,
        "root_id": rows[0]["root_id"],
        "activation_id": None,
        "element_id": element_id,
        "element_name": node.name if node else element_id,
        "code": code,
        "message": translate_code(code, facts),
        "expression": None,
        "facts": {**facts, "reference": reference},
        "state": "open",
        "opened_at": uow.now,
        "resolved_at": None,
        "resolved_by": None,
    }
    store.insert(INCIDENT, [row])
    uow.outbox.add(IncidentOpened(incident_id, instance_id, element_id, code))
    return incident_id


def close_report(
    uow: UnitOfWork, instance_id: UUID, *, code: str, reference: str, resolved_by: str
) -> None:
    """Resolve the incident that was reported of `reference`: somebody dealt with it elsewhere.

    Args:
        resolved_by: who did, as the incident shows it.
    """
    store = Store(uow.session)
    query = select(INCIDENT.c.id, INCIDENT.c.facts).where(
        INCIDENT.c.instance_id == instance_id, INCIDENT.c.code == code, INCIDENT.c.state == "open"
    )
    for incident_id, facts in store.connection.execute(query).all():
        if facts.get("reference") == reference:
            resolved = {"state": "resolved", "resolved_at": uow.now, "resolved_by": resolved_by}
            store.resolve_incidents(INCIDENT.c.id == incident_id, resolved)


def _known(store: Store, instance_id: UUID, code: str, reference: str) -> bool:
    query = select(INCIDENT.c.facts).where(
        INCIDENT.c.instance_id == instance_id, INCIDENT.c.code == code, INCIDENT.c.state == "open"
    )
    found = store.connection.execute(query).scalars()
    return any(facts.get("reference") == reference for facts in found)
