"""Start a process: what this position may start, and what happens first."""

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine import queries
from engine.queries import StartableProcess
from forms.errors import FormInvalid
from kernel.i18n import gettext as _
from kernel.text import search_key
from kernel.uow import unit_of_work
from people import directory
from web import answering, counts
from web.access import permission
from web.answering import Filled
from web.database import db
from web.opening import Opening, start_node, store_files
from web.sheet import SentAgain
from web.step_words import steps_in_words

bp = Blueprint("start", __name__, url_prefix="/start")
STEPS_SHOWN = 3
OFTEN = 3


@bp.get("")
@permission("process.start")
def page() -> ResponseReturnValue:
    """Every process that can be started; the chosen one opens beside the list."""
    return _page(request.args.get("process", ""), request.args.get("at", ""))


@bp.post("/<key>")
@permission("process.start")
def begin(key: str) -> ResponseReturnValue:
    """Begin an instance at the chosen start event (A20); the same form twice begins one."""
    opening = Opening(key, current_user.actor)
    try:
        with unit_of_work() as uow:
            number, first = opening.begin(uow)
    except SentAgain as asked:
        return _page(key, opening.at, asked.filled)
    except FormInvalid as error:
        return _page(key, opening.at, answering.judged(opening.filled, error)), 422
    counts.forget(current_user.actor)
    flash(_("Case %(number)s has begun.", number=number))
    return redirect(url_for("items.show", item_id=first) if first else url_for("inbox.page"))


@bp.post("/<key>/forms/<form>")
@permission("process.start")
def redraw(key: str, form: str) -> ResponseReturnValue:
    """One start form again, after a change on a field that others depend on (a part of a page)."""
    process = queries.startable_process(db.session, current_user.actor, key)
    node = start_node(process, request.form.get("start_event", ""))
    asked = answering.forms_of(db.session, process.definition, node)
    one = next((each for each in asked if each.key == form), None)
    if one is None:
        return "", 404
    filled = answering.read(asked, {}, files=store_files(current_user.actor))
    address = url_for("start.redraw", key=key, form=form)
    return str(answering.draw_one(db.session, filled, one, address))


@bp.get("/<key>/diagram.bpmn")
@permission("process.start")
def drawing(key: str) -> ResponseReturnValue:
    """The diagram of a process that may be started."""
    process = queries.startable_process(db.session, current_user.actor, key)
    xml = queries.definition_xml(db.session, process.definition.id)
    return xml, 200, {"Content-Type": "application/xml; charset=utf-8"}


def _page(key: str, at: str, filled: Filled | None = None) -> str:
    wanted = request.args.get("q", "").strip()
    every = queries.startable(db.session, current_user.actor)
    processes = [one for one in every if _fits(one, wanted)]
    chosen = next((one for one in every if one.key == key), None)
    chosen = chosen or (processes[0] if processes else None)
    often = [one for one in processes if one.started_by_me][:OFTEN]
    return render_template(
        "start/page.html",
        often=often,
        rest=[one for one in processes if one not in often],
        wanted=wanted,
        request_id=str(uuid4()),
        chosen=chosen,
        **(_card(chosen, at, filled) if chosen else {}),
    )


def _fits(process: StartableProcess, wanted: str) -> bool:
    """Whether the search fits the process, or one of its steps."""
    words = search_key(wanted).split()
    steps = (f"{node.name} {node.name_en}" for node in process.model.nodes.values())
    text = search_key(" ".join((process.name, process.name_en, *steps)))
    return all(word in text for word in words)


def _card(process: StartableProcess, at: str, filled: Filled | None) -> dict[str, Any]:
    """The card beside the list: where to start, the start form, the first steps."""
    node = start_node(process, at)
    asked = answering.forms_of(db.session, process.definition, node)
    filled = filled or answering.fresh(asked, {})
    steps = steps_in_words(process.model, directory.of(db.session))
    forms_url = url_for("start.begin", key=process.key) + "/forms"
    return {
        "at": node.id,
        "parts": answering.draw(db.session, filled, forms_url),
        "summary": answering.summary(filled),
        "steps": steps[:STEPS_SHOWN],
        "more_steps": max(0, len(steps) - STEPS_SHOWN),
    }
