"""What the pages of one work item say beyond its row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import url_for
from flask_login import current_user
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

import forms
from engine import queries
from engine.definitions import specs
from engine.errors import DefinitionUnknown
from engine.queries import ElementState, ItemView
from engine.tables import DeploymentFile, InstanceLink, Submission, WorkItem
from kernel import clock
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.prepared import Prepared
from kernel.types import JsonObject
from notifiers import queries as messages
from people import directory
from web import answering, history_words, previews
from web.filters import href, named
from web.step_words import limit_in_words
from web.when import smart

XML = {"Content-Type": "application/xml; charset=utf-8"}


_LINKED = Prepared(
    select(InstanceLink.kind, InstanceLink.ref).where(InstanceLink.instance_id == bindparam("root"))
)

_LAST = Prepared(
    select(
        WorkItem.id,
        WorkItem.definition_id,
        WorkItem.element_id,
        WorkItem.outcome,
        WorkItem.closed_at,
        WorkItem.closed_by_id,
        WorkItem.closed_by,
        Submission.reason,
    )
    .join(Submission, Submission.item_id == WorkItem.id)
    .where(Submission.root_id == bindparam("root"))
    .order_by(Submission.at.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Paper:
    """A file that the designer put beside the step."""

    name: str
    href: str


@dataclass(frozen=True)
class Head:
    """The item's head, the same on each of its tabs."""

    title: str
    step: str
    process: str
    unit: str
    position: str
    limit: str
    help: str
    contact_href: str
    ticket_href: str
    case_href: str
    claimable: bool
    outcome: str
    refresh_name: str
    attachments: list[Paper] = field(default_factory=list)


@dataclass(frozen=True)
class Button:
    """One outcome of the step."""

    key: str
    text: str
    style: str
    main: bool
    reason: bool


@dataclass(frozen=True)
class Before:
    """What the step before this one came to."""

    step: str
    sentence: str
    person: str
    reason: str
    href: str


def head(session: Session, view: ItemView) -> Head:
    """Title, place, holder and links of the item."""
    chart, item, node = directory.of(session), view.item, view.node
    linked = _links(session, view.item.root_id)
    step = node.label(locale())
    unit = chart.units.get(item.unit_key or "")
    post = chart.positions.get(item.position_key or "")
    actor = current_user.actor
    return Head(
        title=f"{step} · {item.subject}" if item.subject else step,
        step=step,
        process=view.definition.model.label(locale()),
        unit=named(unit) if unit else "",
        position=named(post) if post else "",
        limit=limit_in_words(node.deadline),
        help=node.documentation,
        contact_href=_linked("contact", linked, "contacts.show", "contact_id", "contact.view"),
        ticket_href=_linked("ticket", linked, "tickets.show", "ticket_id", "ticket.view"),
        case_href=href("instances.show", instance_id=item.root_id)
        if actor.can("instance.view")
        else "",
        claimable=view.can_act and item.status == "open",
        outcome=_outcome_label(view, item.outcome),
        refresh_name=f"{node.forms[0].key}._enter" if node.forms else "_enter",
        attachments=_papers(view),
    )


def _links(session: Session, root_id: UUID) -> dict[str, str]:
    return dict(_LINKED.all(session.connection(), {"root": root_id}))


def _linked(kind: str, linked: Mapping[str, str], endpoint: str, name: str, needs: str) -> str:
    if kind not in linked or not current_user.actor.can(needs):
        return ""
    return href(endpoint, **{name: linked[kind]})


def _papers(view: ItemView) -> list[Paper]:
    own = (*view.node.attachments, *view.definition.model.attachments)
    return [
        Paper(
            (one.en if locale() == "en" else "") or one.fa or one.path,
            url_for("items.paper", item_id=view.item.id, path=one.path),
        )
        for one in own
    ]


def paper(session: Session, view: ItemView, path: str) -> bytes:
    """A file of the bundle that the step, or its process, names.

    Raises: DefinitionUnknown when it names no such file.
    """
    named_here = {one.path for one in (*view.node.attachments, *view.definition.model.attachments)}
    key = (view.definition.deployment_id, path)
    stored = session.get(DeploymentFile, key) if path in named_here else None
    if stored is None:
        raise DefinitionUnknown(process=view.definition.key)
    return stored.data


