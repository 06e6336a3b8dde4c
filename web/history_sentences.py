"""What one line of a case's history says: its mark, the colour of its meaning, its sentence."""

from typing import NamedTuple

from engine.bpmn.model import EventKind, Node, NodeKind
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext
from kernel.types import JsonObject

Parts = tuple[str, str, object]  # mark, state, sentence

# Steps of the machine that tell a reader nothing: gateways, scripts, plain ends. What a call
# activity calls begins with a line of its own, and so does the work that a person closed.
SILENT = frozenset({"passed", "item-completed", "machine", "cancelled", "notified", "called"})

_KINDS: dict[str, Parts] = {
    "started": ("play", "done", lazy_gettext("started “%(process)s”.")),
    "claimed": ("person-check", "active", lazy_gettext("claimed “%(step)s”.")),
    "unclaimed": ("arrow-counterclockwise", "", lazy_gettext("gave “%(step)s” back.")),
    "reminded": ("bell", "risk", lazy_gettext("reminded of “%(step)s”.")),
    "timer": ("alarm", "risk", lazy_gettext("The time of “%(step)s” has come.")),
    "timer-missed": (
        "alarm",
        "",
        lazy_gettext("The time of “%(step)s” was missed and is left out."),
    ),
    "message": ("chat-left-text", "", lazy_gettext("A message came to “%(step)s”.")),
    "incident": ("exclamation-octagon", "incident", lazy_gettext("“%(step)s” stopped.")),
    "offer-taken": ("play", "active", lazy_gettext("began “%(step)s”.")),
    "adhoc-finished": ("check2", "done", lazy_gettext("said that “%(step)s” is done.")),
    "rewound": (
        "arrow-counterclockwise",
        "risk",
        lazy_gettext("took the case back to “%(step)s”."),
    ),
    "skipped": ("skip-forward", "", lazy_gettext("left undone what failed at “%(step)s”.")),
    "retried": ("arrow-repeat", "", lazy_gettext("tried “%(step)s” again.")),
    "migrated": (
        "arrow-repeat",
        "risk",
        lazy_gettext("moved the case from version %(before)s to version %(after)s."),
    ),
    "not-migrated": (
        "exclamation-octagon",
        "risk",
        lazy_gettext("could not move the case to version %(after)s."),
    ),
}
_EARLY = ("chat-left-text", "", lazy_gettext("A message that had come early reached “%(step)s”."))
_SIGNAL = ("broadcast", "", lazy_gettext("The signal %(name)s reached “%(step)s”."))
_CALLED = ("diagram-3", "", lazy_gettext("began the process “%(process)s”, version %(version)s."))
_WORKER = ("pc-display", "done", lazy_gettext("The outside worker %(worker)s did “%(step)s”."))
_UNDONE = (
    "arrow-counterclockwise",
    "risk",
    lazy_gettext("“%(step)s” undid what had been done before."),
)
_THROWN: dict[str, Parts] = {
    "message": ("send", "", lazy_gettext("sent the message %(name)s at “%(step)s”.")),
    "signal": ("broadcast", "", lazy_gettext("sent the signal %(name)s at “%(step)s”.")),
}
# Events that were caught; times, messages and signals have written a line of their own.
_CAUGHT: dict[EventKind, Parts] = {
    EventKind.ERROR: ("exclamation-triangle", "risk", lazy_gettext("The error led to “%(step)s”.")),
    EventKind.ESCALATION: ("flag", "risk", lazy_gettext("The escalation led to “%(step)s”.")),
    EventKind.CONDITIONAL: ("check2", "", lazy_gettext("The condition of “%(step)s” held.")),
    EventKind.CANCEL: (
        "x-octagon",
        "risk",
        lazy_gettext("The transaction was cancelled; the way went on at “%(step)s”."),
    ),
    EventKind.COMPENSATION: ("arrow-counterclockwise", "risk", lazy_gettext("“%(step)s” began.")),
}


class Said(NamedTuple):
    """A line in words."""

    mark: str
    state: str
    text: str


def say(kind: str, facts: JsonObject, node: Node | None, **words: object) -> Said | None:
    """What a line says; None for what tells a reader nothing.

    Args:
        words: `step`, `process`, `version`, `is_called`.
    """
    parts = _parts(kind, facts, node, bool(words.pop("is_called", False)))
    if parts is None:
        return None
    mark, state, sentence = parts
    told = {
        "name": f"\u2068{facts.get('name') or ''}\u2069",
        "worker": f"\u2068{facts.get('worker') or ''}\u2069",
        "before": _number(facts.get("from")),
        "after": _number(facts.get("to")),
        **words,
    }
    return Said(mark, state, _(str(getattr(sentence, "msgid", sentence)), **told))


def _parts(kind: str, facts: JsonObject, node: Node | None, is_called: bool) -> Parts | None:
    if kind == "started" and is_called:
        return _CALLED
    if kind == "message":
        return _arrived(facts, node)
    if kind == "event":
        return _SIGNAL if facts.get("name") else _caught(node)
    if kind == "thrown":
        return _THROWN.get(str(facts.get("event")))
    if kind == "machine":
        return _WORKER if facts.get("connector") == "external" else None
    if kind == "passed":
        return _passed(node)
    if kind in SILENT:
        return None
    return _KINDS.get(kind, ("dot", "", "%(step)s"))


def _arrived(facts: JsonObject, node: Node | None) -> Parts:
    if node is not None and node.event.kind is EventKind.SIGNAL:
        return _SIGNAL
    return _EARLY if facts.get("early") else _KINDS["message"]


def _caught(node: Node | None) -> Parts | None:
    return _CAUGHT.get(node.event.kind) if node is not None else None


def _passed(node: Node | None) -> Parts | None:
    """The machine's steps that change a case's way: what was caught, what was undone."""
    if node is None:
        return None
    if node.for_compensation:
        return _UNDONE
    waits = node.kind is NodeKind.CATCH
    if waits or (node.kind is NodeKind.BOUNDARY and node.handler is None):
        return _caught(node)
    return None


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdigit() else value or ""
