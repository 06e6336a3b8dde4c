"""What may be changed in a diagram, as values. `target` is an element's id; `inside` a BPMN
child of it, by tag, that carries no id of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SetAttribute:
    """Write an attribute of an element; `name` may be `ravand:…`."""

    target: str
    name: str
    value: str
    inside: str = ""


@dataclass(frozen=True)
class PutChild:
    """Add a BPMN child with text; children with the tags in `instead_of` go."""

    target: str
    tag: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    inside: str = ""
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extend:
    """Add one of our own words to the element's extensions."""

    target: str
    word: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Declare:
    """Add a message, signal, error … to the document."""

    tag: str
    id: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Remove:
    """Take an element away with its shape and what refers to it; of its child with that tag
    only, when `inside` is given."""

    target: str
    inside: str = ""


@dataclass(frozen=True)
class Retag:
    """Make the element another kind of element."""

    target: str
    tag: str


@dataclass(frozen=True)
class AddFile:
    """Put a file into the bundle."""

    path: str
    data: bytes


DiagramEdit = SetAttribute | PutChild | Extend | Declare | Remove | Retag
Edit = DiagramEdit | AddFile