def _outcome_label(view: ItemView, key: str | None) -> str:
    found = (one.label(locale()) for one in view.node.outcomes if one.key == key)
    return next(found, key or "")


def outcomes(view: ItemView) -> list[Button]:
    """The step's buttons, the main one first; a step without outcomes has one button."""
    if not view.can_act:
        return []
    given = view.node.outcomes
    if not given:
        return [Button("", _("Finish this step"), "primary", True, False)]
    main = next((one for one in given if one.style == "primary"), given[0])
    return [
        Button(one.key, one.label(locale()), one.style, one is main, one.requires == "reason")
        for one in sorted(given, key=lambda one: one is not main)
    ]


def before(session: Session, view: ItemView) -> Before | None:
    """What the last finished step of the case came to."""
    found = _LAST.first(session.connection(), {"root": view.item.root_id})
    if found is None:
        return None
    item_id, definition_id, element_id, outcome, closed_at, closed_by_id, closed_by, reason = found
    node = specs.get(session, definition_id).model.nodes[element_id]
    label = next((o.label(locale()) for o in node.outcomes if o.key == outcome), "")
    sentence = (
        _("ended %(at)s with “%(outcome)s”.", at=smart(closed_at, inside=True), outcome=label)
        if label
        else _("ended %(at)s.", at=smart(closed_at, inside=True))
    )
    card = directory.of(session).persons.get(closed_by_id) if closed_by_id else None
    person = named(card) if card else closed_by or ""
    link = url_for("items.show", item_id=item_id)
    return Before(node.label(locale()), sentence, person, reason or "", link)


def sent(session: Session, view: ItemView) -> list[Any]:
    """The forms as they were sent at this visit, to be read."""
    if view.sent is None:
        return []
    shown = []
    for key, form_id in view.sent.form_ids.items():
        form = forms.load(session, UUID(str(form_id)))
        values = view.sent.answers.get(key, {})
        shown.append(
            forms.render(
                form,
                values,
                readonly=True,
                prefix=f"{key}.",
                variables=view.variables,
                files=lambda file_id: answering.file_link(session, file_id),
            )
        )
    return shown


def texts(session: Session, view: ItemView, answers: Mapping[str, JsonObject]) -> list[Any]:
    """The messages that completing this step will send (E11)."""
    if not view.can_act:
        return []
    flat = {key: value for one in answers.values() for key, value in one.items()}
    variables = {**view.variables, **flat, **_given(view)}
    return previews.previews(
        session, view.definition.model, view.node, variables, view.definition.deployment_id
    )


def _given(view: ItemView) -> JsonObject:
    row = view.instance
    return {
        "instance": {
            "id": str(row.id),
            "number": row.number,
            "business_key": row.business_key,
            "definition": row.definition_key,
            "started_at": row.started_at.isoformat(),
        },
        "initiator": row.initiator,
        "now": clock.now(),
        "today": clock.now().date(),
    }


def states(session: Session, view: ItemView) -> dict[str, dict[str, str]]:
    """Element -> how it stands, for the drawing; this step says that it is yours."""
    case = queries.instance(session, current_user.actor, view.item.instance_id)
    drawn = {one.element_id: _drawn(one) for one in case.elements if one.state != "cancelled"}
    here = drawn.get(view.item.element_id)
    if here and view.can_act:
        drawn[view.item.element_id] = {**here, "badge": _("you")}
    return drawn


def _drawn(one: ElementState) -> dict[str, str]:
    state = {"state": one.state}
    if one.count > 1:
        state["badge"] = str(one.count)
    if one.person:
        state["title"] = one.person
    return state


def history(session: Session, view: ItemView) -> list[history_words.Line]:
    """Everything that happened in the case, newest first."""
    root = view.item.root_id
    happened = queries.history(session, root)
    return history_words.lines(
        happened,
        messages.of_instance(session, root),
        queries.submissions(session, root),
        history_words.names(session, happened),
    )
