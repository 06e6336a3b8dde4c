"""A case's history as sentences: who, what, when; texts that went out and forms that were sent."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from engine import definitions
from engine.bpmn.model import Node, ProcessModel
from engine.queries import HistoryLine
from engine.tables import Submission
from kernel.errors import AppError
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.types import JsonObject
from notifiers.tables import Delivery
from people import directory
from people.chart import Directory
from web import case_words
from web.database import db
from web.filters import digits, isolated, phone_groups
from web.history_sentences import say

QUOTED = ("reason", "error")  # facts that a line shows below its sentence
CHANNEL_ICONS = {"sms": "chat-left-text", "email": "envelope", "inbox": "bell"}


@dataclass(frozen=True)
class Line:
    """One line of a timeline.

    Attributes:
        status: of a delivery.
        is_ours: the quote is a sentence of ours, in the page's direction.
        href: the form that was sent.
        back: the submission whose step the case can go back to; `step` is that step.
    """

    at: datetime
    icon: str
    state: str
    who: str
    text: str
    quote: str = ""
    status: str = ""
    href: str = ""
    back: str = ""
    step: str = ""
    is_ours: bool = False


@dataclass(frozen=True)
class Names:
    """What history keeps in Persian, in the reader's language: steps, outcomes, people."""

    chart: Directory
    models: Mapping[str, ProcessModel]

    def node(self, one: HistoryLine) -> Node | None:
        """The step of a line, as the released version draws it."""
        model = self.models.get(one.definition_key)
        return model.nodes.get(one.element_id or "") if model else None

    def step(self, one: HistoryLine) -> str:
        """The step's name."""
        node = self.node(one) if locale() == "en" else None
        return node.label("en") if node else one.element_name or ""

    def outcome(self, line: HistoryLine) -> str:
        """The outcome's label; its key when no version knows it any more."""
        key, node = str(line.facts.get("outcome") or ""), self.node(line)
        offered = node.outcomes if node else ()
        return next((one.label(locale()) for one in offered if one.key == key), key)

    def person(self, one: HistoryLine) -> str:
        """Whoever did it, as written then; in English pages their English name."""
        card = self.chart.persons.get(one.person_id) if one.person_id else None
        english = card.name_en if card and locale() == "en" else ""
        return english or one.person or _("Ravand")


def names(session: Session, history: Iterable[HistoryLine]) -> Names:
    """Names for these lines; models come from memory."""
    models = {}
    for key in {one.definition_key for one in history}:
        try:
            models[key] = definitions.released(session, key).model
        except AppError:
            continue  # retired: history's own words stay
    return Names(directory.of(session), models)


def outcome_names(models: Mapping[str, ProcessModel]) -> Names:
    """Names from models at hand, by process key."""
    return Names(directory.of(db.session), models)


def lines(
    history: Sequence[HistoryLine],
    deliveries: Sequence[Delivery],
    submissions: Sequence[Submission],
    called: Names,
    back: Collection[UUID] = (),
) -> list[Line]:
    """Everything worth reading, newest first; `back` are the submissions one can go back to."""
    sent = {str(one.item_id): one for one in submissions if one.item_id}
    told = [line for one in history if (line := _line(one, called, sent, back))]
    # reminders stand in the history already
    texts = [_delivery(one) for one in deliveries if not one.template.startswith("task_")]
    return sorted([*told, *texts], key=lambda line: line.at, reverse=True)


def _line(
    one: HistoryLine, called: Names, sent: Mapping[str, Submission], back: Collection[UUID]
) -> Line | None:
    step, who = called.step(one), called.person(one)
    process = (one.definition_name_en if locale() == "en" else "") or one.definition_name
    if one.kind == "completed":
        return _completed(one, called, sent, back)
    if one.kind == "ended":
        return _ended(one, process, who)
    if one.kind == "decided":
        return _decided(one, step)
    told = say(
        one.kind,
        one.facts,
        called.node(one),
        step=step,
        process=process,
        version=one.definition_version,
        is_called=one.is_called,
    )
    if told is None:
        return None
    quote = _cause(one) if one.kind == "incident" else _quote(one)
    return Line(
        one.at, told.mark, told.state, who, told.text, quote, is_ours=one.kind == "incident"
    )


def _quote(one: HistoryLine) -> str:
    return next((str(one.facts[name]) for name in QUOTED if one.facts.get(name)), "")


def _cause(one: HistoryLine) -> str:
    """Why it stopped, in words; old lines kept only what was said then."""
    facts, said = one.facts.get("facts"), str(one.facts.get("message") or "")
    if not isinstance(facts, dict):
        return said
    expression = str(one.facts.get("expression") or "")
    return case_words.told(str(one.facts.get("code")), facts, expression, said)


def _completed(
    one: HistoryLine, called: Names, sent: Mapping[str, Submission], back: Collection[UUID]
) -> Line:
    step, label = called.step(one), called.outcome(one)
    submission = sent.get(str(one.facts.get("item") or ""))
    text = (
        _("closed “%(step)s” with “%(outcome)s”.", step=step, outcome=label)
        if label
        else _("closed “%(step)s”.", step=step)
    )
    reason = (submission.reason or "") if submission else ""
    link = url_for("items.show", item_id=submission.item_id) if submission else ""
    open_again = str(submission.id) if submission and submission.id in back else ""
    return Line(
        one.at,
        "check2",
        "done",
        called.person(one),
        text,
        reason,
        href=link,
        back=open_again,
        step=step,
    )


def _decided(one: HistoryLine, step: str) -> Line:
    """Which rules of which table held."""
    name, version = str(one.facts.get("name") or ""), str(one.facts.get("version") or "")
    said = _(
        "decided “%(step)s” with “%(name)s”, version %(version)s.",
        step=step,
        name=name,
        version=digits(version),
    )
    found = one.facts.get("rules")
    tables = (
        [table for table in found if isinstance(table, dict)] if isinstance(found, list) else []
    )
    held = [
        _("%(table)s: rule %(rules)s", table=str(table.get("decision")), rules=_numbers(table))
        for table in tables
    ]
    return Line(one.at, "table", "", _("Ravand"), said, " · ".join(held), is_ours=True)


def _numbers(table: JsonObject) -> str:
    rules = table.get("rules")
    if not isinstance(rules, list) or not rules:
        return _("none (rules)")
    return _(", ").join(str(digits(number)) for number in rules)


def _ended(one: HistoryLine, process: str, who: str) -> Line:
    reason = str(one.facts.get("reason") or "")
    if one.facts.get("status") == "cancelled":
        return Line(one.at, "x-octagon", "late", who, _("ended “%(p)s” early.", p=process), reason)
    return Line(one.at, "flag", "done", _("Ravand"), _("“%(p)s” has ended.", p=process), reason)


def _delivery(one: Delivery) -> Line:
    name = {"sms": _("SMS"), "email": _("E-mail"), "inbox": _("Notice")}.get(
        one.channel, one.channel
    )
    return Line(
        one.created_at,
        CHANNEL_ICONS.get(one.channel, "send"),
        "",
        name,
        _("to %(name)s", name=one.recipient or isolated(phone_groups(one.address))),
        one.text or one.subject,
        status=one.state,
    )
