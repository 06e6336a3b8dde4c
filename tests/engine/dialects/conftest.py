"""A worker outside, and a way to read other tools' files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import engine
from engine.tables import ExternalTask, WorkItem
from kernel.types import JsonObject
from kernel.uow import unit_of_work
from people import SYSTEM
from people.actors import actor_at
from tests.engine.conftest import Play

MODELS = Path(__file__).parent / "models"


def model(name: str) -> str:
    """A diagram as its tool writes it."""
    return (MODELS / f"{name}.bpmn").read_text()


def begin(
    key: str,
    answers: JsonObject | None = None,
    business_key: str | None = None,
    by: str = "reception.clerk",
    **variables: Any,
) -> UUID:
    """Start a process with the answers of its start form, by form."""
    with unit_of_work() as uow:
        actor = actor_at(uow.session, by)
        given = {"variables": variables, "answers": answers, "business_key": business_key}
        return engine.start(uow, key, by=actor, **given).id


@dataclass
class Worker:
    """Takes and does the work of topics."""

    name: str = "w"

    def jobs(self, topic: str) -> list[ExternalTask]:
        with unit_of_work() as uow:
            return engine.fetch_and_lock(uow, topic, self.name, by=SYSTEM)

    def finish(self, job: ExternalTask, **result: Any) -> None:
        with unit_of_work() as uow:
            engine.complete_external(uow, job.id, self.name, result, by=SYSTEM)

    def fail(self, job: ExternalTask, code: str, message: str) -> None:
        with unit_of_work() as uow:
            engine.bpmn_error_external(uow, job.id, self.name, code, message, by=SYSTEM)


@pytest.fixture
def worker(play: Play) -> Worker:
    return Worker()


def answer(play: Play, item: WorkItem, by: str, answers: JsonObject) -> None:
    """Complete one certain work item."""
    with unit_of_work() as uow:
        engine.complete(
            uow, item.id, answers, by=play.actor(by), revision=item.revision, request_id=None
        )
