"""The upload as the rules see it, and the registry of the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from engine.bpmn.model import Node, ProcessModel
from engine.bpmn.telling import about
from engine.bundle import Bundle
from engine.preflight.catalogue import Catalogue
from engine.problems import Problem
from kernel.registry import Registry

__all__ = ["Rule", "Upload", "about", "rules"]


@dataclass(frozen=True)
class Upload:
    """The bundle, the processes read from it, and what exists besides.

    `empty_files` are diagrams that could be read and have no process to run.
    """

    bundle: Bundle
    models: tuple[ProcessModel, ...]
    catalogue: Catalogue
    empty_files: tuple[str, ...] = ()

    def model(self, key: str) -> ProcessModel | None:
        """The uploaded process of that key."""
        return next((model for model in self.models if model.key == key), None)

    def every(self) -> Iterator[tuple[ProcessModel, Node]]:
        """Every node with its process."""
        for model in self.models:
            for node in model.nodes.values():
                yield model, node


Rule: TypeAlias = Callable[[Upload], Iterator[Problem]]
rules: Final[Registry[Rule]] = Registry("preflight-rules")
