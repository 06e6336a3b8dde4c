"""What an event or message task waits for or throws, references resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from engine.bpmn.assigns import read_assigns
from engine.bpmn.data import read_associations
from engine.bpmn.model import (
    NO_EVENT,
    CatchUp,
    Clock,
    Correlation,
    EventKind,
    EventSpec,
    TimerKind,
    TimerSpec,
)
from engine.bpmn.source import (
    Element,
    Source,
    attribute,
    child,
    children,
    extensions,
    flag,
    local,
    reference,
    text_of,
)
from engine.bpmn.vocabulary import RAVAND

_SUFFIX = "EventDefinition"
_KINDS = {
    "message": EventKind.MESSAGE,
    "timer": EventKind.TIMER,
    "error": EventKind.ERROR,
    "escalation": EventKind.ESCALATION,
    "signal": EventKind.SIGNAL,
    "terminate": EventKind.TERMINATE,
    "link": EventKind.LINK,
    "conditional": EventKind.CONDITIONAL,
    "cancel": EventKind.CANCEL,
    "compensate": EventKind.COMPENSATION,
}
_TIMES: dict[str, TimerKind] = {
    "timeDate": "date",
    "timeDuration": "duration",
    "timeCycle": "cycle",
}


def read_event(source: Source, element: Element) -> EventSpec:
    """The definition of a start, end, intermediate or boundary event."""
    found = [one for one in children(element) if local(one).endswith(_SUFFIX)]
    for named in children(element, "eventDefinitionRef"):
        shared = source.definitions.get(text_of(named).rpartition(":")[2])
        found.append(named if shared is None else shared)
    if not found:
        return NO_EVENT
    if len(found) > 1:
        return EventSpec(EventKind.MULTIPLE)
    definition = found[0]
    kind = _KINDS.get(local(definition).removesuffix(_SUFFIX))
    if kind is None:
        source.report("bpmn.unknown-element", definition, tag=local(definition))
        return NO_EVENT
    return _read_kind(source, element, definition, kind)


def read_message_task(source: Source, element: Element) -> EventSpec:
    """The message of a send or receive task; none when it names no message."""
    if not attribute(element, "messageRef"):
        return replace(_message(source, element, element), kind=EventKind.NONE)
    return _message(source, element, element)


def _read_kind(source: Source, element: Element, definition: Element, kind: EventKind) -> EventSpec:
    if kind is EventKind.MESSAGE:
        return _message(source, element, definition)
    if kind is EventKind.TIMER:
        return EventSpec(kind, timer=_timer(source, definition))
    if kind is EventKind.SIGNAL:
        name = _resolve(source, definition, "signalRef", source.signals)
        payload = read_assigns(element, "in") + read_associations(source, element, "in")
        return EventSpec(kind, name=name, payload=payload)
    if kind is EventKind.ERROR:
        return EventSpec(kind, code=_code(source, definition, "errorRef", source.errors))
    if kind is EventKind.ESCALATION:
        code = _code(source, definition, "escalationRef", source.escalations)
        return EventSpec(kind, code=code)
    if kind is EventKind.LINK:
        return EventSpec(kind, name=attribute(definition, "name") or None)
    if kind is EventKind.CONDITIONAL:
        return EventSpec(kind, condition=text_of(child(definition, "condition")) or None)
    if kind is EventKind.COMPENSATION:
        activity = reference(definition, "activityRef") or None
        return EventSpec(kind, activity=activity, waits=flag(definition, "waitForCompletion", True))
    return EventSpec(kind)


def _message(source: Source, element: Element, holder: Element) -> EventSpec:
    return EventSpec(
        EventKind.MESSAGE,
        name=_resolve(source, holder, "messageRef", source.messages),
        correlation=_correlation(element),
        payload=read_assigns(element, "in") + read_associations(source, element, "in"),
        variable=attribute(holder, f"{{{RAVAND}}}variable") or None,
    )


def _correlation(element: Element) -> Correlation | None:
    found = next(extensions(element, "correlation"), None)
    if found is None:
        return None
    return Correlation(
        attribute(found, "key"),
        attribute(found, "match") or None,
        attribute(found, "ttl") or None,
    )


def _resolve(
    source: Source, element: Element, name: str, declared: Mapping[str, str]
) -> str | None:
    """The name behind a reference; None when there is no reference."""
    wanted = reference(element, name)
    if not wanted:
        return None
    if wanted not in declared:
        source.report("bpmn.dangling-reference", element, attribute=name, reference=wanted)
        return wanted
    return declared[wanted] or None


def _code(source: Source, element: Element, name: str, declared: Mapping[str, str]) -> str | None:
    """The code behind a reference; a reference to nothing is the code, as Camunda 7 reads it."""
    wanted = reference(element, name)
    if not wanted:
        return None
    if wanted not in declared:
        source.report("read.undeclared-code", element, reference=wanted)
        return wanted
    return declared[wanted] or None


def _timer(source: Source, definition: Element) -> TimerSpec | None:
    clock = attribute(definition, f"{{{RAVAND}}}clock", "wall")
    catchup = attribute(definition, f"{{{RAVAND}}}catchup", "once")
    for tag, kind in _TIMES.items():
        text = text_of(child(definition, tag))
        if text:
            return TimerSpec(kind, text, cast(Clock, clock), cast(CatchUp, catchup))
    source.report("timer.missing", definition)
    return None
