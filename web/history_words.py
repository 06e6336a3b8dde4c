"""A case's history as sentences: who, what, when; texts that went out and forms that were sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from engine.queries import HistoryLine
from engine.tables import Submission
from kernel.i18n import gettext as _
from kernel.i18n import locale
from notifiers.tables import Delivery

# Steps of the machine that tell a reader nothing: gateways, scripts, throws.
SILENT = frozenset({"passed", "thrown", "item-completed", "machine", "cancelled", "notified"})


@dataclass(frozen=True)
class Line:
    """One line of a timeline. `href`: the form that was sent; `status`: of a delivery."""

    at: datetime
    icon: str
    state: str
    who: str
    text: str
    quote: str = ""
    status: str = ""
    href: str = ""


def lines(
    history: Sequence[HistoryLine],
    deliveries: Sequence[Delivery] = (),
    submissions: Sequence[Submission] = (),
    outcome_names: Mapping[tuple[str, str, str], str] | None = None,
) -> list[Line]:
    """Everything worth reading, newest first.

    Args:
        outcome_names: (process key, element, outcome key) -> its label.
    """
    sent = {(str(one.item_id)): one for one in submissions if one.item_id}
    told = [_line(one, sent, outcome_names or {}) for one in history if one.kind not in SILENT]
    # reminders stand in the history already
    texts = [_delivery(one) for one in deliveries if not one.template.startswith("task_")]
    return sorted([*told, *texts], key=lambda line: line.at, reverse=True)


def _line(
    one: HistoryLine,
    sent: Mapping[str, Submission],
    outcome_names: Mapping[tuple[str, str, str], str],
) -> Line:
    step, who, facts = one.element_name or "", one.person or _("Ravand"), one.facts
    process = (one.definition_name_en if locale() == "en" else "") or one.definition_name
    words = {
        "started": ("play", "done", _("started “%(process)s”.", process=process)),
        "claimed": ("person-check", "active", _("claimed “%(step)s”.", step=step)),
        "unclaimed": ("arrow-counterclockwise", "", _("gave “%(step)s” back.", step=step)),
        "reminded": ("bell", "risk", _("reminded of “%(step)s”.", step=step)),
        "timer": ("alarm", "risk", _("The time of “%(step)s” has come.", step=step)),
        "message": ("chat-left-text", "", _("A message came to “%(step)s”.", step=step)),
        "incident": ("exclamation-octagon", "incident", _("“%(step)s” stopped.", step=step)),
        "retried": ("arrow-repeat", "", _("tried “%(step)s” again.", step=step)),
    }
    if one.kind == "completed":
        return _completed(one, step, who, sent, outcome_names)
    if one.kind == "ended":
        return _ended(one, process, who)
    mark, state, text = words.get(one.kind, ("dot", "", f"{step} {one.kind}".strip()))
    quote = str(facts.get("message") or "") if one.kind == "incident" else ""
    return Line(one.at, mark, state, who, text, quote)


def _completed(
    one: HistoryLine,
    step: str,
    who: str,
    sent: Mapping[str, Submission],
    outcome_names: Mapping[tuple[str, str, str], str],
) -> Line:
    outcome = str(one.facts.get("outcome") or "")
    label = outcome_names.get((one.definition_key, one.element_id or "", outcome), outcome)
    submission = sent.get(str(one.facts.get("item") or ""))
    text = (
        _("closed “%(step)s” with “%(outcome)s”.", step=step, outcome=label)
        if label
        else _("closed “%(step)s”.", step=step)
    )
    reason = (submission.reason or "") if submission else ""
    link = url_for("items.show", item_id=submission.item_id) if submission else ""
    return Line(one.at, "check2", "done", who, text, reason, href=link)


def _ended(one: HistoryLine, process: str, who: str) -> Line:
    reason = str(one.facts.get("reason") or "")
    if one.facts.get("status") == "cancelled":
        return Line(one.at, "x-octagon", "late", who, _("ended “%(p)s” early.", p=process), reason)
    return Line(one.at, "flag", "done", _("Ravand"), _("“%(p)s” has ended.", p=process), reason)


CHANNELS = {"sms": "chat-left-text", "email": "envelope", "inbox": "bell"}


def _delivery(one: Delivery) -> Line:
    name = {"sms": _("SMS"), "email": _("E-mail"), "inbox": _("Notice")}.get(
        one.channel, one.channel
    )
    to = one.recipient or one.address
    return Line(
        one.created_at,
        CHANNELS.get(one.channel, "send"),
        "",
        name,
        _("to %(name)s", name=to),
        one.text or one.subject,
        status=one.state,
    )


def outcome_names(models: Mapping[str, Any]) -> dict[tuple[str, str, str], str]:
    """Labels of every outcome of these processes (`key` -> model), in the reader's language."""
    return {
        (key, node.id, outcome.key): outcome.label(locale())
        for key, model in models.items()
        for node in model.nodes.values()
        for outcome in node.outcomes
    }
