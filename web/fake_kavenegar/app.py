"""The Flask application: the provider's REST methods, and the page with the captured texts."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, current_app, request, send_from_directory
from flask.typing import ResponseReturnValue

from web.fake_kavenegar import faults
from web.fake_kavenegar.answers import Refusal, envelope
from web.fake_kavenegar.faults import Fault
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
        return _commit_fault(state, fault, key, name, params)
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
        return _json(refusal.code, None)
    return _json(200, entries)


def _commit_fault(
    state: FakeState, fault: Fault, key: str, name: str, params: Params
) -> ResponseReturnValue:
    if fault.kind == "page500":
        page = "<!doctype html><title>500</title><h1>Internal Server Error</h1>"
        return Response(page, 500, mimetype="text/html")
    if fault.kind == "empty":
        return Response(b"", 200, mimetype="application/json")
    if fault.kind == "no_entries":
        return Response(
            '{"return":{"status":200,"message":"تایید شد"}}', mimetype="application/json"
        )
    if fault.kind == "code":
        return _json(fault.code, None)
    if fault.kind == "cut":
        return _silence()
    if fault.kind == "delay":
        state.stopping.wait(fault.seconds)
        return _answer(state, key, name, params)
    _answer(state, key, name, params)  # accept_then_silence
    state.stopping.wait(fault.seconds)
    return _silence()


def _silence() -> Response:
    faults.hang_up(request.environ)
    return Response(b"", 500)


def _json(code: int, entries: object) -> Response:
    body = orjson.dumps(envelope(code, entries))
    return Response(body, code, mimetype="application/json")


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
