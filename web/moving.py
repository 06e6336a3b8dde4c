"""Moving a case to another version of its process: the plan, the choices it asks for, the move."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

import engine
from engine import queries
from engine.errors import MigrationImpossible
from engine.migration import Plan, Step
from engine.queries import InstanceView
from kernel.i18n import gettext as _
from kernel.i18n import locale
from kernel.uow import unit_of_work
from web import counts
from web.access import permission
from web.database import db
from web.filters import digits

bp = Blueprint("moving", __name__, url_prefix="/instances")

PREFIX = "to:"  # of the fields that say where an element's work goes


@bp.get("/<uuid:instance_id>/version")
@permission("instance.operate")
def show(instance_id: UUID) -> ResponseReturnValue:
    """What a move would do; the version stands in the address."""
    view = queries.instance(db.session, current_user.actor, instance_id)
    return _page(view, request.args.get("version", type=int))


@bp.post("/<uuid:instance_id>/version")
@permission("instance.operate")
def move(instance_id: UUID) -> ResponseReturnValue:
    """Move it, or show again what still has no place."""
    view = queries.instance(db.session, current_user.actor, instance_id)
    version = request.form.get("version", 0, type=int)
    try:
        with unit_of_work() as uow:
            engine.migrate(uow, instance_id, version, _chosen(), by=current_user.actor)
    except MigrationImpossible as error:
        return _page(view, version, error.sentence()), 422
    counts.forget(current_user.actor)
    flash(_("The case goes on in version %(version)s.", version=digits(version)))
    return redirect(url_for("instances.show", instance_id=instance_id))


def _page(view: InstanceView, version: int | None, wrong: str = "") -> str:
    others = [
        (one.version, _("version %(version)s", version=digits(one.version)))
        for one in queries.versions(db.session, view.definition.key)
        if one.version != view.definition.version
    ]
    known = {number for number, _text in others}
    return render_template(
        "instances/move.html",
        view=view,
        case=view.instance,
        others=others,
        version=version if version in known else "",
        plan=_plan(view, version) if version in known and version is not None else None,
        word=_word,
        options=_options,
        wrong=wrong,
    )


def _plan(view: InstanceView, version: int) -> Plan:
    with unit_of_work(commit=False) as uow:
        return engine.plan_migration(uow, view.instance.id, version, _chosen())


def _chosen() -> dict[str, str]:
    """Where the elements go that the reader chose a place for."""
    given = request.form.items()
    return {name.removeprefix(PREFIX): to for name, to in given if name.startswith(PREFIX) and to}


def _options(step: Step) -> list[tuple[str, str]]:
    return [(key, (en if locale() == "en" else "") or fa) for key, fa, en in step.choices]


def _word(step: Step) -> Any:
    """Why a step's work cannot go where it would, in words."""
    return {
        "missing": _("The other version has no such step. Choose where its work goes."),
        "kind": _("There it is a step of another kind. Choose where its work goes."),
        "scope": _("There it stands in another subprocess. Choose where its work goes."),
        "repeat": _("There it runs another number of times. Choose where its work goes."),
        "event": _("There it waits for something else. Choose where its work goes."),
        "flow": _("There nothing leads to it from where its work came. Choose another place."),
    }[step.problem]
