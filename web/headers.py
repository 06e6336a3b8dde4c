"""Security headers on every answer. No inline script or style is ever allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response
from werkzeug.datastructures import Headers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
HEADERS = (
    ("Content-Security-Policy", CSP),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
)


_STRICT = ("Strict-Transport-Security", "max-age=31536000")
_NAMES = frozenset(name.lower() for name, _ in HEADERS)
_PLAIN = re.compile(r"[A-Za-z0-9/_.~?=&%-]+")  # an address that is written as it is sent


class Answer(Response):
    """Flask's response; the headers that are always the same join it on its way out."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        """As Werkzeug does it, without a copy where there is nothing to mend."""
        headers = self.headers
        location = headers.get("Location")
        bodiless = self.status_code < 200 or self.status_code in (204, 304)
        strange = location is not None and not _PLAIN.fullmatch(location)
        if bodiless or strange or "Content-Location" in headers:
            return super().get_wsgi_headers(environ)
        if self.is_sequence and "Content-Length" not in headers:
            headers.add("Content-Length", str(sum(map(len, self.iter_encoded()))))
        return headers

    def get_wsgi_response(
        self, environ: WSGIEnvironment
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """With the security headers, as far as the view has not set its own."""
        body, status, headers = super().get_wsgi_response(environ)
        said = {name.lower() for name, _ in headers}
        ours = HEADERS if said.isdisjoint(_NAMES) else _unsaid(said)
        headers = [*headers, *ours]
        if environ.get("wsgi.url_scheme") == "https" and _STRICT[0].lower() not in said:
            headers.append(_STRICT)
        if "cache-control" not in said and not environ["PATH_INFO"].startswith("/static/"):
            headers.append(("Cache-Control", "no-store"))
        return body, status, headers


def _unsaid(said: set[str]) -> list[tuple[str, str]]:
    return [one for one in HEADERS if one[0].lower() not in said]
