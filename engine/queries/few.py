"""Conditions on cases that are answered from their own side while only few cases meet them.

Somebody who takes part in a dozen of a million cases finds them by id. When there are more than
`CAP`, a list meets one soon wherever it looks, and asks each row instead.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select, union_all
from sqlalchemy.orm import Session

from engine.queries.seeing import may_see_root
from engine.tables import InboxEntry, Incident, InstanceLink, ProcessInstance, Submission, WorkItem
from kernel import clock
from kernel.counting import CAP
from people.actor import Actor

OPEN = ("open", "claimed")


class Sets:
    """What narrows a list of cases.

    Attributes:
        roots: the only cases that can fit, when they are few; None: any.
        conditions: what is left to ask of each row.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.roots: set[UUID] | None = None
        self.conditions: list[ColumnElement[bool]] = []

    def linked(self, kind: str, ref: str) -> None:
        """Cases about something; as many as there are, for they are its own."""
        about = (InstanceLink.kind == kind, InstanceLink.ref == str(ref))
        found = self._session.scalars(select(InstanceLink.instance_id).where(*about))
        self._narrow(set(found))

    def seen_by(self, actor: Actor) -> None:
        """Cases in which somebody takes part."""
        began = select(ProcessInstance.root_id).where(
            ProcessInstance.started_by_id == actor.person_id
        )
        did = select(Submission.root_id).where(Submission.person_id == actor.person_id)
        lies = (
            select(WorkItem.root_id)
            .join(InboxEntry, InboxEntry.item_id == WorkItem.id)
            .where(InboxEntry.principal.in_(sorted(actor.principals)))
        )
        self._ask(may_see_root(actor, ProcessInstance.root_id), began, did, lies, exact=False)

    def overdue(self) -> None:
        """Cases with open work whose time limit has passed."""
        late = WorkItem.due_at <= clock.now()
        found = select(WorkItem.root_id).where(WorkItem.status.in_(OPEN), late)
        self._ask(has_work(late), found)

    def stopped(self) -> None:
        """Cases with an open incident."""
        is_open = Incident.state == "open"
        asked = exists().where(Incident.root_id == ProcessInstance.root_id, is_open)
        self._ask(asked, select(Incident.root_id).where(is_open))

    def _ask(
        self, condition: ColumnElement[bool], *sources: Select[Any], exact: bool = True
    ) -> None:
        """Narrow by what the sources name when that is all; else ask each row.

        Args:
            exact: whether the sources name nothing that the condition would refuse.
        """
        if self.roots is not None:  # few rows already: each is asked
            self.conditions.append(condition)
            return
        parts = [source.limit(CAP).subquery() for source in sources]
        every: Any = union_all(*(select(part.c.root_id) for part in parts))
        found = list(self._session.scalars(every))
        if len(found) < CAP:
            self._narrow(set(found))
        if len(found) >= CAP or not exact:
            self.conditions.append(condition)

    def _narrow(self, roots: set[UUID]) -> None:
        self.roots = roots if self.roots is None else self.roots & roots


def has_work(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a case has open work of a kind."""
    mine = (WorkItem.root_id == ProcessInstance.root_id, WorkItem.status.in_(OPEN))
    return exists().where(*mine, condition)
