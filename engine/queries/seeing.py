"""Who may see which case: everything with `instance.view_all`, else what one takes part in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import aliased

from engine.tables import InboxEntry, ProcessInstance, Submission, WorkItem
from people.actor import Actor


def sees_all(actor: Actor) -> bool:
    """Whether no case is hidden from this actor."""
    return actor.can("instance.view_all") or actor.is_system


def may_see_root(actor: Actor, root_id: Any) -> ColumnElement[bool]:
    """A condition on a column holding a root's id."""
    if sees_all(actor):
        return true()
    return takes_part(root_id, actor.person_id, sorted(actor.principals))


def takes_part(root_id: Any, person: Any, principals: Any) -> ColumnElement[bool]:
    """Whether a person began the case, did something in it, or has work of it at an address.

    Args:
        person, principals: values, or parameters of a statement that is built once.
    """
    # Aliases: the column may belong to one of these very tables in the query around this one,
    # and an unaliased inner table would be compared with itself.
    root, work, entry, sent = (
        aliased(ProcessInstance),
        aliased(WorkItem),
        aliased(InboxEntry),
        aliased(Submission),
    )
    started = select(root.id).where(root.id == root_id, root.started_by_id == person)
    lies_here = (
        select(work.id)
        .join(entry, entry.item_id == work.id)
        .where(work.root_id == root_id, entry.principal.in_(principals))
    )
    did = select(sent.id).where(sent.root_id == root_id, sent.person_id == person)
    return or_(exists(started), exists(lies_here), exists(did))


def may_see_instance(actor: Actor, instance_id: Any) -> ColumnElement[bool]:
    """A condition on a column holding an instance's id, in other packages' tables too.

    What belongs to no case is seen with `instance.view_all` only.
    """
    if sees_all(actor):
        return true()
    case = aliased(ProcessInstance)
    return exists(select(case.id).where(case.id == instance_id, may_see_root(actor, case.root_id)))
