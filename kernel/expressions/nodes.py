"""The syntax tree, the same for both surfaces. Every node knows its place and its depth."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Node:
    """`at`: position in the source. `depth`: 1 for a leaf. `size`: nodes, this one included."""

    at: int
    depth: int = 1
    size: int = 1


@dataclass(slots=True)
class Literal(Node):
    value: Any


@dataclass(slots=True)
class Name(Node):
    name: str


@dataclass(slots=True)
class Member(Node):
    """`of.name`."""

    of: Node
    name: str


@dataclass(slots=True)
class Index(Node):
    """`of[index]`; `first` is 1 in FEEL and 0 in JUEL."""

    of: Node
    index: Node
    first: int


@dataclass(slots=True)
class Filter(Node):
    """`of[condition]`: the items for which it holds; `item` and an item's fields are names."""

    of: Node
    condition: Node


@dataclass(slots=True)
class Negate(Node):
    of: Node


@dataclass(slots=True)
class Not(Node):
    of: Node


@dataclass(slots=True)
class Empty(Node):
    of: Node


@dataclass(slots=True)
class Logic(Node):
    """`and` / `or` over two or more operands."""

    operator: str
    operands: list[Node]


@dataclass(slots=True)
class Compare(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Arithmetic(Node):
    """Operators of one precedence, from the left: `first (op, operand, at)*`."""

    first: Node
    rest: list[tuple[str, Node, int]]


@dataclass(slots=True)
class Range(Node):
    """`[low..high]`, `(low..high]` …; a bound of None is open to infinity."""

    low: Node | None
    high: Node | None
    closed_low: bool
    closed_high: bool


@dataclass(slots=True)
class In(Node):
    """`value in test, …`: a test is a Range, or an expression giving a list or one value."""

    value: Node
    tests: list[Node]


@dataclass(slots=True)
class Conditional(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(slots=True)
class ListOf(Node):
    items: list[Node]


@dataclass(slots=True)
class ContextOf(Node):
    entries: list[tuple[str, Node]]


@dataclass(slots=True)
class Loop(Node):
    """`for name in source, … return body`, `some|every name in source satisfies body`."""

    kind: str
    variables: list[tuple[str, Node]]
    body: Node


@dataclass(slots=True)
class Call(Node):
    """`names` says which parameter each argument is for, when the text names them."""

    name: str
    arguments: list[Node] = field(default_factory=list)
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class InstanceOf(Node):
    of: Node
    kind: str


@dataclass(slots=True)
class Definition(Node):
    """`function(a, b) body`: an argument of `sort`, or the function of a decision model."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(slots=True)
class UnaryTests(Node):
    """`< 5, [10..20]`, `not("a")` or `-`: what a cell asks of its subject."""

    tests: list[Node]
    negated: bool
