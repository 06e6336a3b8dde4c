"""The one table from families of errors to answers."""

import logging
import secrets

from flask import Flask, Response, current_app, g, jsonify, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from kernel import errors
from kernel.again import OutcomeUnknown
from kernel.errors import AppError
from kernel.i18n import gettext as _
from kernel.i18n import set_locale
from web import send_again, trail
from web.auth.loading import Nobody

log = logging.getLogger("ravand.web")


class SignInNeeded(AppError):
    """The session has ended, or there never was one."""

    code = "web.sign-in-needed"


class ViewUndeclared(errors.Forbidden):
    """A view that does not say who may open it is open to nobody."""

    code = "web.view-undeclared"


class PageUnknown(errors.NotFound):
    """No page has this address."""

    code = "web.page-unknown"


class FormStale(errors.Invalid):
    """The page was open for too long, or was not ours."""

    code = "web.form-stale"


class TooManyTries(errors.LimitReached):
    """Slow down."""

    code = "web.too-many-tries"


class BadRequest(errors.Invalid):
    """The browser sent what no page of ours sends."""

    code = "web.bad-request"


class TooLarge(errors.Invalid):
    """More than a request may carry; nothing of it was read."""

    code = "web.too-large"


class DatabaseAway(errors.Unavailable):
    """The database does not answer; it usually does again a moment later."""

    code = "web.database-silent"


class Broken(AppError):
    """A defect of ours; the request id finds it in the log."""

    code = "web.broken"


TRY_AGAIN_AFTER = "5"  # seconds; what is away mostly restarts
STATUS: tuple[tuple[type[AppError], int], ...] = (
    (SignInNeeded, 401),
    (FormStale, 400),
    (BadRequest, 400),
    (TooLarge, 413),
    (errors.NotFound, 404),
    (errors.Forbidden, 403),
    (errors.Conflict, 409),
    (errors.Invalid, 422),
    (errors.LimitReached, 429),
    (errors.Unavailable, 503),
    (AppError, 500),
)

_OF_HTTP: dict[int, type[AppError]] = {
    404: PageUnknown,
    405: PageUnknown,
    413: TooLarge,
    429: TooManyTries,
}


def status_of(error: AppError) -> int:
    """The HTTP status of an error's family."""
    return next(status for family, status in STATUS if isinstance(error, family))


def init_app(app: Flask) -> None:
    """Answer every error with a page (or JSON) in the reader's language."""
    app.register_error_handler(AppError, answer)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    for silent in (OperationalError, InterfaceError, PoolTimeout, OutcomeUnknown):
        app.register_error_handler(silent, _away)
    app.register_error_handler(Exception, _defect)
    app.before_request(_give_request_id)


def answer(error: AppError) -> ResponseReturnValue:
    """The page that says what happened, to what, and what to do."""
    status = status_of(error)
    if status == 403:
        trail.denied(error)
    sent = send_again.fields() if status == 503 else []
    facts = {
        "code": error.code,
        "status": status,
        "title": _title(status),
        "sentence": error.sentence(),
        "request_id": g.get("request_id", ""),
    }
    headers = {"Retry-After": TRY_AGAIN_AFTER} if status == 503 else {}
    if _wants_json():
        return jsonify(error=facts), status, headers
    facts |= {"sent": sent, "unsent": not sent and _typed(error)}
    return render_template("errors/error.html", error=facts), status, headers


def _typed(error: AppError) -> bool:
    """Whether a form was sent in vain whose page the browser still has."""
    return isinstance(error, DatabaseAway) and request.method == "POST"


def _title(status: int) -> str:
    titles = {
        400: _("This page is no longer valid"),
        401: _("Your session has ended"),
        403: _("This is not open to your position"),
        404: _("Not found"),
        409: _("Somebody was faster"),
        413: _("This cannot be accepted"),
        422: _("This cannot be accepted"),
        429: _("Too many tries"),
        503: _("A service does not answer"),
    }
    return titles.get(status, _("Something broke on our side"))


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _stale(error: CSRFError) -> ResponseReturnValue:
    return answer(FormStale())


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error.response, Response) or (error.code or 500) < 400:
        return error.get_response()
    kind = _OF_HTTP.get(error.code or 500, BadRequest if (error.code or 500) < 500 else Broken)
    return answer(kind(limit=current_app.config["MAX_CONTENT_LENGTH"] // 1024 // 1024))


def _away(error: Exception) -> ResponseReturnValue:
    """A page that asks nothing of the database, not even who reads it."""
    reason = getattr(error, "orig", None) or error.__cause__ or error
    log.warning("request %s: the database is away: %s", g.get("request_id"), type(reason).__name__)
    if not g.get("_login_user"):  # as Flask-Login keeps it: nobody could be found yet
        set_locale(session.get("locale") or current_app.config["DEFAULT_LOCALE"])
    g.without_database, g._login_user = True, Nobody()
    return answer(error if isinstance(error, OutcomeUnknown) else DatabaseAway())


def _defect(error: Exception) -> ResponseReturnValue:
    log.exception("request %s failed", g.get("request_id"))
    return answer(Broken())


def _give_request_id() -> None:
    g.request_id = secrets.token_hex(6)
