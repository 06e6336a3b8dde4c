"""What a person likes: language, theme, single-letter keys."""

from flask import Blueprint, flash, redirect, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_login import current_user

from kernel.i18n import gettext as _
from kernel.uow import unit_of_work
from people import edit
from web.access import public, signed_in
from web.auth.views import safe_next
from web.shell import KEYS_COOKIE

bp = Blueprint("prefs", __name__)
THEMES = ("auto", "light", "dark")
_YEAR = 365 * 24 * 3600


@bp.get("/prefs")
@signed_in
def page() -> ResponseReturnValue:
    """One page for the few things a person may choose."""
    return render_template("prefs/page.html", keys_on=request.cookies.get(KEYS_COOKIE) != "off")


@bp.post("/prefs/theme")
@public
def theme() -> ResponseReturnValue:
    """Light, dark or as the system says: kept with the person, or with the visit."""
    chosen = request.form.get("theme", "")
    if chosen not in THEMES:
        chosen = "auto"
    if current_user.is_authenticated:
        with unit_of_work() as uow:
            edit.choose_looks(uow, theme=chosen, by=current_user.actor)
    else:
        session["theme"] = chosen
    return redirect(safe_next())


@bp.post("/prefs/keys")
@signed_in
def keys() -> ResponseReturnValue:
    """Single-letter keys on or off, in this browser."""
    chosen = "on" if request.form.get("keys") else "off"
    answer = redirect(safe_next())
    answer.set_cookie(KEYS_COOKIE, chosen, max_age=_YEAR, samesite="Lax", httponly=True)
    flash(_("Single-letter keys are on.") if chosen == "on" else _("Single-letter keys are off."))
    return answer
