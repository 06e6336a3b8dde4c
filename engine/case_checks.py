"""What a case expects, compared with what the database says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.tables import HistoryEvent, Incident, ProcessInstance, WorkItem
from engine.waits import message_key
from kernel.types import JsonObject
from kernel.uow import read_only


def check(root_id: UUID, expected: JsonObject) -> Iterator[str]:
    """What is not as an `expect` step says."""
    with read_only() as session:
        if "open" in expected:
            found = open_elements(session, root_id)
            if found != Counter(expected["open"]):
                yield f"open: {sorted(found.elements())}, expected {sorted(expected['open'])}"
        yield from _deliveries(session, root_id, expected.get("deliveries", []))
        yield from _variables(session, root_id, expected.get("variables", {}))
        if "incidents" in expected:
            stopped = Counter(_incidents(session, root_id))
            if stopped != Counter(expected["incidents"]):
                yield f"incidents: {list(stopped)}, expected {expected['incidents']}"


def check_end(root_id: UUID, expected: JsonObject) -> Iterator[str]:
    """What is not as `then` says; an incident that nobody expected is always wrong."""
    with read_only() as session:
        root = session.get_one(ProcessInstance, root_id)
        for name, found in (("status", root.status), ("end", root.end_event)):
            if name in expected and expected[name] != found:
                yield f"{name}: {found}, expected {expected[name]}"
        if "incidents" not in expected and (stopped := list(_incidents(session, root_id))):
            yield f"incidents: {stopped}"
    yield from check(root_id, expected)


def open_elements(session: Session, root_id: UUID) -> Counter[str]:
    """The steps that wait for people, in the whole tree."""
    query = select(WorkItem.element_id).where(
        WorkItem.root_id == root_id, WorkItem.status.in_(("open", "claimed"))
    )
    return Counter(session.scalars(query))


def _incidents(session: Session, root_id: UUID) -> Iterator[str]:
    query = select(Incident).where(Incident.root_id == root_id, Incident.state == "open")
    for one in session.scalars(query):
        yield f"{one.element_id}: {one.message} {one.expression or ''}".strip()


def _deliveries(session: Session, root_id: UUID, expected: list[JsonObject]) -> Iterator[str]:
    query = select(HistoryEvent.facts).where(
        HistoryEvent.root_id == root_id,
        HistoryEvent.kind.in_(("notified", "machine", "reminded")),
    )
    sent = [facts for facts in session.scalars(query) if facts.get("template")]
    for one in expected:
        if not any(_fits(one, facts) for facts in sent):
            told = [(f.get("channel") or f.get("channels"), f["template"], f["to"]) for f in sent]
            yield f"not sent: {one}; sent: {told}"


def _fits(expected: JsonObject, facts: JsonObject) -> bool:
    channels = facts.get("channels") or [facts.get("channel")]
    if "channel" in expected and expected["channel"] not in channels:
        return False
    if "template" in expected and expected["template"] != facts["template"]:
        return False
    return "to" not in expected or _same_address(expected["to"], facts["to"])


def _same_address(expected: Any, found: Any) -> bool:
    known = found if isinstance(found, list) else [found]
    return any(
        one == expected or message_key("sms.reply", str(one)) == message_key("sms.reply", expected)
        for one in known
    )


def _variables(session: Session, root_id: UUID, expected: JsonObject) -> Iterator[str]:
    if not expected:
        return
    query = select(ProcessInstance).where(ProcessInstance.root_id == root_id)
    rows = sorted(session.scalars(query), key=lambda row: row.id != root_id)
    for name, value in expected.items():
        holders = [row.variables for row in rows if name in row.variables]
        if not any(variables[name] == value for variables in holders):
            yield f"{name}: {[v[name] for v in holders]}, expected {value!r}"
