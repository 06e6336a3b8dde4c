"""What every page's frame shows: who is here, the navigation, the counts, the language."""

from functools import cache, lru_cache
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_login import current_user
from markupsafe import Markup

from engine.settings import settings
from kernel import clock
from kernel.i18n import direction, locale
from people import directory
from web import counts, navigation
from web.assets import asset
from web.database import db

KEYS_COOKIE = "ravand-keys"
COUNTED = ("inbox", "incidents", "instances")


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
        "organisation_name": "" if g.get("without_database") else _organisation(),
        "signed_in": False,
        "draw": draw,
        "link": link,
    }
    if not current_user or not current_user.is_authenticated:
        common["theme"] = session.get("theme", "auto")
        return common
    actor = current_user.actor
    counted = counts.of(db.session, actor)
    return common | {
        "signed_in": True,
        "can": actor.can,
        "me": _me(speaks),
        "counts": counted,
        "nav_counts": tuple(counted.get(key, 0) for key in COUNTED),
        "polls": link("live.numbers"),
        "live_url": link("live.events"),
        "palette_url": link("live.palette"),
        "notices_href": link("live.notices"),
        "single_keys": request.cookies.get(KEYS_COOKIE) != "off",
    }


def draw(name: str, active: str = "", counted: tuple[int, ...] = ()) -> Markup:
    """A part of the frame that is the same for everybody of one language and one set of
    permissions: `nav`, `tabbar`, `keys`, `session`, `words`. Rendered once, then kept.
    """
    signed_in = current_user and current_user.is_authenticated
    permissions = current_user.actor.permissions if signed_in else frozenset()
    built = asset("main.js")  # icons may have been built anew
    return _drawn(name, locale(), permissions, active, counted, request.script_root, built)


@lru_cache(maxsize=1024)
def _drawn(
    name: str,
    speaks: str,
    permissions: frozenset[str],
    active: str,
    counted: tuple[int, ...],
    root: str,
    built: str,
) -> Markup:
    template = current_app.jinja_env.get_template(f"shell/{name}.html")
    return Markup(  # noqa: S704  (our own template, which escapes)
        template.render(
            active=active,
            locale=speaks,
            direction=direction(speaks),
            navigation=navigation.groups_for(permissions, speaks),
            tabbar=navigation.tabbar_for(permissions, speaks),
            counts=dict(zip(COUNTED, counted, strict=False)),
            link=link,
        )
    )


def link(endpoint: str) -> str:
    """The address of a page without values, worked out once."""
    return _link(request.script_root, endpoint)


@cache
def _link(root: str, endpoint: str) -> str:
    return url_for(endpoint)


def here() -> str:
    """The address to come back to after a switch of language, theme or position."""
    if request.method != "GET" or not request.endpoint:
        return "/"
    return request.full_path.rstrip("?")


def _organisation() -> str:
    """As it named itself; the settings' name until then."""
    named = settings().organisation()
    return str((named.get("name_en") if locale() == "en" else "") or named["name"])


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
