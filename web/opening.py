"""What somebody sends off to begin a case: read, checked and begun in one transaction."""

from uuid import UUID

from flask import request

import engine
from engine import queries
from engine.bpmn.model import Node
from engine.errors import StartUnknown
from engine.queries import StartableProcess
from kernel.uow import UnitOfWork
from people.actor import Actor
from web import answering
from web.answering import Filled
from web.database import db
from web.sheet import SentAgain, request_id


class Opening:
    """One request that wants to begin a case of a process."""

    def __init__(self, key: str, actor: Actor) -> None:
        self.key, self.actor = key, actor
        self.at = request.form.get("start_event", "")
        self.filled = Filled([], {}, {})
        # Stored before anything can be refused, and only for a process that may be started.
        self._files = self._stored() if answering.carries_files() else {}

    def begin(self, uow: UnitOfWork) -> tuple[str, UUID | None]:
        """Begin it: the case's number, and the item of it to go on with, if any.

        Raises: SentAgain, DefinitionUnknown, and whatever `engine.start` raises.
        """
        process = queries.startable_process(uow.session, self.actor, self.key)
        node = start_node(process, self.at)
        self.at = node.id
        asked = answering.forms_of(uow.session, process.definition, node)
        self.filled = answering.read(asked, {}, files=self._files)
        if self.filled.again:
            raise SentAgain(self.filled)
        case = engine.start(
            uow,
            self.key,
            answers=self.filled.answers if asked else None,
            start_event=node.id,
            business_key=request.form.get("business_key", "").strip()[:200] or None,
            by=self.actor,
            request_id=request_id(),
        )
        mine = queries.inbox(uow.session, self.actor, root_id=case.root_id, limit=1)
        return case.number, mine[0].id if mine else None

    def _stored(self) -> dict[str, list[str]]:
        start_node(queries.startable_process(db.session, self.actor, self.key), self.at)
        return store_files(self.actor)


def start_node(process: StartableProcess, wanted: str) -> Node:
    """The chosen start event, or the first one.

    Raises: StartUnknown
    """
    for node in process.starts:
        if node.id == wanted:
            return node
    if wanted or not process.starts:
        raise StartUnknown(process=process.key, start=wanted)
    return process.starts[0]


def store_files(actor: Actor) -> dict[str, list[str]]:
    """Keep what was uploaded for a case that has not begun; ids by the name of the input."""
    return answering.store_files(f"start:{actor.person_id}")
