"""What stopped, by its cause: one look shows whether one mend frees many cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine import queries
from engine.queries import IncidentRow
from kernel.audit import acts
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.jobs import breaker, operating
from kernel.uow import unit_of_work
from notifiers import reasons
from web import case_words
from web.access import permission
from web.database import db
from web.paging import SIZE, cursor, instant_cursor, with_query

bp = Blueprint("incidents", __name__, url_prefix="/incidents")
STATES = {"": "open", "resolved": "resolved"}


@dataclass(frozen=True)
class Cause:
    """Incidents of one kind at one element."""

    title: str
    heading: str
    process: IncidentRow
    rows: list[IncidentRow]


@bp.get("/")
@permission("incident.view")
def index() -> ResponseReturnValue:
    """Open incidents by cause; mended ones for looking back."""
    chosen = request.args.get("state", "")
    rows = queries.incidents(
        db.session,
        current_user.actor,
        state=STATES.get(chosen, "open"),
        definition_key=request.args.get("process") or None,
        after=instant_cursor(request.args.get("after")),
        limit=SIZE + 1,
    )
    last = rows[SIZE - 1] if len(rows) > SIZE else None
    return render_template(
        "incidents/index.html",
        causes=_causes(rows[:SIZE]),
        next_href=with_query(after=cursor(last.opened_at, last.id)) if last else None,
        chips=[
            {"text": text, "href": with_query(state=key, after=None), "on": key == chosen}
            for key, text in (("", _("Open (incidents)")), ("resolved", _("Mended")))
        ],
        resolved=chosen == "resolved",
        said=case_words.said,
        jobs=queries.unattended_jobs(db.session) if not request.args else [],
        silent=breaker.open_breakers(db.session) if not request.args else [],
        channel_word=reasons.channel_word,
    )


@bp.post("/connectors/<connector>/try")
@permission("incident.retry")
def try_connector(connector: str) -> ResponseReturnValue:
    """Let the next call to a service that was silent be made at once."""
    with unit_of_work() as uow:
        breaker.try_now(uow, connector)
        uow.audit.record(acts.CONNECTOR_TRIED, current_user.actor, connector)
    flash(_("It is tried again now."))
    return redirect(url_for("incidents.index"))


@bp.post("/jobs/<uuid:job_id>/retry")
@permission("incident.retry")
def retry_job(job_id: UUID) -> ResponseReturnValue:
    """Let a failed job of no case run again."""
    with unit_of_work() as uow:
        kind = operating.retry_job(uow, job_id)
        uow.audit.record(acts.JOB_RETRIED, current_user.actor, job_id, kind=kind)
    flash(_("It is tried again now."))
    return redirect(url_for("incidents.index"))


@bp.post("/jobs/<uuid:job_id>/skip")
@permission("instance.operate")
def skip_job(job_id: UUID) -> ResponseReturnValue:
    """Leave a failed job of no case undone."""
    with unit_of_work() as uow:
        kind = operating.skip_job(uow, job_id)
        uow.audit.record(acts.JOB_SKIPPED, current_user.actor, job_id, kind=kind)
    flash(_("It was left undone."))
    return redirect(url_for("incidents.index"))


def _causes(rows: Sequence[IncidentRow]) -> list[Cause]:
    """The same code at the same element of the same process stands together, latest first."""
    ordered = sorted(rows, key=_kind)
    found = [list(group) for _key, group in groupby(ordered, key=_kind)]
    found.sort(key=lambda group: max(one.opened_at for one in group), reverse=True)
    return [
        Cause(
            case_words.cause(group[0]),
            case_words.heading(group[0], _element(group[0])),
            group[0],
            sorted(group, key=lambda one: one.opened_at, reverse=True),
        )
        for group in found
    ]


def _element(row: IncidentRow) -> str:
    """The element as that version calls it, in the reader's language."""
    if locale() == "fa":
        return row.element_name
    definition = queries.definition(db.session, row.definition_key, row.version)
    return case_words.element_name(definition.model, row.element_id)


def _kind(row: IncidentRow) -> tuple[str, str, str]:
    return row.definition_key, row.element_id, row.code
