"""Where a case stands, in one sentence: at which step, since when, with whom, until when."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from engine import queries
from engine.bpmn.model import ProcessModel
from engine.bpmn.walk import startable
from engine.queries import IncidentRow, InstanceView, Standing, Wait
from engine.tables import Incident, WorkItem
from kernel import clock
from kernel.i18n import catalogue, locale, translate_code
from kernel.i18n import gettext as _
from kernel.types import JsonObject
from notifiers import reasons
from people.chart import Directory
from web.filters import named
from web.when import duration, smart

DEPTH = 8  # called processes inside called processes that are looked into
UNSENT = ("delivery.failed", "delivery.uncertain")
STRANDED = "engine.job"
SHOWN = 3  # places named in the sentence; the rest are counted


@dataclass(frozen=True)
class Why:
    """The sentence and how it is drawn: `state` is one of UI's meanings or nothing."""

    text: Markup
    state: str
    icon: str


def why(session: Session, view: InstanceView, chart: Directory) -> Why:
    """Why this case is where it is; looks into the processes it called when it waits for them."""
    case = view.instance
    if case.status == "completed":
        end = element_name(view.definition.model, case.end_event)
        age = duration((case.ended_at or case.started_at) - case.started_at)
        text = _fill(
            _("This case reached its end “%(end)s” %(at)s, after %(age)s."),
            end=_bold(end),
            at=smart(case.ended_at, inside=True),
            age=age,
        )
        return Why(text, "done", "check2-circle")
    if case.status == "cancelled":
        text = _fill(
            _("%(name)s ended this case early %(at)s. Reason: %(reason)s"),
            name=_bold(person_name(case.ended_by_id, case.ended_by or "", chart)),
            at=smart(case.ended_at, inside=True),
            reason=Markup("<bdi>{}</bdi>").format(case.end_reason or "–"),
        )
        return Why(text, "", "x-octagon")
    return _standing(session, view, chart)


def _standing(session: Session, view: InstanceView, chart: Directory) -> Why:
    leaves = queries.standing(session, view, DEPTH)
    stops = [_stop(leaf, one) for leaf in leaves for one in leaf.incidents]
    places = [_at(group, chart) for leaf in leaves for group in _alike(leaf.items, chart)]
    found = [(leaf, one) for leaf in leaves for one in leaf.waits if one.kind != "reminder"]
    held = [pair for pair in found if not pair[1].listening] or found
    waits = [] if stops or places else [_waiting(leaf, one) for leaf, one in held]
    sentences = stops + places + waits
    if not sentences:
        sentences = [escape(_("Ravand is working on this case; nobody has to act."))]
    more = len(sentences) - SHOWN
    if more > 0:
        sentences = [*sentences[:SHOWN], escape(_("and at %(count)s other places.", count=more))]
    late = any(_is_late(one) for leaf in leaves for one in leaf.items)
    return Why(
        Markup(" ").join(sentences),
        "incident" if stops else "late" if late else "",
        "exclamation-octagon" if stops else "hourglass-split",
    )


def _alike(items: list[WorkItem], chart: Directory) -> list[list[WorkItem]]:
    """Work of the same step with the same people until the same time is one place."""
    groups: dict[tuple[object, ...], list[WorkItem]] = defaultdict(list)
    for one in items:
        groups[one.element_id, one.due_at, holder(one, chart)].append(one)
    return list(groups.values())


def heading(one: Incident | IncidentRow, step: str) -> str:
    """What an incident is about; a message that is in doubt holds no step up."""
    if one.code in UNSENT:
        return _("A message of “%(step)s”", step=step)
    return _("“%(step)s” stopped", step=step)


def _stop(leaf: Standing, one: Incident) -> Markup:
    message = _("About a message of %(step)s, %(since)s: %(cause)s")
    return _fill(
        message if one.code in UNSENT else _("It stopped at %(step)s %(since)s: %(cause)s"),
        step=_bold(element_name(leaf.definition.model, one.element_id)),
        since=_bold(smart(one.opened_at, inside=True)),
        cause=cause(one),
    )


def _at(group: list[WorkItem], chart: Directory) -> Markup:
    one, count = group[0], len(group)
    facts = {
        "step": _bold(named(one)) + (f" ({_several(count)})" if count > 1 else ""),
        "since": smart(one.opened_at, inside=True),
        "who": _bold(holder(one, chart)),
    }
    if one.due_at is None:
        return _fill(_("It has been at %(step)s with %(who)s since %(since)s."), **facts)
    if _is_late(one):
        return _fill(
            _(
                "It has been at %(step)s with %(who)s since %(since)s; "
                "it was due %(due)s, %(age)s late."
            ),
            **facts,
            due=smart(one.due_at, inside=True),
            age=_bold(duration(clock.now() - one.due_at), "rv-late-text"),
        )
    return _fill(
        _("It has been at %(step)s with %(who)s since %(since)s, until %(due)s."),
        **facts,
        due=_bold(smart(one.due_at, inside=True)),
    )


