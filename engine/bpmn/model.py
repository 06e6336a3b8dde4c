"""What one process of a diagram says, as frozen values.

Made by `engine.bpmn.reader` from the stored XML and kept in memory per content hash.
Nothing here knows XML, the database or SpiffWorkflow. Expressions are kept as written
(with their leading `=`, or `${…}`); whoever evaluates them compiles them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.bpmn.details import (
    NO_EVENT,
    AdHoc,
    Assign,
    Attachment,
    Bounds,
    CatchUp,
    Clock,
    Connector,
    Correlation,
    Deadline,
    DecisionRef,
    EventSpec,
    FormRef,
    Notify,
    Outcome,
    Performer,
    PerformerKind,
    Reminder,
    Repeat,
    Script,
    TimerKind,
    TimerSpec,
)
from engine.bpmn.kinds import ACTIVITIES, EVENTS, GATEWAYS, SCOPES, EventKind, NodeKind
from kernel.expressions import is_expression

__all__ = [
    "ACTIVITIES",
    "EVENTS",
    "GATEWAYS",
    "NO_EVENT",
    "SCOPES",
    "AdHoc",
    "Assign",
    "Attachment",
    "Bounds",
    "CatchUp",
    "Clock",
    "Connector",
    "Correlation",
    "Deadline",
    "DecisionRef",
    "EventKind",
    "EventSpec",
    "Flow",
    "FormRef",
    "Lane",
    "Node",
    "NodeKind",
    "Notify",
    "Outcome",
    "Performer",
    "PerformerKind",
    "ProcessModel",
    "Reminder",
    "Repeat",
    "Script",
    "Step",
    "TimerKind",
    "TimerSpec",
]


@dataclass(frozen=True)
class Flow:
    """A sequence flow. `condition` is the expression as written, None when there is none."""

    id: str
    source: str
    target: str
    name: str = ""
    name_en: str = ""
    condition: str | None = None
    condition_language: str | None = None
    parent: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Node:
    """One flow node. `parent` is the subprocess it stands in, None at the top. `instantiate`: a
    receive task or event gateway that begins a case by a message.

    `handler` is the activity that a compensation boundary event leads to by an association.
    `inputs` / `outputs` are the `ravand:in` / `ravand:out` of a connector, call activity,
    subprocess or throwing message. `performer` already includes the lane's.
    """

    id: str
    kind: NodeKind
    name: str = ""
    name_en: str = ""
    documentation: str = ""
    parent: str | None = None
    lane: str | None = None
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    event: EventSpec = NO_EVENT
    attached_to: str | None = None
    handler: str | None = None
    interrupting: bool = True
    forms: tuple[FormRef, ...] = ()
    performer: Performer | None = None
    deadline: Deadline | None = None
    outcomes: tuple[Outcome, ...] = ()
    notifies: tuple[Notify, ...] = ()
    connector: Connector | None = None
    decision: DecisionRef | None = None
    inputs: tuple[Assign, ...] = ()
    outputs: tuple[Assign, ...] = ()
    data: tuple[Assign, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    activation: str | None = None
    adhoc: AdHoc | None = None
    called: str | None = None
    called_binding: Literal["latest", "deployment", "version"] = "latest"
    called_version: int | None = None
    script: Script | None = None
    repeat: Repeat | None = None
    triggered_by_event: bool = False
    for_compensation: bool = False
    instantiate: bool = False
    line: int = 0
    bounds: Bounds | None = None

    def label(self, locale: str) -> str:
        """The name to show in that language; the id when nobody named it."""
        return (self.name_en if locale == "en" else "") or self.name or self.id

    def notifies_on(self, moment: str | None) -> tuple[Notify, ...]:
        """The texts of that moment of a task; of None, those of an event."""
        return tuple(one for one in self.notifies if one.on == moment)


_RECEIVE = NodeKind.RECEIVE_TASK


def is_opening(node: Node) -> bool:
    """Whether the node begins a case though it is no start event."""
    return node.instantiate and node.parent is None and not node.incoming


def _receives(node: Node) -> bool:
    return node.kind is _RECEIVE and is_opening(node)


@dataclass(frozen=True)
class Lane:
    """A lane: its performer is that of its tasks which name none."""

    id: str
    name: str
    name_en: str = ""
    performer: Performer | None = None
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One line of the list of steps shown before any run."""

    node: Node
    number: int

    @property
    def forms(self) -> tuple[str, ...]:
        """Keys of the forms filled at this step."""
        return tuple(form.key for form in self.node.forms)


@dataclass(frozen=True)
class ProcessModel:
    """One process of a diagram, complete enough to run and to show without its XML."""

    key: str
    name: str = ""
    name_en: str = ""
    version_tag: str | None = None
    documentation: str = ""
    executable: bool = True
    nodes: Mapping[str, Node] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    lanes: tuple[Lane, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    data: tuple[Assign, ...] = ()
    has_diagram: bool = False
    file: str = ""
    line: int = 0

    def label(self, locale: str) -> str:
        """The name to show in that language; the key when nobody named it."""
        return (self.name_en if locale == "en" else "") or self.name or self.key

    @cached_property
    def starts(self) -> tuple[Node, ...]:
        """Where a case may begin, none starts first: start events, receive tasks that start, and
        the events behind an event gateway that starts."""
        tops = [n for n in self.children(None) if n.kind is NodeKind.START or _receives(n)]
        tops += [n for n in self.nodes.values() if self.instantiating_gateway(n)]
        return tuple(sorted(tops, key=lambda node: node.event.kind is not EventKind.NONE))

    def instantiating_gateway(self, node: Node) -> Node | None:
        """The event gateway that begins a case, if the node is one of its events."""
        sources = (self.nodes[self.flows[flow].source] for flow in node.incoming)
        return next((n for n in sources if is_opening(n) and n.kind is not _RECEIVE), None)

    @cached_property
    def _boundaries(self) -> dict[str, tuple[Node, ...]]:
        hosts: dict[str, list[Node]] = {}
        for node in self.nodes.values():
            if node.attached_to:
                hosts.setdefault(node.attached_to, []).append(node)
        return {host: tuple(found) for host, found in hosts.items()}

    def boundaries(self, node_id: str) -> tuple[Node, ...]:
        """The boundary events on one activity."""
        return self._boundaries.get(node_id, ())

    def outgoing(self, node_id: str) -> tuple[Flow, ...]:
        """The flows that leave a node, in the order of the file."""
        return tuple(self.flows[flow] for flow in self.nodes[node_id].outgoing)

    def children(self, scope: str | None) -> Iterator[Node]:
        """The nodes directly in a subprocess, or in the process itself."""
        return iter(self._children.get(scope, ()))

    @cached_property
    def _children(self) -> dict[str | None, tuple[Node, ...]]:
        scopes: dict[str | None, list[Node]] = {}
        for node in self.nodes.values():
            scopes.setdefault(node.parent, []).append(node)
        return {scope: tuple(found) for scope, found in scopes.items()}

    @property
    def called(self) -> frozenset[str]:
        """Keys of the processes this one calls, as far as they are written out."""
        keys = (n.called for n in self.nodes.values() if n.called)
        return frozenset(key for key in keys if not is_expression(key))

    def steps(self) -> tuple[Step, ...]:
        """People's steps in the order in which the diagram reaches them first."""
        from engine.bpmn.walk import in_reading_order

        people = (NodeKind.USER_TASK, NodeKind.MANUAL_TASK)
        ordered = [node for node in in_reading_order(self) if node.kind in people]
        return tuple(Step(node, number) for number, node in enumerate(ordered, start=1))
