"""What one process of a diagram says, as frozen values.

Made by `engine.bpmn.reader` from the stored XML and kept in memory per content hash.
Nothing here knows XML, the database or SpiffWorkflow. Expressions are kept as written
(with their leading `=`, or `${…}`); whoever evaluates them compiles them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal


class NodeKind(StrEnum):
    """Flow nodes, by their BPMN tag."""

    START = "startEvent"
    END = "endEvent"
    CATCH = "intermediateCatchEvent"
    THROW = "intermediateThrowEvent"
    BOUNDARY = "boundaryEvent"
    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    SCRIPT_TASK = "scriptTask"
    RULE_TASK = "businessRuleTask"
    CALL = "callActivity"
    SUBPROCESS = "subProcess"
    TRANSACTION = "transaction"
    ADHOC = "adHocSubProcess"
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_GATEWAY = "eventBasedGateway"
    COMPLEX = "complexGateway"


EVENTS = frozenset(
    {NodeKind.START, NodeKind.END, NodeKind.CATCH, NodeKind.THROW, NodeKind.BOUNDARY}
)
GATEWAYS = frozenset(
    {
        NodeKind.EXCLUSIVE,
        NodeKind.PARALLEL,
        NodeKind.INCLUSIVE,
        NodeKind.EVENT_GATEWAY,
        NodeKind.COMPLEX,
    }
)
SCOPES = frozenset({NodeKind.SUBPROCESS, NodeKind.TRANSACTION, NodeKind.ADHOC})
ACTIVITIES = frozenset(NodeKind) - EVENTS - GATEWAYS


class EventKind(StrEnum):
    """What an event waits for or throws; `none` for a plain start, end or milestone."""

    NONE = "none"
    MESSAGE = "message"
    TIMER = "timer"
    ERROR = "error"
    ESCALATION = "escalation"
    SIGNAL = "signal"
    TERMINATE = "terminate"
    LINK = "link"
    CONDITIONAL = "conditional"
    CANCEL = "cancel"
    COMPENSATION = "compensation"
    MULTIPLE = "multiple"  # several definitions on one event; always refused


Clock = Literal["wall", "working"]
TimerKind = Literal["date", "duration", "cycle"]


@dataclass(frozen=True)
class TimerSpec:
    """When a timer is due.

    `text` is an ISO 8601 literal (`PT24H`, `2026-11-22T08:00:00Z`, `R3/PT24H`) or an
    expression (`= next_date`). `clock` "working" counts open hours only.
    """

    kind: TimerKind
    text: str
    clock: Clock = "wall"


@dataclass(frozen=True)
class Correlation:
    """Which message fits: expressions giving the key and, when catching, the text to match."""

    key: str
    match: str | None = None


@dataclass(frozen=True)
class Assign:
    """One `ravand:in` or `ravand:out`: a variable (`source`) or an expression goes to `target`.

    `source="*"` takes every variable and has no target.
    """

    target: str | None
    source: str | None = None
    expression: str | None = None

    @property
    def everything(self) -> bool:
        """Whether all variables are passed."""
        return self.source == "*"


@dataclass(frozen=True)
class EventSpec:
    """The definition inside an event, with its reference already resolved.

    `name` is the message's, signal's or link's name; `code` the error's or escalation's
    (None on a catching event: any code). `payload` is what a throwing message carries.
    """

    kind: EventKind
    name: str | None = None
    code: str | None = None
    timer: TimerSpec | None = None
    condition: str | None = None
    correlation: Correlation | None = None
    payload: tuple[Assign, ...] = ()


NO_EVENT = EventSpec(EventKind.NONE)


@dataclass(frozen=True)
class FormRef:
    """A form shown at a step. `binding`: the deployment's own version, or the latest one."""

    key: str
    binding: Literal["deployment", "latest", "version"] = "deployment"
    version: int | None = None


PerformerKind = Literal[
    "position", "role", "unit", "person", "managerOf", "initiator", "expression"
]


@dataclass(frozen=True)
class Performer:
    """Who gets the work: exactly one way of saying it.

    `value` is a key, a user name, an expression, or "true" for the initiator.
    `exclude` names tasks whose last completer may not do this one (four eyes).
    """

    kind: PerformerKind
    value: str
    mode: Literal["any", "every"] = "any"
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reminder:
    """One line of the reminder policy: exactly one of `percent` and `offset` is set.

    `percent` is of the time limit, `offset` an ISO duration in the working clock from the
    due time, with `-` before it when it comes earlier. `target` is `assignee`, `head`,
    `above` or a position key.
    """

    target: str
    percent: int | None = None
    offset: str | None = None
    channels: tuple[str, ...] = ("inbox",)


