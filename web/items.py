"""One piece of work: its forms, its place on the diagram, its history; the act that ends it."""

import io
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

import engine
import forms
from engine import queries
from engine.errors import OutcomeMissing, ReasonMissing
from forms.errors import FormInvalid
from kernel.errors import AppError, Conflict, Forbidden
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.uow import unit_of_work
from web import answering, counts, inbox, item_view
from web.access import permission
from web.answering import Filled
from web.database import db
from web.sheet import SentAgain, Sheet

bp = Blueprint("items", __name__, url_prefix="/items")
LEGEND = ("done", "current", "overdue", "incident")


@bp.get("/<uuid:item_id>")
@permission("inbox.use")
def show(item_id: UUID) -> ResponseReturnValue:
    """The item's form, beside the list it was opened from."""
    view = queries.item(db.session, current_user.actor, item_id)
    if not view.can_act:
        return _closed(view)
    asked = answering.forms_of(db.session, view.definition, view.node)
    draft = forms.load_draft(db.session, item_id, current_user.person.id)
    filled = answering.fresh(asked, view.variables, draft.data if draft else None)
    return _page(view, filled, saved_at=draft.saved_at if draft else None)


@bp.get("/<uuid:item_id>/papers/<path:path>")
@permission("inbox.use")
def paper(item_id: UUID, path: str) -> ResponseReturnValue:
    """A file that the designer put beside the step, as a download."""
    view = queries.item(db.session, current_user.actor, item_id)
    data = item_view.paper(db.session, view, path)
    return send_file(
        io.BytesIO(data),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=path.rpartition("/")[2],
    )


@bp.get("/<uuid:item_id>/diagram")
@permission("inbox.use")
def diagram(item_id: UUID) -> ResponseReturnValue:
    """Where the step stands on the diagram, and everything that happened before it."""
    view = queries.item(db.session, current_user.actor, item_id)
    states = item_view.states(db.session, view)
    return render_template(
        "items/diagram.html",
        states=states,
        legend=[key for key in LEGEND if any(one["state"] == key for one in states.values())],
        lines=item_view.history(db.session, view),
        **_around(view, "diagram"),
    )


@bp.get("/<uuid:item_id>/diagram.bpmn")
@permission("inbox.use")
def drawing(item_id: UUID) -> ResponseReturnValue:
    """The diagram's XML, for the viewer."""
    view = queries.item(db.session, current_user.actor, item_id)
    return queries.definition_xml(db.session, view.item.definition_id), 200, item_view.XML


@bp.post("/<uuid:item_id>")
@permission("inbox.use")
def submit(item_id: UUID) -> ResponseReturnValue:
    """Finish the work with an outcome; anything wrong shows the same page, nothing typed lost."""
    sheet = Sheet(item_id, current_user.actor)
    try:
        with unit_of_work() as uow:
            after = sheet.send(uow)
    except SentAgain as asked:
        return _page(sheet.view(), asked.filled)
    except FormInvalid as error:
        filled = sheet.typed()
        _keep(item_id, filled)  # whoever leaves to ask somebody finds it again
        page = _page(sheet.view(), answering.judged(filled, error), outcome=sheet.outcome)
        return page, 422
    except (OutcomeMissing, ReasonMissing) as error:
        return _page(sheet.view(), sheet.typed(), outcome=sheet.outcome, wrong=error), 422
    except Forbidden:
        sheet.view()  # whoever may not see the work learns nothing of it
        raise
    except Conflict as error:
        view, filled = sheet.view(), sheet.typed()
        if view.is_open:
            _keep(item_id, filled)
        return _conflict(view, error, filled)
    if sheet.step:
        counts.forget(sheet.actor)
        flash(_("“%(name)s” is done.", name=sheet.step.label(locale())))
    return redirect(url_for("items.show", item_id=after) if after else url_for("inbox.page"))


@bp.post("/<uuid:item_id>/forms/<key>")
@permission("inbox.use")
def redraw(item_id: UUID, key: str) -> ResponseReturnValue:
    """One form again, after a change on a field that others depend on (a part of a page)."""
    view = queries.item(db.session, current_user.actor, item_id)
    filled = _read(view)
    one = next((asked for asked in filled.asked if asked.key == key), None)
    if one is None:
        return "", 404
    return str(answering.draw_one(db.session, filled, one, _redraw_url(item_id, key)))


@bp.post("/<uuid:item_id>/draft")
@permission("inbox.use")
def draft(item_id: UUID) -> ResponseReturnValue:
    """Keep what is typed so far; nobody else sees it."""
    view = queries.item(db.session, current_user.actor, item_id)
    if view.is_open:
        _keep(item_id, _read(view))
    return "", 204


@bp.post("/<uuid:item_id>/claim")
@permission("inbox.use")
def claim(item_id: UUID) -> ResponseReturnValue:
    """Take the work: it leaves the others' inboxes."""
    with unit_of_work() as uow:
        engine.claim(uow, item_id, by=current_user.actor)
    return _after_claim(item_id, _("It is yours now."))


@bp.post("/<uuid:item_id>/unclaim")
@permission("inbox.use")
def unclaim(item_id: UUID) -> ResponseReturnValue:
    """Give the work back."""
    with unit_of_work() as uow:
        engine.unclaim(uow, item_id, by=current_user.actor)
    return _after_claim(item_id, _("It is open to your colleagues again."))


def _after_claim(item_id: UUID, sentence: str) -> ResponseReturnValue:
    counts.forget(current_user.actor)
    flash(sentence)
    return redirect(url_for("items.show", item_id=item_id))


def _page(
    view: Any,
    filled: Filled,
    *,
    saved_at: Any = None,
    outcome: str | None = None,
    wrong: AppError | None = None,
) -> str:
    item_id = view.item.id
    return render_template(
        "items/form.html",
        parts=answering.draw(db.session, filled, url_for("items.show", item_id=item_id) + "/forms"),
        summary=answering.summary(filled),
        wrong=wrong,
        wants_reason=outcome if isinstance(wrong, ReasonMissing) else "",
        reason=request.form.get("reason", ""),
        previews=item_view.texts(db.session, view, filled.answers),
        before=item_view.before(db.session, view),
        outcomes=item_view.outcomes(view),
        saved_at=saved_at,
        request_id=request.form.get("request_id") or str(uuid4()),
        **_around(view, "form"),
    )


def _conflict(view: Any, error: AppError, filled: Filled) -> ResponseReturnValue:
    """Who was first; what this person typed stands below, for it can be sent no more."""
    page = render_template(
        "items/closed.html",
        conflict=error,
        typed=[] if view.is_open else answering.typed(filled),
        **_around(view, "form"),
    )
    return page, 409


def _closed(view: Any) -> str:
    return render_template(
        "items/closed.html", parts=item_view.sent(db.session, view), **_around(view, "form")
    )


def _around(view: Any, tab: str) -> dict[str, Any]:
    """What every tab of the item shows: the list pane and the item's head."""
    return {
        **inbox.listing(reminders=False),
        "view": view,
        "item": view.item,
        "head": item_view.head(db.session, view),
        "current": view.item.id,
        "section": tab,
    }


def _read(view: Any) -> Filled:
    asked = answering.forms_of(db.session, view.definition, view.node)
    files = answering.store_files(f"instance:{view.item.instance_id}")
    return answering.read(asked, view.variables, files=files)


def _keep(item_id: UUID, filled: Filled) -> None:
    with unit_of_work() as uow:
        forms.save_draft(uow, item_id, current_user.person.id, filled.to_draft())


def _redraw_url(item_id: UUID, key: str) -> str:
    return url_for("items.redraw", item_id=item_id, key=key)
