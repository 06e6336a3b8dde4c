"""Start a process: what this position may start, and what happens first."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

import engine
import forms
from engine import queries
from engine.errors import StartUnknown
from forms.errors import FormInvalid
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.uow import unit_of_work
from web import answering, counts
from web.access import permission
from web.database import db
from web.steps import Step, first_steps

bp = Blueprint("start", __name__)
OFTEN = 3
STEPS = 3


@bp.get("/start")
@permission("process.start")
def page() -> ResponseReturnValue:
    """Every process that can be started; the chosen one opens beside the list."""
    return _page(request.args.get("process", ""), request.args.get("at", ""))


@bp.post("/start/<key>")
@permission("process.start")
def begin(key: str) -> ResponseReturnValue:
    """Begin an instance at the chosen start event."""
    at = request.form.get("start_event") or None
    chosen = queries.startable_process(db.session, current_user.actor, key)
    asked = answering.forms_of(db.session, chosen.definition, _node(chosen, at))
    filled = answering.read(asked, {}, scope=f"start:{key}")
    if filled.again:
        return _page(key, at or "", filled)
    try:
        with unit_of_work() as uow:
            instance = engine.start(
                uow,
                key,
                answers=filled.answers or None,
                start_event=at,
                business_key=request.form.get("business_key", "").strip()[:200] or None,
                by=current_user.actor,
                request_id=_request_id(),
            )
            number, instance_id = instance.number, instance.id
    except FormInvalid:
        return _page(key, at or "", answering.judged(filled)), 422
    counts.forget(current_user.actor)
    flash(_("Case %(number)s has begun.", number=number))
    mine = queries.inbox(db.session, current_user.actor, root_id=instance_id, limit=1)
    if mine:
        return redirect(url_for("items.show", item_id=mine[0].id))
    return redirect(url_for("inbox.page"))