def _several(count: int) -> str:
    return _("%(count)s pieces of work", count=count)


def _is_late(one: WorkItem) -> bool:
    return one.due_at is not None and one.due_at <= clock.now()


def _waiting(leaf: Standing, one: Wait) -> Markup:
    """What an instance waits for at one element, besides people's work."""
    sentences = {
        "message": _("It waits at %(step)s for a message from outside."),
        "signal": _("It waits at %(step)s for the signal %(name)s."),
        "external": _("%(step)s waits for a worker outside to fetch it; its topic is %(name)s."),
        "condition": _("It waits at %(step)s until its condition holds."),
        "join": _("It waits at %(step)s for its other paths."),
        "adhoc": _("At %(step)s people start what is needed: %(offers)s."),
        "compensation": _("At %(step)s what was done is being undone."),
        "activity": _("Ravand is doing %(step)s; nobody has to act."),
        "timer": _("It waits at %(step)s for the time: %(at)s."),
    }
    kind = sentences.get(one.kind, sentences["activity"])
    if one.kind == "message" and one.key:
        kind = _("It waits at %(step)s for a message about %(key)s.")
    if one.kind == "external" and one.worker:
        kind = _("%(step)s is in the hands of the outside worker %(worker)s.")
    told = _fill(
        kind,
        step=_bold(element_name(leaf.definition.model, one.element_id)),
        name=_code(one.name),
        key=_code(one.key),
        worker=_code(one.worker),
        at=_bold(smart(one.due_at, inside=True)) if one.due_at else "",
        offers=offers(leaf.definition.model, one.element_id),
    )
    if one.error:
        told += " " + _fill(_("The last worker said: %(error)s"), error=_code(one.error))
    return told


def offers(model: ProcessModel, element_id: str) -> str:
    """What an ad-hoc subprocess lets people start."""
    return _(", ").join(one.label(locale()) for one in startable(model, element_id))


def _code(text: str | None) -> Markup:
    """What a designer or a machine wrote: in its own direction."""
    return Markup("<bdi>{}</bdi>").format(text or "–")


def cause(one: Incident | IncidentRow) -> str:
    """An incident's reason as a sentence."""
    return told(one.code, one.facts, one.expression or "", one.message)


def told(code: str, facts: JsonObject, expression: str, message: str) -> str:
    """Why something stopped, as a sentence."""
    # isolated: a formula keeps its own direction inside Persian text
    formula = f"\u2066{expression}\u2069" if expression else ""
    words = {"expression": formula, **_facts(code, facts)}
    return translate_code(code, {**words, "message": _said(code, facts, message)})


def said(one: Incident | IncidentRow) -> str:
    """What was wrong, in the reader's language where its kind is known; else as it was said."""
    return _said(one.code, one.facts, one.message)


def _said(code: str, facts: JsonObject, message: str) -> str:
    if code in UNSENT:
        return str(_facts(code, facts)["reason"])
    problem = str(facts.get("problem") or "")
    if problem and problem in catalogue("en"):
        return translate_code(problem, dict(facts))
    return str(facts["message"]) if code == STRANDED else message


def _facts(code: str, given: JsonObject) -> dict[str, Any]:
    """What an incident's sentence fills in; codes of channels and providers as words."""
    facts = dict(given)
    if code in UNSENT:
        channel = str(facts.get("channel", ""))
        facts["channel"] = reasons.channel_word(channel)
        reason, detail = str(facts.get("reason", "")), str(facts.get("detail", ""))
        facts["reason"] = reasons.reason_of(channel, reason, detail)
    return facts


def holder(one: WorkItem, chart: Directory) -> str:
    """Who has the work now, else to whom it is open."""
    if one.assignee:
        return person_name(one.assignee_id, one.assignee, chart)
    if one.position_key and one.position_key in chart.positions:
        return named(chart.position(one.position_key))
    return _(", ").join(chart.name_of(str(address)) for address in one.principals or [])


def person_name(person_id: UUID | None, name: str, chart: Directory) -> str:
    """The name as it was written then; in English pages the English one, if there is one."""
    if person_id is None:
        return _("Ravand")
    card = chart.persons.get(person_id) if locale() == "en" else None
    return named(card) if card else name


def element_name(model: ProcessModel, element_id: str | None) -> str:
    """What the diagram calls an element, in the reader's language."""
    node = model.nodes.get(element_id or "")
    return node.label(locale()) if node else str(element_id or "")


def _bold(text: str, css: str = "") -> Markup:
    if css:
        return Markup('<b class="{}">{}</b>').format(css, text)
    return Markup("<b>{}</b>").format(text)


def _fill(sentence: str, **facts: object) -> Markup:
    """The translated sentence with marked-up facts in its gaps; everything else is escaped."""
    return escape(sentence) % facts
