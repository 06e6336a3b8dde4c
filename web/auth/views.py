"""Log in, log out, act in another position."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from kernel.audit import acts
from kernel.i18n import LOCALES, set_locale
from kernel.i18n import gettext as _
from kernel.uow import UnitOfWork, unit_of_work
from people import directory, versions
from people.actors import actor_for
from people.errors import PositionNotHeld
from people.tables import Person
from web.access import public, signed_in
from web.auth import passwords, sessions
from web.auth.loading import TOKEN
from web.database import db
from web.limits import limiter

bp = Blueprint("auth", __name__)


def _account() -> str:
    return f"{request.remote_addr}|{request.form.get('username', '').strip().lower()[:80]}"


def _reading() -> bool:
    return request.method != "POST"


def _refused(response: Response) -> bool:
    return response.status_code == 422


@bp.route("/login", methods=["GET", "POST"])
@public
@limiter.limit("5/minute;20/hour", key_func=_account, exempt_when=_reading, deduct_when=_refused)
@limiter.limit("60/minute", exempt_when=_reading, deduct_when=_refused)
def login() -> ResponseReturnValue:
    """The log-in page; a wrong name and a wrong password are answered alike."""
    if request.method == "GET":
        if current_user.is_authenticated:
            return redirect(safe_next())
        return render_template("login/login.html", username="", next=safe_next(), error=None)
    username = request.form.get("username", "").strip()
    person = _check(username, request.form.get("password", ""))
    if person is None:
        _note_refusal(username)
        error = _("The user name or the password is wrong.")
        page = render_template("login/login.html", username=username, next=safe_next(), error=error)
        return page, 422
    target = safe_next()
    with unit_of_work() as uow:
        token = _open(uow, person)
    session.clear()
    session[TOKEN] = token
    session.permanent = True
    return redirect(target)


def _check(username: str, password: str) -> Person | None:
    person = db.session.scalars(select(Person).where(Person.username == username.lower())).first()
    usable = person is not None and person.active
    right = passwords.verify(password, person.password_hash if usable and person else None)
    return person if right and usable else None


def _note_refusal(username: str) -> None:
    """Whose name it was, when there is such a person; what was typed may be a password."""
    with unit_of_work() as uow:
        tried = select(Person.id).where(Person.username == username.lower())
        uow.audit.record(acts.SESSION_REFUSED, None, uow.session.scalar(tried) or "")


def _open(uow: UnitOfWork, person: Person) -> str:
    by = actor_for(uow.session, person.id)
    uow.audit.record(acts.SESSION_OPENED, by, person.id)
    if TOKEN in session:
        sessions.end(uow, session[TOKEN])
    return sessions.open_session(
        uow,
        person.id,
        address=request.remote_addr or "",
        agent=request.headers.get("User-Agent", ""),
    )


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """End this session; harmless when it has ended already."""
    if TOKEN in session:
        with unit_of_work() as uow:
            sessions.end(uow, session[TOKEN])
            if current_user.is_authenticated:
                uow.audit.record(acts.SESSION_CLOSED, current_user.actor, current_user.person.id)
    session.clear()
    return redirect(url_for("auth.login"))


@bp.post("/logout-everywhere")
@signed_in
def logout_everywhere() -> ResponseReturnValue:
    """End every session of this person, on every device."""
    with unit_of_work() as uow:
        sessions.end_all(uow, current_user.person.id)
        uow.audit.record(acts.SESSIONS_CLOSED, current_user.actor, current_user.person.id)
    session.clear()
    return redirect(url_for("auth.login"))


@bp.post("/act-as")
@signed_in
def act_as() -> ResponseReturnValue:
    """Go on in another of one's positions."""
    position = request.form.get("position", "")
    if position not in {held.position for held in current_user.positions}:
        raise PositionNotHeld(position=position, name=current_user.person.name)
    with unit_of_work() as uow:
        sessions.act_as(uow, session[TOKEN], position)
        uow.audit.record(acts.SESSION_POSITION, current_user.actor, position)
    flash(_("You now act as %(position)s.", position=_position_name(position)))
    return redirect(safe_next())


@bp.post("/language")
@public
def language() -> ResponseReturnValue:
    """Speak the other language: kept with the person, or with the visit before log-in."""
    chosen = request.form.get("locale", "")
    if chosen not in LOCALES:
        chosen = "fa"
    if current_user.is_authenticated:
        with unit_of_work() as uow:
            person = uow.session.get_one(Person, current_user.person.id)
            person.locale = chosen
            versions.renew(uow)
    else:
        session["locale"] = chosen
    set_locale(chosen)
    return redirect(safe_next())


def _position_name(key: str) -> str:
    card = directory.of(db.session).position(key)
    return card.name if current_user.locale == "fa" else card.name_en or card.name


def safe_next() -> str:
    """Where to go on: a path of our own, never another host."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    safe = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
        and target.isprintable()
    )
    return target if safe else url_for("my_day.page")
