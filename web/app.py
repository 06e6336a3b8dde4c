"""The composition root: one configuration in, one application out."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config, from_env
from kernel import db as kernel_db
from kernel import files
from kernel.i18n import set_locale
from kernel.secrets import secret_key
from web import access, database, errors, limits, logs, metrics, repeating, scale, trail, wiring
from web.auth import loading
from web.cookie import Cookie
from web.csrf import csrf
from web.headers import Answer
from web.request import Request

# Each names a module of this package whose `bp` is a blueprint.
AREAS = (
    "auth.views",
    "health",
    "metrics",
    "my_day",
    "inbox",
    "items",
    "start",
    "tickets",
    "contacts",
    "contact_data",
    "prefs",
    "live",
    "files",
    "sms",
    "definitions",
    "instances",
    "moving",
    "incidents",
    "deliveries",
    "hold",
    "people",
    "calendar",
    "audit",
    "reports",
)


class _Application(Flask):
    request_class = Request
    response_class = Answer

    def preprocess_request(self) -> ResponseReturnValue | None:
        return repeating.repeat(super().preprocess_request)

    def dispatch_request(self) -> ResponseReturnValue:
        return repeating.repeat(super().dispatch_request)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: nothing here is asynchronous."""
        return func


def create_app(config: Config | None = None) -> Flask:
    """The application, joined to the database and the file store that `config` names."""
    config = config or from_env()
    kernel_db.configure(config.database_url)
    files.configure(config.files_place)
    wiring.connect(config)
    scale.connect(config, listen=True)
    app = _Application(__name__)
    app.config.update(_settings(config))
    app.session_interface = Cookie()
    app.extensions["ravand_config"] = config
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    metrics.init_app(app)
    repeating.init_app(app)
    database.init_app(app)
    errors.init_app(app)
    trail.init_app(app)
    logs.init_app(app, config)
    limits.init_app(app, config.redis_url)
    loading.init_app(app)
    app.before_request(_speak)
    app.before_request(access.guard)
    app.before_request(access.refuse_nul)
    csrf.init_app(app)
    import_module("web.filters").init_app(app)
    for area in AREAS:
        app.register_blueprint(import_module(f"web.{area}").bp)
    return app


def _settings(config: Config) -> dict[str, object]:
    secure = config.secure_cookies
    return {
        "SECRET_KEY": secret_key(config.key_path),
        "SESSION_COOKIE_NAME": "__Host-ravand" if secure else "ravand",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "MAX_CONTENT_LENGTH": 25 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "WTF_CSRF_TIME_LIMIT": None,  # ends with the session
        "WTF_CSRF_SSL_STRICT": secure,
        "JSON_SORT_KEYS": False,
        "DEFAULT_LOCALE": config.default_locale,
    }


def _speak() -> None:
    """Choose the language before anything can fail in it.

    Style sheets, scripts and fonts have none: they come without asking the database who wants
    them, so that the page about its absence looks like a page.
    """
    asked = None if request.endpoint == "static" else current_user.locale
    set_locale(asked or current_app.config["DEFAULT_LOCALE"])