@dataclass(frozen=True)
class Deadline:
    """The time limit of a user task. `duration`: ISO 8601 or an expression giving a
    duration, a date (end of that working day) or a date and time."""

    duration: str
    clock: Clock = "working"
    reminders: tuple[Reminder, ...] = ()
    reminders_text: str = "default"
    priority: Literal["normal", "urgent"] = "normal"


@dataclass(frozen=True)
class Outcome:
    """A named result of a user task: a button."""

    key: str
    fa: str
    en: str
    style: Literal["primary", "secondary", "danger"] = "secondary"
    requires: Literal["reason", "form"] | None = None

    def label(self, locale: str) -> str:
        """The button's text in that language."""
        return self.en if locale == "en" else self.fa


@dataclass(frozen=True)
class Notify:
    """A text to send when an event happens, or at a moment (`on`) of a user task."""

    channel: str
    to: str
    template: str
    policy: str | None = None
    on: Literal["opened", "completed", "overdue"] | None = None


@dataclass(frozen=True)
class Connector:
    """The machine work of a service or send task."""

    type: str
    topic: str | None = None


@dataclass(frozen=True)
class Attachment:
    """A file of the bundle shown beside a step."""

    path: str
    fa: str
    en: str


@dataclass(frozen=True)
class Repeat:
    """Multi-instance or standard loop of an activity.

    `cardinality` is a number or an expression; `collection` an expression giving the list
    whose items are bound to `element`; `until` the completion (or loop) condition.
    """

    kind: Literal["parallel", "sequential", "loop"]
    cardinality: str | None = None
    collection: str | None = None
    element: str | None = None
    until: str | None = None
    test_before: bool = False
    maximum: int | None = None


@dataclass(frozen=True)
class Script:
    """A script task's text: lines `name = expression`."""

    format: str
    text: str


@dataclass(frozen=True)
class Bounds:
    """Where a shape stands on the drawing."""

    x: float
    y: float
    width: float
    height: float


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
    """One flow node. `parent` is the subprocess it stands in, None at the top.

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
    interrupting: bool = True
    forms: tuple[FormRef, ...] = ()
    performer: Performer | None = None
    deadline: Deadline | None = None
    outcomes: tuple[Outcome, ...] = ()
    notifies: tuple[Notify, ...] = ()
    connector: Connector | None = None
    inputs: tuple[Assign, ...] = ()
    outputs: tuple[Assign, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    called: str | None = None
    script: Script | None = None
    repeat: Repeat | None = None
    triggered_by_event: bool = False
    for_compensation: bool = False
    line: int = 0
    bounds: Bounds | None = None

    def label(self, locale: str) -> str:
        """The name to show in that language; the id when nobody named it."""
        return (self.name_en if locale == "en" else "") or self.name or self.id

    def notifies_on(self, moment: str | None) -> tuple[Notify, ...]:
        """The texts of that moment of a task; of None, those of an event."""
        return tuple(one for one in self.notifies if one.on == moment)


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
    has_diagram: bool = False
    file: str = ""
    line: int = 0

    def label(self, locale: str) -> str:
        """The name to show in that language; the key when nobody named it."""
        return (self.name_en if locale == "en" else "") or self.name or self.key

    @cached_property
    def starts(self) -> tuple[Node, ...]:
        """The start events at the top of the process, none starts first."""
        tops = [n for n in self.nodes.values() if n.kind is NodeKind.START and n.parent is None]
        return tuple(sorted(tops, key=lambda node: node.event.kind is not EventKind.NONE))

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
        return (node for node in self.nodes.values() if node.parent == scope)

    @property
    def called(self) -> frozenset[str]:
        """Keys of the processes this one calls."""
        return frozenset(n.called for n in self.nodes.values() if n.called)

    def steps(self) -> tuple[Step, ...]:
        """People's steps in the order in which the diagram reaches them first."""
        from engine.bpmn.walk import in_reading_order

        people = (NodeKind.USER_TASK, NodeKind.MANUAL_TASK)
        ordered = [node for node in in_reading_order(self) if node.kind in people]
        return tuple(Step(node, number) for number, node in enumerate(ordered, start=1))
