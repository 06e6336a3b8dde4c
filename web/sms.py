"""What the SMS provider calls: a text came in, a delivery changed. The path is the secret.

The provider signs nothing, so the address is unguessable, the answer is fast and the same
whatever came, and everything is deduplicated by the provider's message id.
"""

import hashlib
import hmac
from typing import Any

from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue

import notifiers
from config import Config
from kernel.secrets import secret_key
from kernel.uow import unit_of_work
from web.access import public
from web.csrf import csrf

bp = Blueprint("sms", __name__)


def receive_path(config: Config) -> str:
    """The path to enter in the provider's panel for incoming texts."""
    return f"/hooks/sms/{_secret(config)}/receive"


@bp.route("/hooks/sms/<secret>/receive", methods=["GET", "POST"])
@public
@csrf.exempt
def receive(secret: str) -> ResponseReturnValue:
    """A person answered a text, or wrote by themselves."""
    _require(secret)
    values: dict[str, Any] = request.values.to_dict()
    message_id, sender = values.get("messageid", ""), values.get("from", "")
    if message_id and sender:
        with unit_of_work() as uow:
            notifiers.receive_sms(
                uow,
                message_id[:80],
                sender[:40],
                values.get("to", "")[:40],
                values.get("message", ""),
            )
    return "ok", 200, {"Content-Type": "text/plain"}


def _require(secret: str) -> None:
    expected = _secret(current_app.extensions["ravand_config"])
    if not hmac.compare_digest(secret.encode(), expected.encode()):
        abort(404)


def _secret(config: Config) -> str:
    if config.kavenegar_callback_secret:
        return config.kavenegar_callback_secret
    key = secret_key(config.data_dir).encode()
    return hmac.new(key, b"incoming sms", hashlib.sha256).hexdigest()[:40]
