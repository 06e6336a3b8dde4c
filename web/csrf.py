"""One token per session on every unsafe method; only provider callbacks are exempt.

Flask-WTF's rules and refusals. The token is the session's own, which its signed cookie keeps: a
second signature around it would say nothing more.
"""

import secrets
from collections.abc import Callable
from hmac import compare_digest
from typing import TypeVar

from flask import Flask, current_app, g, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect, same_origin

View = TypeVar("View", bound=Callable[..., object])

FIELD = "csrf_token"


def token() -> str:
    """The session's token, for forms and scripts."""
    if not isinstance(session.get(FIELD), str):
        session[FIELD] = secrets.token_hex(20)
    known: str = session[FIELD]
    return known


class _Protect(CSRFProtect):  # type: ignore[misc]  # Flask-WTF ships no types
    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals[FIELD] = token
        app.context_processor(lambda: {FIELD: token})

    def protect(self, apply_exemptions: bool = False) -> None:
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        if apply_exemptions and (not request.endpoint or self._is_exempt()):
            return
        _check(self._get_csrf_token(), session.get(FIELD))
        if request.is_secure and current_app.config["WTF_CSRF_SSL_STRICT"]:
            _check_referrer()
        g.csrf_valid = True


def _check(sent: str | None, known: object) -> None:
    if not sent:
        raise CSRFError("The CSRF token is missing.")
    if not isinstance(known, str):
        raise CSRFError("The CSRF session token is missing.")
    if not compare_digest(sent.encode(), known.encode()):
        raise CSRFError("The CSRF tokens do not match.")


def _check_referrer() -> None:
    if not request.referrer:
        raise CSRFError("The referrer header is missing.")
    if not same_origin(request.referrer, f"https://{request.host}/"):
        raise CSRFError("The referrer does not match the host.")


csrf = _Protect()


def exempt(view: View) -> View:
    """Let a view take calls from other programs; it must know its callers in another way."""
    csrf.exempt(view)
    return view
