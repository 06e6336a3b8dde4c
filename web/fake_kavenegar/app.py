"""The Flask application: the provider's REST methods, and the page with the captured texts."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue

from web.fake_kavenegar import faults, misbehaving
from web.fake_kavenegar.answers import Refusal
from web.fake_kavenegar.misbehaving import json_answer
from web.fake_kavenegar.pages import pages
from web.fake_kavenegar.sms import METHODS, POST_ONLY, Params
from web.fake_kavenegar.state import FakeState

HERE = Path(__file__).parent
BUILT = HERE.parent / "static" / "dist"
REMEMBERED = 10_000


def create_fake(state: FakeState, *, stylesheet: str = "") -> Flask:
    """The provider as a WSGI application.

    Args:
        stylesheet: address of the product's own style sheet for the page of captured texts.
            Only its path counts: the built files are served from here as well, since a
            browser takes no fonts from another origin.
    """
    app = Flask("fake_kavenegar", root_path=str(HERE))
    app.extensions["fake_kavenegar"] = state
    app.config["STYLESHEET"] = urlsplit(stylesheet).path
    app.register_blueprint(pages)
    app.add_url_rule("/v1/<key>/<scope>/<method>.json", "call", _call, methods=["GET", "POST"])
    app.add_url_rule("/static/dist/<path:name>", "built", _built)
    app.after_request(_headers)
    app.before_request(_refuse_strangers)
    return app


def _call(key: str, scope: str, method: str) -> ResponseReturnValue:
    state = _state()
    name = f"{scope}/{method}"
    params = request.values.to_dict()
    with state.lock:
        state.requests.append({"method": name, "verb": request.method, "params": params})
        del state.requests[:-REMEMBERED]
        fault = faults.take(state.faults, name)
    if fault is not None:
        return misbehaving.commit(fault, state.stopping, lambda: _answer(state, key, name, params))
    return _answer(state, key, name, params)


def _answer(state: FakeState, key: str, name: str, params: Params) -> Response:
    """Do the method; the return code stands in the body and is the HTTP status too."""
    try:
        with state.lock:
            if key != state.api_key:
                raise Refusal(403)
            if name not in METHODS:
                raise Refusal(404)
            if name in POST_ONLY and request.method == "GET":
                raise Refusal(405)
            entries = METHODS[name](state, params)
            state.save()
    except Refusal as refusal:
        return json_answer(refusal.code, None)
    return json_answer(200, entries)


def _state() -> FakeState:
    state: FakeState = current_app.extensions["fake_kavenegar"]
    return state


def _built(name: str) -> Response:
    """A built file of the product: its style sheet, its fonts."""
    return send_from_directory(BUILT, name)


def _refuse_strangers() -> ResponseReturnValue | None:
    """A page of another site may not press the buttons of this one."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    if request.method == "POST" and site not in {"none", "same-origin"}:
        return Response("cross-site", 403)
    return None


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
