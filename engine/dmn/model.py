"""What a decision model says, as frozen values; texts are kept as written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

HitPolicy = Literal["UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["SUM", "MIN", "MAX", "COUNT"]
ONE_HIT = frozenset({"UNIQUE", "FIRST", "PRIORITY", "ANY"})


@dataclass(frozen=True)
class Text:
    """An expression of the designer, where it stands and in which of our two languages."""

    text: str
    line: int = 0
    juel: bool = False


@dataclass(frozen=True)
class Literal_:
    """A literal expression."""

    text: Text


@dataclass(frozen=True)
class Input:
    """A column of questions. `values` are unary tests that every value must pass."""

    label: str
    expression: Text
    type: str | None = None
    values: Text | None = None
    variable: str | None = None


@dataclass(frozen=True)
class Output:
    """A column of answers. `values` in their order rank PRIORITY and OUTPUT ORDER."""

    name: str
    label: str
    type: str | None = None
    values: Text | None = None
    default: Text | None = None


@dataclass(frozen=True)
class Rule:
    """One row; `number` counts from 1."""

    number: int
    tests: tuple[Text, ...]
    answers: tuple[Text, ...]
    remark: str = ""
    line: int = 0


@dataclass(frozen=True)
class Table:
    """A decision table."""

    hit: HitPolicy
    aggregation: Aggregation | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    line: int = 0


@dataclass(frozen=True)
class Context:
    """Named entries, each seeing the ones before; one without a name is the result."""

    entries: tuple[tuple[str | None, Boxed], ...]


@dataclass(frozen=True)
class Invocation:
    """A call of a business knowledge model, its parameters bound by name."""

    function: Text
    bindings: tuple[tuple[str, Boxed], ...]


@dataclass(frozen=True)
class Items:
    """A boxed list."""

    items: tuple[Boxed, ...]


@dataclass(frozen=True)
class Relation:
    """A list of contexts, written as a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True)
class Function:
    """Parameters with their types, and what is computed from them."""

    parameters: tuple[tuple[str, str | None], ...]
    body: Boxed


Boxed: TypeAlias = Literal_ | Table | Context | Invocation | Items | Relation | Function


@dataclass(frozen=True)
class Part:
    """An element of the requirements graph; `kind` is `decision`, `input` or `knowledge`.

    `name` is its variable's. `requires` are ids of other parts.
    """

    kind: Literal["decision", "input", "knowledge"]
    id: str
    name: str
    label: str = ""
    type: str | None = None
    body: Boxed | None = None
    requires: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class ItemType:
    """An item definition: a base type with allowed values, or a context of components."""

    name: str
    base: str | None = None
    collection: bool = False
    allowed: Text | None = None
    components: Mapping[str, ItemType] = field(default_factory=dict)


@dataclass(frozen=True)
class DecisionModel:
    """One file."""

    name: str
    parts: Mapping[str, Part]
    types: Mapping[str, ItemType]
    file: str = ""

    @property
    def decisions(self) -> tuple[Part, ...]:
        """The decisions in the order of the file."""
        return tuple(part for part in self.parts.values() if part.kind == "decision")
