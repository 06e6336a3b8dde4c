"""Running and ended cases: the list, one case with all that happened, ending it early."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

import engine
from engine import queries
from engine.errors import (
    CancelReasonMissing,
    IncidentResolved,
    RewindImpossible,
    RewindReasonMissing,
)
from engine.queries import InstanceView
from engine.tables import Incident
from kernel import jalali
from kernel.audit import acts
from kernel.errors import Conflict, Invalid
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext
from kernel.uow import unit_of_work
from notifiers import queries as messages
from notifiers import reasons
from notifiers.tables import InboundMessage
from people import directory
from reports import lists
from web import case_words, counts, history_words, instance_marks, instance_view, mending
from web.access import permission
from web.database import db
from web.downloads import download
from web.filters import named
from web.item_view import XML
from web.mending import ValueNotNumber
from web.paging import SIZE, cursor, instant_cursor, with_query


class MessageNotAwaited(Conflict):
    """The case has heard this already, or went on without it. Mend: load the page again."""

    code = "web.message-not-awaited"


bp = Blueprint("instances", __name__, url_prefix="/instances")

# chip -> (words, the filters it stands for)
STATES: dict[str, tuple[object, dict[str, Any]]] = {
    "": (lazy_gettext("Running (chip)"), {"status": "running"}),
    "overdue": (lazy_gettext("Late (chip)"), {"status": "running", "overdue": True}),
    "stopped": (lazy_gettext("With an incident"), {"stopped": True}),
    "completed": (lazy_gettext("Completed (chip)"), {"status": "completed"}),
    "cancelled": (lazy_gettext("Ended early"), {"status": "cancelled"}),
    "all": (lazy_gettext("All"), {}),
}
TABS = ("data", "forms", "work", "messages", "history", "called")


@bp.get("/")
@permission("instance.view")
def index() -> ResponseReturnValue:
    """Cases the reader may see, the latest first; every choice stands in the address."""
    wish = request.args
    page = queries.instances_page(
        db.session,
        current_user.actor,
        **_filters(),
        after=instant_cursor(wish.get("after")),
        limit=SIZE,
    )
    chart = directory.of(db.session)
    return render_template(
        "instances/index.html",
        rows=page.rows,
        cut=page.cut,
        next_href=with_query(after=cursor(*page.next)) if page.next else None,
        chips=_chips(wish.get("state", "")),
        processes=[(one.key, named(one)) for one in queries.process_names(db.session)],
        holder=lambda step: case_words.holder(step, chart),
        step_name=_step_name(wish.get("process", ""), wish.get("step", "")),
        wish=wish,
        since=_day(wish.get("from")),
        until=_day(wish.get("to")),
        filtered=any(wish.get(name) for name in ("q", "process", "step", "from", "to")),
    )


@bp.get("/<kind>.file")
@permission("report.export")
def export(kind: str) -> ResponseReturnValue:
    """The whole filtered list as Excel or PDF."""
    words = [str(STATES.get(request.args.get("state", ""), STATES[""])[0])]
    words += [request.args[name] for name in ("q", "from", "to") if request.args.get(name)]
    filtered = " · ".join(words)
    sheet = lists.instances_sheet(db.session, current_user.actor, filtered=filtered, **_filters())
    return download(kind, sheet)


def _filters() -> dict[str, Any]:
    wish = request.args
    until = _day(wish.get("to"))
    return {
        **STATES.get(wish.get("state", ""), STATES[""])[1],
        "definition_key": wish.get("process") or None,
        "roots": not wish.get("process"),  # of one process its called instances count, too
        "element_id": wish.get("step") or None,
        "search": wish.get("q") or None,
        "since": _midnight(_day(wish.get("from"))),
        "until": _midnight(until + timedelta(days=1)) if until else None,
    }


def _day(typed: str | None) -> date | None:
    """A day in either calendar; what is no day filters nothing."""
    try:
        return jalali.parse_date(typed) if typed else None
    except Invalid:
        return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), jalali.TEHRAN).astimezone(UTC) if day else None


def _chips(chosen: str) -> list[dict[str, Any]]:
    return [
        {"text": str(text), "href": with_query(state=key, after=None), "on": key == chosen}
        for key, (text, _filters) in STATES.items()
    ]


def _step_name(process: str, element: str) -> str:
    """The step that the list is narrowed to, as its newest version calls it."""
    if not process or not element:
        return ""
    newest = queries.versions(db.session, process)[0]
    model = queries.definition(db.session, process, newest.version).model
    return case_words.element_name(model, element)


@bp.get("/<uuid:instance_id>")
@permission("instance.view")
def show(instance_id: UUID) -> ResponseReturnValue:
    """One case: why it is where it is, its diagram, and everything it holds."""
    return _page(queries.instance(db.session, current_user.actor, instance_id))


def _page(view: InstanceView, wrong: str = "") -> str:
    chart = directory.of(db.session)
    case = view.instance
    tab = request.args.get("tab", TABS[0])
    sent = [
        one for one in queries.submissions(db.session, case.root_id) if one.instance_id == case.id
    ]
    deliveries = messages.of_instance(db.session, case.id, whole_tree=case.parent_id is None)
    return render_template(
        "instances/show.html",
        view=view,
        case=case,
        why=case_words.why(db.session, view, chart),
        tab=tab if tab in TABS else TABS[0],
        marks=instance_marks.marks(view),
        here=instance_marks.opens_at(view),
        values=instance_view.values(db.session, view),
        visits=instance_view.visits(db.session, view, sent) if tab == "forms" else [],
        sent=sent,
        deliveries=deliveries,
        answers=_answers(view) if tab == "messages" else [],
        waits=instance_view.waiting(view),
        offers=queries.offered(db.session, current_user.actor, case, view.definition),
        lines=_lines(view, deliveries, sent) if tab == "history" else [],
        links=instance_view.linked(db.session, view),
        parent=next((one for one in view.tree if one.id == case.parent_id), None),
        holder=lambda step: case_words.holder(step, chart),
        caller=lambda child: instance_view.caller(view, child),
        starter=case_words.person_name(case.started_by_id, case.started_by, chart),
        cause=case_words.cause,
        heading=case_words.heading,
        mendable=lambda one: mending.mendable(view, one),
        reason=reasons.reason,
        channel_word=reasons.channel_word,
        element_name=lambda element: case_words.element_name(view.definition.model, element),
        wrong=wrong,
    )


def _answers(view: InstanceView) -> list[InboundMessage]:
    """Texts that came in; the page of the case shows those of the processes it called, too."""
    case = view.instance
    ids = [case.id] if case.parent_id else [one.id for one in view.tree]
    return messages.inbound_of_instances(db.session, ids)


def _lines(view: InstanceView, deliveries: Any, sent: Any) -> list[history_words.Line]:
    lines = queries.history(db.session, view.instance.id)
    called = history_words.names(db.session, lines)
    operates = view.is_open and current_user.actor.can("instance.operate")
    back = queries.rewindable(db.session, view.instance.id) if operates else frozenset()
    return history_words.lines(lines, deliveries, sent, called, back)


@bp.get("/<uuid:instance_id>/diagram.bpmn")
@permission("instance.view")
def drawing(instance_id: UUID) -> ResponseReturnValue:
    """The diagram of the version that this case runs on."""
    view = queries.instance(db.session, current_user.actor, instance_id)
    return Response(queries.definition_xml(db.session, view.definition.id), headers=XML)


@bp.post("/<uuid:instance_id>/cancel")
@permission("instance.cancel")
def cancel(instance_id: UUID) -> ResponseReturnValue:
    """End the whole case early; the reason stays in its history."""
    view = queries.instance(db.session, current_user.actor, instance_id)
    try:
        with unit_of_work() as uow:
            engine.cancel(uow, instance_id, request.form.get("reason", ""), by=current_user.actor)
    except CancelReasonMissing as error:
        return _page(view, error.sentence()), 422
    counts.forget(current_user.actor)
    flash(_("The case %(number)s was ended early.", number=view.instance.number))
    return redirect(url_for("instances.show", instance_id=view.instance.root_id))


@bp.post("/<uuid:instance_id>/back/<uuid:submission_id>")
@permission("instance.operate")
def back(instance_id: UUID, submission_id: UUID) -> ResponseReturnValue:
    """Open a completed step again; the reason stays in the history."""
    view = queries.instance(db.session, current_user.actor, instance_id)
    reason = request.form.get("reason", "")
    try:
        with unit_of_work() as uow:
            engine.rewind(uow, instance_id, submission_id, by=current_user.actor, reason=reason)
    except (RewindReasonMissing, RewindImpossible) as error:
        return _page(view, error.sentence()), 422
    counts.forget(current_user.actor)
    flash(_("The case goes on from that step."))
    return redirect(url_for("instances.show", instance_id=instance_id))


@bp.post("/<uuid:instance_id>/messages/<name>")
@permission("instance.operate")
def tell(instance_id: UUID, name: str) -> ResponseReturnValue:
    """Tell the case what it waits to hear, such as a caregiver's absence or a wish to end."""
    view = queries.instance(db.session, current_user.actor, instance_id)
    waiting = next((one for one in view.waits if one.kind == "message" and one.name == name), None)
    if waiting is None or name == instance_view.REPLY:
        raise MessageNotAwaited(number=view.instance.number)
    with unit_of_work() as uow:
        engine.correlate(
            uow, name, waiting.key, {}, by=current_user.actor, instance_id=view.instance.id
        )
        uow.audit.record(acts.INSTANCE_TOLD, current_user.actor, instance_id, message=name)
    flash(_("The case was told. It goes on as its diagram says."))
    return redirect(url_for("instances.show", instance_id=instance_id))


