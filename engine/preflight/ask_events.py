"""What to propose for events that do not say when, what or which."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from engine.bpmn.model import EventKind, Node, NodeKind
from engine.mending.edits import Declare, Edit, Extend, PutChild, SetAttribute
from engine.preflight.judging import duration, expression, key, name
from engine.preflight.naming import slug
from engine.preflight.questions import About, Choice, makers
from engine.preflight.spans import span

_TIMES = ("timeDuration", "timeDate", "timeCycle")
_DEFINITION = {
    EventKind.MESSAGE: ("messageEventDefinition", "message", "messageRef"),
    EventKind.SIGNAL: ("signalEventDefinition", "signal", "signalRef"),
    EventKind.ERROR: ("errorEventDefinition", "error", "errorRef"),
    EventKind.ESCALATION: ("escalationEventDefinition", "escalation", "escalationRef"),
}


@makers.register("timer.missing")
def timer_without_time(about: About) -> Iterator[Choice]:
    """Its label often says it; else a day."""
    node = about.element
    if isinstance(node, Node):
        proposed = span(node.name) or span(node.documentation) or "PT24H"
        yield from _times(node, proposed)


@makers.register("timer.invalid")
def timer_in_words(about: About) -> Iterator[Choice]:
    """`24 h` is a time to people: it is offered in ISO 8601."""
    node = about.element
    if not isinstance(node, Node):
        return
    written = str(about.problem.facts.get("text", ""))
    proposed = span(written) or span(node.name) or "PT24H"
    if node.event.timer is not None and node.event.timer.text[:60] == written:
        yield from _times(node, proposed)
    elif node.deadline is not None:
        pass  # its duration stands in an element of ours, which is mended in the file


def _times(node: Node, proposed: str) -> Iterator[Choice]:
    def put(tag: str) -> Callable[[str], tuple[Edit, ...]]:
        return lambda text: (
            PutChild(node.id, tag, text.strip(), inside="timerEventDefinition", instead_of=_TIMES),
        )

    repeats = node.kind is NodeKind.START and node.parent is None
    repeats = repeats or (node.kind is NodeKind.BOUNDARY and not node.interrupting)
    choices = [
        Choice("duration", put("timeDuration"), proposed, judge=duration),
        Choice("date", put("timeDate"), "= today", judge=expression),
    ]
    if repeats:
        choices.insert(0, Choice("cycle", put("timeCycle"), f"R/{proposed}", judge=_cycle))
    yield from choices


def _cycle(text: str) -> str | None:
    head, _, every = text.strip().rpartition("/")
    sound = head[:1] == "R" and (head[1:].isdigit() or not head[1:])
    return None if sound and duration(every) is None else "fix.text-cycle"


@makers.register("message.no-name")
def message_without_name(about: About) -> Iterator[Choice]:
    """The event's label names the message or signal."""
    node = about.element
    if not isinstance(node, Node):
        return
    kind = EventKind.SIGNAL if node.event.kind is EventKind.SIGNAL else EventKind.MESSAGE
    proposed = slug(node.name) or node.name or node.id
    yield Choice("message-name", lambda text: _declared(node, kind, text, "name"), proposed,
                 judge=name)  # fmt: skip


@makers.register("error.no-code")
def error_without_code(about: About) -> Iterator[Choice]:
    """Somebody must be able to catch it."""
    node = about.element
    if isinstance(node, Node):
        kind = node.event.kind
        word = "errorCode" if kind is EventKind.ERROR else "escalationCode"
        proposed = slug(node.name) or node.id
        yield Choice("code", lambda text: _declared(node, kind, text, word), proposed, judge=key)


def _declared(node: Node, kind: EventKind, text: str, word: str) -> tuple[Edit, ...]:
    """Declare it at the top of the document and refer to it."""
    definition, tag, reference = _DEFINITION[kind]
    own = f"{tag}_of_{node.id}"
    declared: dict[str, str] = {word: text.strip()}
    if word != "name":
        declared = {"name": text.strip(), **declared}
    task = node.kind in (NodeKind.SEND_TASK, NodeKind.RECEIVE_TASK)
    inside = "" if task else definition
    return (Declare(tag, own, declared), SetAttribute(node.id, reference, own, inside))


@makers.register("bpmn.dangling-reference")
def undeclared(about: About) -> Iterator[Choice]:
    """A message or signal that the file does not declare: declare it by that name."""
    reference = str(about.problem.facts.get("reference", ""))
    tag = str(about.problem.facts.get("attribute", "")).removesuffix("Ref")
    if reference and tag in ("message", "signal"):
        yield Choice(
            "declare",
            lambda text: (Declare(tag, reference, {"name": text.strip()}),),
            reference,
            judge=name,
        )


@makers.register("message.no-correlation")
def message_for_nobody(about: About) -> Iterator[Choice]:
    """Which case is meant: the one with this business key, unless something else is said."""
    node = about.element
    if isinstance(node, Node):
        yield Choice("business-key", lambda _: _correlated(node, "= instance.business_key"))
        yield Choice(
            "correlation",
            lambda text: _correlated(node, text.strip()),
            "= contract_no",
            judge=expression,
        )


def _correlated(node: Node, text: str) -> tuple[Edit, ...]:
    return (Extend(node.id, "correlation", {"key": text}),)
