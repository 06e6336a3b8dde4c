"""Where a case stands, in one sentence: at which step, since when, with whom, until when."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from engine import queries
from engine.bpmn.model import ProcessModel
from engine.queries import IncidentRow, InstanceView, Standing, Wait
from engine.tables import Incident, WorkItem
from kernel import clock
from kernel.i18n import catalogue, locale, translate_code
from kernel.i18n import gettext as _
from notifiers import reasons
from people.chart import Directory
from web.filters import named
from web.when import duration, smart

DEPTH = 8  # called processes inside called processes that are looked into
UNSENT = "delivery.failed"
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
    places = [_at(one, chart) for leaf in leaves for one in leaf.items]
    waits = [_waiting(leaf, one) for leaf in leaves for one in leaf.waits if one.kind != "reminder"]
    sentences = stops + places + ([] if stops or places else waits)
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


def _stop(leaf: Standing, one: Incident) -> Markup:
    return _fill(
        _("It stopped at %(step)s %(since)s: %(cause)s"),
        step=_bold(element_name(leaf.definition.model, one.element_id)),
        since=_bold(smart(one.opened_at, inside=True)),
        cause=cause(one),
    )


def _at(one: WorkItem, chart: Directory) -> Markup:
    facts = {
        "step": _bold(named(one)),
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


def _is_late(one: WorkItem) -> bool:
    return one.due_at is not None and one.due_at <= clock.now()


def _waiting(leaf: Standing, one: Wait) -> Markup:
    step = _bold(element_name(leaf.definition.model, one.element_id))
    if one.due_at is not None:
        at = _bold(smart(one.due_at, inside=True))
        return _fill(_("It waits at %(step)s for the time: %(at)s."), step=step, at=at)
    return _fill(_("It waits at %(step)s for a message from outside."), step=step)


def cause(one: Incident | IncidentRow) -> str:
    """An incident's reason as a sentence."""
    # isolated: a formula keeps its own direction inside Persian text
    formula = f"\u2066{one.expression}\u2069" if one.expression else ""
    told = {"expression": formula, **_facts(one), "message": said(one)}
    return translate_code(one.code, told)


def said(one: Incident | IncidentRow) -> str:
    """What was wrong, in the reader's language where its kind is known; else as it was said."""
    if one.code == UNSENT:
        return str(_facts(one)["reason"])
    if one.code == STRANDED:
        return _of_job(one)
    problem = str(one.facts.get("problem") or "")
    if problem and problem in catalogue("en"):
        return translate_code(problem, dict(one.facts))
    return one.message


def _of_job(one: Incident | IncidentRow) -> str:
    problem = str(one.facts.get("problem") or "")
    if problem in catalogue("en"):
        return translate_code(problem, dict(one.facts))
    return str(one.facts["message"])


def _facts(one: Incident | IncidentRow) -> dict[str, Any]:
    """What an incident's sentence fills in; codes of channels and providers as words."""
    facts = dict(one.facts)
    if one.code == UNSENT:
        channel = str(facts.get("channel", ""))
        facts["channel"] = reasons.channel_word(channel)
        code, detail = str(facts.get("reason", "")), str(facts.get("detail", ""))
        facts["reason"] = reasons.reason_of(channel, code, detail)
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