@bp.post("/<uuid:instance_id>/offers/<element_id>")
@permission("instance.view")
def take_offer(instance_id: UUID, element_id: str) -> ResponseReturnValue:
    """Start an activity that an ad-hoc subprocess offers; the verb says who may."""
    queries.instance(db.session, current_user.actor, instance_id)
    with unit_of_work() as uow:
        engine.start_activity(uow, instance_id, element_id, by=current_user.actor)
    flash(_("It has begun."))
    return redirect(url_for("instances.show", instance_id=instance_id))


@bp.post("/<uuid:instance_id>/offers/<element_id>/finish")
@permission("instance.view")
def finish_offers(instance_id: UUID, element_id: str) -> ResponseReturnValue:
    """Say that an ad-hoc subprocess is done; the verb says who may."""
    queries.instance(db.session, current_user.actor, instance_id)
    with unit_of_work() as uow:
        engine.finish_adhoc(uow, instance_id, element_id, by=current_user.actor)
    flash(_("It is done. The case goes on as its diagram says."))
    return redirect(url_for("instances.show", instance_id=instance_id))


@bp.post("/<uuid:instance_id>/incidents/<uuid:incident_id>/skip")
@permission("instance.operate")
def skip(instance_id: UUID, incident_id: UUID) -> ResponseReturnValue:
    """Leave undone what a job could not do."""
    queries.instance(db.session, current_user.actor, instance_id)  # may this actor see it?
    with unit_of_work() as uow:
        engine.skip_incident(uow, incident_id, by=current_user.actor)
    counts.forget(current_user.actor)
    flash(_("It was left undone."))
    return redirect(url_for("instances.show", instance_id=instance_id))


