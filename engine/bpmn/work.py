"""What a person's step carries: forms, performer, deadline, outcomes, texts, files."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Literal, cast

from engine.bpmn.model import (
    Attachment,
    Clock,
    Connector,
    Deadline,
    FormRef,
    Notify,
    Outcome,
    Performer,
    PerformerKind,
)
from engine.bpmn.reminders import BadReminder, parse_reminders
from engine.bpmn.source import Element, Source, attribute, child, children, extensions, text_of
from engine.bpmn.vocabulary import PERFORMER


def read_work(source: Source, element: Element) -> dict[str, Any]:
    """The fields of a node that come from our own elements."""
    return {
        "forms": _forms(source, element),
        "performer": read_performer(element) or _standard_performer(element),
        "deadline": _deadline(source, element),
        "outcomes": tuple(_outcome(one) for one in extensions(element, "outcome")),
        "notifies": tuple(_notify(one) for one in extensions(element, "notify")),
        "attachments": read_attachments(element),
        "connector": _connector(element),
    }


def read_performer(element: Element) -> Performer | None:
    """`ravand:performer` of a task or a lane."""
    found = next(extensions(element, "performer"), None)
    if found is None:
        return None
    kind = next((name for name in PERFORMER.one_of if found.get(name) is not None), None)
    if kind is None:
        return None
    mode = attribute(found, "mode", "any")
    exclude = attribute(found, "exclude").replace(",", " ").split()
    return Performer(
        kind=cast(PerformerKind, kind),
        value=attribute(found, kind),
        mode=cast(Literal["any", "every"], mode),
        exclude=tuple(exclude),
    )


def read_attachments(element: Element) -> tuple[Attachment, ...]:
    """The files shown beside a step, or beside all steps of a process."""
    found = []
    for one in extensions(element, "attachment"):
        path = attribute(one, "path")
        title = PurePosixPath(path).name
        found.append(Attachment(path, attribute(one, "fa") or title, attribute(one, "en") or title))
    return tuple(found)


def _standard_performer(element: Element) -> Performer | None:
    """BPMN's own `humanPerformer` / `potentialOwner`, whose expression is read as ours."""
    for tag in ("humanPerformer", "potentialOwner", "performer"):
        for one in children(element, tag):
            assignment = child(one, "resourceAssignmentExpression")
            text = "" if assignment is None else text_of(assignment)
            if text:
                return Performer("expression", text)
    return None


def _forms(source: Source, element: Element) -> tuple[FormRef, ...]:
    found = []
    for one in extensions(element, "form"):
        binding = attribute(one, "binding", "deployment")
        version = attribute(one, "version")
        if bool(version.isdigit()) != (binding == "version"):
            source.report(
                "bpmn.bad-value",
                one,
                word="form",
                attribute="version",
                value=version,
                choices='binding="version" version="3"',
            )
        found.append(
            FormRef(
                key=attribute(one, "key"),
                binding=cast(Literal["deployment", "latest", "version"], binding),
                version=int(version) if version.isdigit() else None,
            )
        )
    return tuple(found)


def _deadline(source: Source, element: Element) -> Deadline | None:
    found = next(extensions(element, "deadline"), None)
    if found is None:
        return None
    if not any(attribute(found, name) for name in ("duration", "priority", "followUp")):
        source.report("bpmn.missing-attribute", found, word="deadline", attribute="duration")
    policy = attribute(found, "reminders", "default") or "default"
    try:
        reminders = parse_reminders(policy)
    except BadReminder as bad:
        source.report("bpmn.bad-reminder", found, part=str(bad.args[0]))
        reminders = ()
    return Deadline(
        duration=attribute(found, "duration"),
        clock=cast(Clock, attribute(found, "clock", "working")),
        reminders=reminders,
        reminders_text=policy,
        priority=attribute(found, "priority", "normal"),
        follow_up=attribute(found, "followUp"),
    )


def _outcome(one: Element) -> Outcome:
    key = attribute(one, "key")
    style = attribute(one, "style", "secondary")
    return Outcome(
        key=key,
        fa=attribute(one, "fa") or key,
        en=attribute(one, "en") or key,
        style=cast(Literal["primary", "secondary", "danger"], style),
        requires=cast(Literal["reason", "form"] | None, attribute(one, "requires") or None),
    )


def _notify(one: Element) -> Notify:
    moment = attribute(one, "on") or None
    return Notify(
        channel=attribute(one, "channel"),
        to=attribute(one, "to"),
        template=attribute(one, "template"),
        policy=attribute(one, "policy") or None,
        on=cast(Literal["opened", "completed", "overdue"] | None, moment),
    )


def _connector(element: Element) -> Connector | None:
    found = next(extensions(element, "connector"), None)
    if found is None:
        return None
    return Connector(
        attribute(found, "type"),
        attribute(found, "topic") or None,
        attribute(found, "retries") or None,
    )
