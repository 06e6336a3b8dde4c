"""Limits on how often something may be asked: in memory, or in Redis when there is one."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address


class _Limiter(Limiter):
    """Counts where a view asks for it; there is no limit on everything to look up before each."""

    def _check_request_limit(
        self, callable_name: str | None = None, in_middleware: bool = True
    ) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = _Limiter(get_remote_address, headers_enabled=True)


def init_app(app: Flask, redis_url: str | None) -> None:
    """Count in Redis when several processes serve, else in this one's memory."""
    app.config["RATELIMIT_STORAGE_URI"] = redis_url or "memory://"
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    limiter.init_app(app)
    limiter.request_filter(_is_unlimited)


def _is_unlimited() -> bool:
    """Only what is asked before log-in is limited; nothing is looked up for the rest."""
    return request.blueprint != "auth"
