"""The browser's cookie: signed as Flask's is, holding plain JSON, by a seal that is made once."""

from functools import cache

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from web.signing import Seal

PURPOSE = "ravand-session"


class Cookie(SecureCookieSessionInterface):
    """What the session holds is text, truth values and lists of them; no type needs a tag."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """What the browser has kept; nothing when it was not we who wrote it."""
        text = request.cookies.get(self.get_cookie_name(app))
        if not text:
            return self.session_class()
        max_age = int(app.permanent_session_lifetime.total_seconds())
        found = _seal(_secret(app)).read(text, max_age)
        return self.session_class(found if isinstance(found, dict) else None)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when the session has changed, and take it away when it is empty."""
        if not session:
            super().save_session(app, session, response)
            return
        if session.accessed and "Vary" not in response.headers:
            response.headers.add("Vary", "Cookie")
        elif session.accessed:
            response.vary.add("Cookie")
        if not self.should_set_cookie(app, session):
            return
        response.set_cookie(
            self.get_cookie_name(app),
            _seal(_secret(app)).write(dict(session)),
            expires=self.get_expiration_time(app, session),
            httponly=self.get_cookie_httponly(app),
            domain=self.get_cookie_domain(app),
            path=self.get_cookie_path(app),
            secure=self.get_cookie_secure(app),
            samesite=self.get_cookie_samesite(app),
        )


def _secret(app: Flask) -> str:
    key = app.secret_key
    if not key:
        raise RuntimeError("the application has no secret key")
    return key if isinstance(key, str) else key.decode()


@cache
def _seal(secret: str) -> Seal:
    return Seal(secret, PURPOSE)
