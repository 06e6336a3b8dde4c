"""What the audit log is told of requests: the way they came by, and what was denied to whom."""

import time
from ipaddress import ip_address
from threading import Lock
from uuid import UUID

from flask import Flask, current_app, g, has_request_context, request
from flask_login import current_user

from kernel import audit
from kernel.audit import acts
from kernel.errors import AppError
from kernel.uow import unit_of_work

ONCE_IN = 60.0  # seconds: a page that asks again and again does not fill the log
_MOST = 10_000  # denials remembered for that


def init_app(app: Flask) -> None:
    """Tell the audit log by which way an act of this process came."""
    app.extensions["ravand_denials"] = _Lately()
    audit.ask_origin(_origin)


def _origin() -> audit.Origin:
    if not has_request_context():
        return audit.Origin()
    return audit.Origin("web", _network(request.remote_addr), g.get("request_id", ""))


def _network(address: str | None) -> str:
    """Where the browser is; never its address, which may point at a person."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    if found.is_loopback:
        return "here"
    return "inside" if found.is_private else "outside"


class _Lately:
    """What was noted in the last minute, by this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until: dict[object, float] = {}

    def is_new(self, what: object) -> bool:
        now = time.monotonic()
        with self._lock:
            if self._until.get(what, 0.0) > now:
                return False
            if len(self._until) >= _MOST:
                self._until = {one: until for one, until in self._until.items() if until > now}
            self._until[what] = now + ONCE_IN
            return True


def denied(error: AppError) -> None:
    """Note that somebody wanted what is not open to them; the same once in a minute."""
    actor = current_user.actor if current_user.is_authenticated else None
    ids = [str(one) for one in (request.view_args or {}).values() if isinstance(one, UUID)]
    who = actor.person_id if actor else request.remote_addr
    lately: _Lately = current_app.extensions["ravand_denials"]
    if not lately.is_new((who, request.endpoint, error.code, *ids)):
        return
    with unit_of_work() as uow:
        uow.audit.record(
            acts.ACCESS_DENIED,
            actor,
            request.endpoint or "",
            error=error.code,
            permission=error.facts.get("permission"),
            id=ids or None,
        )