@bp.post("/<uuid:instance_id>/incidents/<uuid:incident_id>/retry")
@permission("incident.retry")
def retry(instance_id: UUID, incident_id: UUID) -> ResponseReturnValue:
    """Let what stopped run once more."""
    view = queries.instance(db.session, current_user.actor, instance_id)
    incident = next((one for one in view.incidents if one.id == incident_id), None)
    if incident is None:
        raise IncidentResolved(incident=str(incident_id))
    actor, values = current_user.actor, {}
    if actor.can("instance.operate"):
        try:
            values = mending.mended(mending.mendable(view, incident), request.form)
        except ValueNotNumber as error:
            return _page(view, error.sentence()), 422
    with unit_of_work() as uow:
        engine.retry_incident(uow, incident_id, by=actor, variables=values or None)
    counts.forget(current_user.actor)
    flash(_after_retry(incident))
    return redirect(url_for("instances.show", instance_id=instance_id))


def _after_retry(incident: Incident) -> str:
    if "job" in incident.facts:
        return _("It is tried again now.")
    if incident.activation_id is None:
        return _("Put aside. It stands among the mended ones.")
    db.session.expire_all()
    again = queries.instance(db.session, current_user.actor, incident.instance_id).incidents
    stopped = any(one.element_id == incident.element_id for one in again)
    return _("It stopped again at the same place.") if stopped else _("It goes on.")
