"""What a flow node may carry: events, forms, people, times, texts, mappings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.bpmn.kinds import EventKind

Clock = Literal["wall", "working"]
CatchUp = Literal["skip", "once", "all"]
DecisionMap = Literal["singleEntry", "singleResult", "collectEntries", "resultList", "value"]
TimerKind = Literal["date", "duration", "cycle"]


@dataclass(frozen=True)
class TimerSpec:
    """When a timer is due.

    `text` is an ISO 8601 literal (`PT24H`, `2026-11-22T08:00:00Z`, `R3/PT24H`) or an
    expression (`= next_date`). `clock` "working" counts open hours only. `catchup` says what a
    repeating one does about occurrences that were missed.
    """

    kind: TimerKind
    text: str
    clock: Clock = "wall"
    catchup: CatchUp = "once"


@dataclass(frozen=True)
class Correlation:
    """Which message fits: expressions giving the key and, when catching, the text to match.

    `ttl`: how long a thrown message that finds nobody is kept; None: the installation's default.
    `of_payload`: the key is read from what the message carries before the case's variables.
    """

    key: str
    match: str | None = None
    ttl: str | None = None
    of_payload: bool = False


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
    (None on a catching event: any code). `payload` is what a throwing message carries; `variable`
    takes all that a caught one carries.
    `activity` is the one that a throwing compensation names (None: the whole scope); it `waits`
    for the handlers unless the designer says otherwise.
    """

    kind: EventKind
    name: str | None = None
    code: str | None = None
    timer: TimerSpec | None = None
    condition: str | None = None
    correlation: Correlation | None = None
    payload: tuple[Assign, ...] = ()
    variable: str | None = None
    activity: str | None = None
    waits: bool = True


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
    duration, a date (end of that working day) or a date and time. `follow_up`: the same for when
    it is to be taken up. `priority`: "normal", "urgent", or an expression giving one or a number.
    """

    duration: str
    clock: Clock = "working"
    reminders: tuple[Reminder, ...] = ()
    reminders_text: str = "default"
    priority: str = "normal"
    follow_up: str = ""


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


EXTERNAL_TYPE = "external"  # the connector of work that somebody outside fetches


@dataclass(frozen=True)
class Connector:
    """The machine work of a service or send task."""

    type: str
    topic: str | None = None
    retries: str | None = None


@dataclass(frozen=True)
class DecisionRef:
    """The decision that a business rule task asks, and what becomes of its result.

    Without `result` each output is a variable of its own.
    """

    key: str
    binding: Literal["latest", "deployment", "version"] = "latest"
    version: int | None = None
    result: str | None = None
    map: DecisionMap = "singleResult"


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
    `output` is the variable that gets the list of results: of each run the value of the
    expression `output_value`. `output_item` is a variable of each run's own. `first` is what
    `loopCounter` is in the first run.
    """

    kind: Literal["parallel", "sequential", "loop"]
    cardinality: str | None = None
    collection: str | None = None
    element: str | None = None
    until: str | None = None
    test_before: bool = False
    maximum: int | None = None
    output: str | None = None
    output_value: str | None = None
    output_item: str | None = None
    first: int = 1


@dataclass(frozen=True)
class AdHoc:
    """What an ad-hoc subprocess says of itself.

    `start`: "all", "none", or an expression giving the ids of what begins as it is entered.
    """

    sequential: bool = False
    until: str | None = None
    cancel_rest: bool = True
    start: str = "all"


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
