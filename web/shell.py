"""What every page's frame shows: who is here, the navigation, the counts, the language."""

from typing import Any

from flask import Flask, current_app, request, session, url_for
from flask_login import current_user

from kernel import clock
from kernel.i18n import direction, locale
from people import directory
from web import counts, navigation
from web.database import db

KEYS_COOKIE = "ravand-keys"


def init_app(app: Flask) -> None:
    """Add the frame's values to every template."""
    app.context_processor(frame)


def frame() -> dict[str, Any]:
    """Values of `layout.html` and `bare.html`; costs no statement beyond the cached counts."""
    speaks = locale()
    common = {
        "locale": speaks,
        "direction": direction(),
        "theme": current_user.theme if current_user else "auto",
        "now": clock.now(),
        "here": here(),
        "organisation_name": _organisation(),
        "signed_in": False,
    }
    if not current_user or not current_user.is_authenticated:
        common["theme"] = session.get("theme", "auto")
        return common
    actor = current_user.actor
    return common | {
        "signed_in": True,
        "can": actor.can,
        "me": _me(speaks),
        "navigation": navigation.groups_for(actor.permissions, speaks),
        "tabbar": navigation.tabbar_for(actor.permissions, speaks),
        "counts": counts.of(db.session, actor),
        "polls": url_for("live.numbers"),
        "live_url": url_for("live.events"),
        "palette_url": url_for("live.palette"),
        "notices_href": url_for("live.notices"),
        "single_keys": request.cookies.get(KEYS_COOKIE) != "off",
    }


def here() -> str:
    """The address to come back to after a switch of language, theme or position."""
    if request.method != "GET" or not request.endpoint:
        return "/"
    return request.full_path.rstrip("?")


def _organisation() -> str:
    config = current_app.extensions.get("ravand_config")
    return config.organisation_name if config else ""


def _me(speaks: str) -> dict[str, Any]:
    chart = directory.of(db.session)
    card, acting = current_user.person, current_user.actor.position
    held = [chart.position(holding.position) for holding in current_user.positions]
    positions = [
        {"key": post.key, "name": (post.name_en if speaks == "en" else "") or post.name}
        for post in held
    ]
    return {
        "id": card.id,
        "name": (card.name_en if speaks == "en" else "") or card.name,
        "position": acting,
        "position_name": next((p["name"] for p in positions if p["key"] == acting), ""),
        "positions": positions,
    }
