"""What the SMS provider calls: a text came in, a delivery changed. The path is the secret.

The provider signs nothing, so the address is unguessable, the answer is fast and the same
whatever came, and everything is deduplicated by the provider's message id.
"""

import hashlib
import hmac

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

import notifiers
from config import Config
from kernel.secrets import secret_key
from kernel.uow import unit_of_work
from web.access import public
from web.csrf import exempt

bp = Blueprint("sms", __name__)


def receive_path(config: Config) -> str:
    """The path to enter in the provider's panel for incoming texts."""
    return f"/hooks/sms/{_secret(config)}/receive"


@bp.route("/hooks/sms/<secret>/receive", methods=["GET", "POST"])
@public
@exempt
def receive(secret: str) -> ResponseReturnValue:
    """A person answered a text, or wrote by themselves."""
    _require(secret)
    text = notifiers.read_callback(request.values)
    if text is not None:
        with unit_of_work() as uow:
            notifiers.receive_sms(uow, text.provider_id, text.sender, text.to, text.text)
    return "ok", 200, {"Content-Type": "text/plain"}


@bp.route("/hooks/sms/<secret>/status", methods=["GET", "POST"])
@public
@exempt
def status(secret: str) -> ResponseReturnValue:
    """The provider says what became of a text."""
    _require(secret)
    report = notifiers.read_status_callback(request.values)
    if report is not None:
        with unit_of_work() as uow:
            notifiers.report_status(uow, report)
    return "ok", 200, {"Content-Type": "text/plain"}


def _require(secret: str) -> None:
    expected = _secret(current_app.extensions["ravand_config"])
    if not hmac.compare_digest(secret.encode(), expected.encode()):
        abort(404)


def _secret(config: Config) -> str:
    if config.kavenegar_callback_secret:
        return config.kavenegar_callback_secret
    key = secret_key(config.key_path).encode()
    return hmac.new(key, b"incoming sms", hashlib.sha256).hexdigest()[:40]
