"""People and the chart: who holds which position, and what it allows."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from kernel.errors import Conflict, Invalid
from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from people import directory, edit, queries
from people.permissions import PERMISSIONS
from web.access import permission
from web.auth import sessions
from web.auth.passwords import random_password, set_password
from web.database import db
from web.people_view import PersonPanel, panel_of, tree

bp = Blueprint("people", __name__, url_prefix="/people")

FIELDS = ("username", "name", "name_en", "title", "mobile", "email")


@bp.get("/")
@permission("people.view")
def index() -> ResponseReturnValue:
    """The chart of positions, the list of people, and one person's card."""
    query = request.args.get("q", "")
    rows = queries.persons(db.session, current_user.actor, query=query)
    chart = directory.of(db.session)
    return render_template(
        "people/index.html",
        tree=tree(chart),
        rows=rows,
        query=query,
        chart=chart,
        panel=_panel(request.args.get("person")),
    )


def _panel(person_id: str | None) -> PersonPanel | None:
    if not person_id:
        return None
    try:
        return panel_of(directory.of(db.session), UUID(person_id))
    except ValueError:
        return None


@bp.get("/roles")
@permission("people.view")
def roles() -> ResponseReturnValue:
    """Which role allows what."""
    chart = directory.of(db.session)
    return render_template("people/roles.html", chart=chart, permissions=PERMISSIONS)


@bp.get("/new")
@permission("people.edit")
def new() -> ResponseReturnValue:
    """An empty form for a person."""
    return _new_form(MultiDict(), None)


@bp.post("/new")
@permission("people.edit")
def add() -> ResponseReturnValue:
    """Add the person; their password is shown once, on the next page."""
    given = request.form
    secret = random_password()
    try:
        with unit_of_work() as uow:
            by = current_user.actor
            person = edit.add_person(
                uow,
                given.get("username", ""),
                given.get("name", ""),
                name_en=given.get("name_en", ""),
                title=given.get("title", ""),
                mobile=given.get("mobile") or None,
                email=given.get("email") or None,
                by=by,
            )
            set_password(uow, person, secret, by=by)
            uow.session.flush()
            if given.get("position"):
                edit.hold_position(uow, person.id, given["position"], by=by)
            if given.get("role"):
                edit.grant_role(uow, given["role"], to=person.id, by=by)
    except (Invalid, Conflict) as error:
        return _new_form(given, error.sentence())
    _say_password(person.name, secret)
    return redirect(url_for("people.index", person=person.id))


def _new_form(given: "MultiDict[str, str]", error: str | None) -> ResponseReturnValue:
    page = render_template(
        "people/new.html", given=given, error=error, chart=directory.of(db.session)
    )
    return page, 422 if error else 200


def _say_password(name: str, secret: str) -> None:
    flash(
        _(
            "The password of %(name)s is %(password)s. It is shown only now.",
            name=name,
            password=secret,
        ),
        "keep",
    )


@bp.post("/<uuid:person_id>/positions")
@permission("people.edit")
def hold(person_id: UUID) -> ResponseReturnValue:
    """Give the person a position, or take one away."""
    position, taking = request.form.get("position", ""), request.form.get("act") == "release"
    with unit_of_work() as uow:
        if taking:
            edit.release_position(uow, person_id, position, by=current_user.actor)
        else:
            edit.hold_position(uow, person_id, position, by=current_user.actor)
    flash(_("The position was taken away.") if taking else _("The position was given."))
    return redirect(url_for("people.index", person=person_id))


@bp.post("/<uuid:person_id>/roles")
@permission("people.edit")
def change_role(person_id: UUID) -> ResponseReturnValue:
    """Give the person a role, or take one away."""
    role, taking = request.form.get("role", ""), request.form.get("act") == "withdraw"
    with unit_of_work() as uow:
        if taking:
            edit.withdraw_role(uow, role, of=person_id, by=current_user.actor)
        else:
            edit.grant_role(uow, role, to=person_id, by=current_user.actor)
    flash(_("The role was taken away.") if taking else _("The role was given."))
    return redirect(url_for("people.index", person=person_id))


@bp.post("/<uuid:person_id>/active")
@permission("people.edit")
def set_active(person_id: UUID) -> ResponseReturnValue:
    """Close or open somebody's access; closing ends their sessions at once."""
    closing = request.form.get("act") == "deactivate"
    with unit_of_work() as uow:
        if closing:
            person = edit.deactivate(uow, person_id, by=current_user.actor)
            sessions.end_all(uow, person_id)
        else:
            person = edit.activate(uow, person_id, by=current_user.actor)
    name = person.name
    flash(
        _("The access of %(name)s is closed.", name=name)
        if closing
        else _("The access of %(name)s is open again.", name=name)
    )
    return redirect(url_for("people.index", person=person_id))


@bp.post("/<uuid:person_id>/password")
@permission("people.edit")
def reset_password(person_id: UUID) -> ResponseReturnValue:
    """Make a new random password, shown once; open sessions end."""
    secret = random_password()
    with unit_of_work() as uow:
        person = edit.change_person(uow, person_id, by=current_user.actor)
        set_password(uow, person, secret, by=current_user.actor)
        sessions.end_all(uow, person_id)
    _say_password(person.name, secret)
    return redirect(url_for("people.index", person=person_id))
