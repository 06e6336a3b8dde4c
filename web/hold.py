"""After a restore: what waits, and the button that lets everything run."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine import queries
from kernel import clock, hold
from kernel.audit import acts
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from notifiers import holding
from web import counts
from web.access import permission
from web.database import db

bp = Blueprint("hold", __name__, url_prefix="/hold")


@bp.get("/")
@permission("instance.operate")
def page() -> ResponseReturnValue:
    """What would happen when the hold ends."""
    return render_template(
        "hold/page.html",
        held=hold.current(db.session),
        texts=holding.waiting_texts(db.session),
        timers=queries.timers_due(db.session, clock.now()),
    )


@bp.post("/release")
@permission("instance.operate")
def release() -> ResponseReturnValue:
    """Let everything run; texts that wait go out only when that was chosen."""
    with unit_of_work() as uow:
        hold.release(uow)
        send, by = request.form.get("texts") == "send", current_user.actor
        left = 0 if send else holding.leave_unsent(uow, by=by)
        uow.audit.record(acts.HOLD_ENDED, by, unsent=left)
    counts.forget_everybody()
    flash(_("Everything runs again."))
    return redirect(url_for("hold.page"))
