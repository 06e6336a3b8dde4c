"""The machine's work of a service or send task, by type: what others register.

A connector runs in a job, in one unit of work with the step it ends; it reads and writes the
database and never leaves the building itself. One whose answer comes later returns `Pending` and
has somebody call `engine.finish_activity` with the activation's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from engine.spiff.faults import BpmnError
from kernel.registry import Registry
from kernel.types import JsonObject
from kernel.uow import UnitOfWork
from people.actor import Actor


@dataclass(frozen=True)
class ConnectorCall:
    """One run of a connector.

    Attributes:
        activation_id: the same at every retry, so a key for doing things once.
        inputs: the values of the diagram's `ravand:in`.
        variables: everything a template may read; a copy.
        deployment_id: whose templates and documents are meant.
    """

    instance_id: UUID
    root_id: UUID
    activation_id: UUID
    element_id: str
    type: str
    inputs: JsonObject
    by: Actor
    variables: JsonObject
    deployment_id: UUID


@dataclass(frozen=True)
class Pending:
    """The answer comes later."""


class Connector(Protocol):
    """Does one kind of machine work."""

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject | Pending:
        """Do it; the result is what `ravand:out` reads.

        Raises: BpmnError for what the diagram may catch. Anything else is tried again, and at
        last becomes an incident.
        """


connectors: Registry[Connector] = Registry("connectors")

__all__ = ["BpmnError", "Connector", "ConnectorCall", "Pending", "connectors"]
