"""Rules about what a diagram refers to: it is in the bundle, or was deployed before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.details import EXTERNAL_TYPE
from engine.bpmn.model import NodeKind
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem
from kernel.expressions import is_expression

# What a sending policy may say; `default` says nothing. Of the last three, one at most.
PLAIN_WORDS = frozenset({"always", "day", "default"})
WHEN_UNSURE = frozenset({"resend", "ask", "drop"})
_QUOTED = re.compile(r"""\s*=\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*""")


@rules.register("forms-exist")
def forms_exist(upload: Upload) -> Iterator[Problem]:
    """Every form of a step is in the bundle or deployed already."""
    known = upload.bundle.forms.keys() | upload.catalogue.forms
    for model, node in upload.every():
        for form in node.forms:
            if form.key not in known:
                yield about(model, node, "reference.form", key=form.key)


@rules.register("notifies")
def notifies_can_be_sent(upload: Upload) -> Iterator[Problem]:
    """Every text has a channel, a template for it and a known policy; a task's text says at which
    moment."""
    brought = {(key, channel) for key, channel, _ in upload.bundle.templates}
    stored = upload.catalogue.has_template
    tasks = (NodeKind.USER_TASK, NodeKind.MANUAL_TASK)
    for model, node in upload.every():
        for notify in node.notifies:
            if notify.channel not in upload.catalogue.channels:
                place = "ravand:notify"
                yield about(model, node, "reference.channel", key=notify.channel, place=place)
            elif (notify.template, notify.channel) not in brought and not stored(
                notify.template, notify.channel
            ):
                facts = {"key": notify.template, "channel": notify.channel}
                yield about(model, node, "reference.template", **facts)
            if (node.kind in tasks) != (notify.on is not None):
                yield about(model, node, "notify.moment", template=notify.template)
            if wrong := wrong_policy(notify.policy):
                yield about(model, node, "notify.policy", policy=wrong)


@rules.register("connectors")
def connectors_exist(upload: Upload) -> Iterator[Problem]:
    """A service task has a connector that is installed, or a topic for external workers; a
    send task that or a message."""
    for model, node in upload.every():
        if node.connector:
            if node.connector.type == EXTERNAL_TYPE:
                if not node.connector.topic:
                    yield about(model, node, "service.no-topic")
            elif node.connector.type not in upload.catalogue.connectors:
                yield about(model, node, "reference.connector", key=node.connector.type)
        elif node.kind is NodeKind.SERVICE_TASK or (
            node.kind is NodeKind.SEND_TASK and not node.event.name and not node.notifies
        ):
            yield about(model, node, "service.no-connector")


@rules.register("connector-inputs")
def connectors_get_what_exists(upload: Upload) -> Iterator[Problem]:
    """A connector's `template` (by its `channel`), `policy` and `document` exist, where they are
    literal."""
    brought = {(key, channel) for key, channel, _ in upload.bundle.templates}
    for model, node in upload.every():
        if node.connector is None:
            continue
        given = {assign.target: literal(assign.expression) for assign in node.inputs}
        template, channel = given.get("template"), given.get("channel")
        if channel and channel not in upload.catalogue.channels:
            yield about(model, node, "reference.channel", key=channel, place="ravand:in")
        elif (
            template
            and channel
            and (template, channel) not in brought
            and not upload.catalogue.has_template(template, channel)
        ):
            yield about(model, node, "reference.template", key=template, channel=channel)
        if node.connector.type == "notify.send" and (wrong := wrong_policy(given.get("policy"))):
            yield about(model, node, "notify.policy", policy=wrong)
        document = given.get("document")
        if document and document not in upload.bundle.documents:
            yield about(model, node, "reference.document", key=document)


def wrong_policy(words: str | None) -> str | None:
    """What is wrong with a sending policy: an unknown word, or two that contradict each other."""
    said = (words or "").split()
    unknown = [word for word in said if word not in PLAIN_WORDS | WHEN_UNSURE]
    several = {word for word in said if word in WHEN_UNSURE}
    if unknown:
        return unknown[0]
    return " ".join(sorted(several)) if len(several) > 1 else None


def literal(text: str | None) -> str | None:
    """The text that an attribute gives whatever the variables are; None when it is computed."""
    if text is None or not is_expression(text):
        return text
    quoted = _QUOTED.fullmatch(text)
    return quoted[1] or quoted[2] if quoted else None


@rules.register("attachments")
def attachments_exist(upload: Upload) -> Iterator[Problem]:
    """Every file shown beside a step is in the bundle."""
    for model in upload.models:
        for attachment in model.attachments:
            if attachment.path not in upload.bundle.files:
                yield about(model, None, "reference.attachment", path=attachment.path)
        for node in model.nodes.values():
            for attachment in node.attachments:
                if attachment.path not in upload.bundle.files:
                    yield about(model, node, "reference.attachment", path=attachment.path)
