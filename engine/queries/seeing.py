"""Who may see which case: everything with `instance.view_all`, else what one takes part in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, true

from engine.tables import InboxEntry, ProcessInstance, Submission, WorkItem
from people.actor import Actor


def may_see_root(actor: Actor, root_id: Any) -> ColumnElement[bool]:
    """A condition on a column holding a root's id."""
    if actor.can("instance.view_all") or actor.is_system:
        return true()
    person = actor.person_id
    started = (
        select(ProcessInstance.id)
        .where(ProcessInstance.id == root_id, ProcessInstance.started_by_id == person)
        .correlate_except(ProcessInstance)
    )
    lies_here = (
        select(WorkItem.id)
        .join(InboxEntry, InboxEntry.item_id == WorkItem.id)
        .where(WorkItem.root_id == root_id, InboxEntry.principal.in_(sorted(actor.principals)))
        .correlate_except(WorkItem, InboxEntry)
    )
    did = (
        select(Submission.id)
        .where(Submission.root_id == root_id, Submission.person_id == person)
        .correlate_except(Submission)
    )
    return or_(exists(started), exists(lies_here), exists(did))
