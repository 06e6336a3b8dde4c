"""Start a process: what this position may start, and what happens first."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

import engine
from engine import queries
from engine.bpmn.model import Node
from engine.errors import StartUnknown
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
    process = queries.startable_process(db.session, current_user.actor, key)
    node = _start_node(process, request.form.get("start_event", ""))
    asked = answering.forms_of(db.session, process.definition, node)
    filled = answering.read(asked, {}, files=_files())
    if filled.again:
        return _page(key, node.id, filled)
    try:
        with unit_of_work() as uow:
            instance = engine.start(
                uow,
                key,
                answers=filled.answers if asked else None,
                start_event=node.id,
                business_key=request.form.get("business_key", "").strip()[:200] or None,
                by=current_user.actor,
                request_id=_request_id(),
            )
            number = instance.number
            mine = queries.inbox(uow.session, current_user.actor, root_id=instance.root_id, limit=1)
    except FormInvalid as error:
        return _page(key, node.id, answering.judged(filled, error)), 422
    counts.forget(current_user.actor)
    flash(_("Case %(number)s has begun.", number=number))
    if mine:
        return redirect(url_for("items.show", item_id=mine[0].id))
    return redirect(url_for("inbox.page"))


@bp.post("/<key>/forms/<form>")
@permission("process.start")
def redraw(key: str, form: str) -> ResponseReturnValue:
    """One start form again, after a change on a field that others depend on (a part of a page)."""
    process = queries.startable_process(db.session, current_user.actor, key)
    node = _start_node(process, request.form.get("start_event", ""))
    asked = answering.forms_of(db.session, process.definition, node)
    one = next((each for each in asked if each.key == form), None)
    if one is None:
        return "", 404
    filled = answering.read(asked, {}, files=_files())
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
    node = _start_node(process, at)
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


def _start_node(process: StartableProcess, wanted: str) -> Node:
    """The chosen start event, or the first one.

    Raises: StartUnknown
    """
    for node in process.starts:
        if node.id == wanted:
            return node
    if wanted or not process.starts:
        raise StartUnknown(process=process.key, start=wanted)
    return process.starts[0]


def _files() -> dict[str, list[str]]:
    return answering.store_files(f"start:{current_user.person.id}")


def _request_id() -> UUID:
    try:
        return UUID(request.form.get("request_id", ""))
    except ValueError:
        return uuid4()
