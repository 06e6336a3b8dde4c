"""Which request, which person and which case a line of the log belongs to."""

import logging
import time
from uuid import UUID

from flask import Flask, Response, g, request

from config import Config
from kernel import logs

log = logging.getLogger("ravand.access")


def init_app(app: Flask, config: Config) -> None:
    """Only where the log is structured; the ids are gathered for nobody else."""
    if config.log_format == "json":
        app.before_request(_begin)
        app.after_request(_line)


def _begin() -> None:
    ids = request.view_args or {}
    logs.begin(request=g.request_id)
    logs.note(**{name: str(value) for name, value in ids.items() if isinstance(value, UUID)})


def _line(response: Response) -> Response:
    """One line a request: the endpoint, never the address, which may hold a secret."""
    user = g.get("_login_user")  # as Flask-Login keeps it: nobody is looked up for a line
    if user is not None and user.is_authenticated:
        logs.note(person_id=user.get_id())
    facts = {
        "method": request.method,
        "endpoint": request.endpoint,
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1),
    }
    log.info("request", extra={"facts": facts})
    return response
