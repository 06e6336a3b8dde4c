"""Rules about what a diagram refers to: it is in the bundle, or was deployed before."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.model import NodeKind
from engine.preflight.upload import Upload, about, rules
from engine.problems import Problem


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
    """Every text has a channel and a template for it; a task's text says at which moment."""
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


@rules.register("connectors")
def connectors_exist(upload: Upload) -> Iterator[Problem]:
    """A service task has a connector that is installed; a send task that or a message."""
    for model, node in upload.every():
        if node.connector:
            if node.connector.type not in upload.catalogue.connectors:
                yield about(model, node, "reference.connector", key=node.connector.type)
        elif node.kind is NodeKind.SERVICE_TASK or (
            node.kind is NodeKind.SEND_TASK and not node.event.name and not node.notifies
        ):
            yield about(model, node, "service.no-connector")


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
