"""What somebody sends off at a work item: read, checked and taken in one transaction.

The work is looked up once, where it is locked; the page's own view of it is asked for only when
there is something to show.
"""

from uuid import UUID, uuid4

from flask import request

import engine
import forms
from engine import queries
from engine.answers import Answers
from engine.bpmn.model import Node
from engine.definitions import Definition
from engine.queries import ItemView
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor
from web import answering
from web.answering import Filled
from web.database import db


class SentAgain(Exception):
    """Nothing was sent off: a row was added, or Enter was pressed in a field."""

    def __init__(self, filled: Filled) -> None:
        super().__init__()
        self.filled = filled


class Sheet:
    """One request that wants to finish a work item.

    `step` is the step that it finished; None while nothing was taken, or when it had been taken
    the first time of a double click.
    """

    def __init__(self, item_id: UUID, actor: Actor) -> None:
        self.item_id, self.actor = item_id, actor
        self.outcome = request.form.get("outcome") or None
        self.reason = request.form.get("reason", "").strip() or None
        self.step: Node | None = None
        self._filled: Filled | None = None
        # Stored before anything can be refused, and only for somebody who may see the case.
        self._files = self._stored() if answering.carries_files() else {}

    def send(self, uow: UnitOfWork) -> UUID | None:
        """Finish the work; the item to go on with, if any.

        Raises: SentAgain, and whatever `engine.complete` raises.
        """
        case = engine.complete(
            uow,
            self.item_id,
            lambda *known: self._read(uow, *known),
            outcome=self.outcome,
            reason=self.reason,
            by=self.actor,
            revision=_revision(),
            request_id=request_id(),
        )
        if self.step:
            forms.drop_drafts(uow, self.item_id)
        return queries.next_item(uow.session, self.actor, case.root_id)

    def _read(
        self, uow: UnitOfWork, definition: Definition, step: Node, variables: JsonObject
    ) -> Answers:
        asked = answering.forms_of(uow.session, definition, step)
        self._filled = answering.read(asked, variables, files=self._files)
        if self._filled.again:
            raise SentAgain(self._filled)
        self.step = step
        return self._filled.answers

    def view(self) -> ItemView:
        """The work as its page shows it now.

        Raises: WorkItemUnknown when the actor may not see it.
        """
        return queries.item(db.session, self.actor, self.item_id)

    def typed(self) -> Filled:
        """What was written, also when the work was refused before it was read."""
        if self._filled is None:
            view = self.view()
            asked = answering.forms_of(db.session, view.definition, view.node)
            self._filled = answering.read(asked, view.variables, files=self._files)
        return self._filled

    def _stored(self) -> dict[str, list[str]]:
        return answering.store_files(f"instance:{self.view().item.instance_id}")


def _revision() -> int | None:
    """As the page showed it; what cannot be one trusts the sender, who has read no page of ours."""
    text = request.form.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def request_id() -> UUID:
    """The form's own id, the same when it is sent twice."""
    try:
        return UUID(request.form.get("request_id", ""))
    except ValueError:
        return uuid4()
