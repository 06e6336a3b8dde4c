"""From the cookie to the current user, with one statement for the session."""

from flask import Flask, Request, session
from flask_login import AnonymousUserMixin, LoginManager

from kernel.i18n import set_locale
from people import directory
from people.actors import actor_for
from people.errors import PersonUnknown, PositionNotHeld
from web.auth import sessions
from web.auth.user import User
from web.database import db

TOKEN = "sid"  # noqa: S105 the name of the entry, not a secret


class Nobody(AnonymousUserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """A visitor who has not logged in."""

    theme = "auto"
    actor = None
    person = None
    positions = ()

    @property
    def locale(self) -> str | None:
        """What the visitor chose on the log-in page, if anything."""
        return session.get("locale")


def init_app(app: Flask) -> None:
    """Teach Flask-Login to find the user in our sessions."""
    manager = LoginManager(app)
    manager.session_protection = None  # ours are server-side and rotated at log-in
    manager.anonymous_user = Nobody
    manager.request_loader(load)


def load(request: Request) -> User | None:
    """The user of the session whose token the cookie carries."""
    token = session.get(TOKEN)
    found = sessions.find(db.session, token) if token else None
    if found is None:
        return None
    sessions.touch(found)
    return _user(found)


def _user(row: sessions.Found) -> User | None:
    chart = directory.of(db.session)
    try:
        actor = actor_for(db.session, row.person_id, row.acting_position)
    except PositionNotHeld:
        actor = actor_for(db.session, row.person_id)
    except PersonUnknown:
        return None
    card = chart.person(row.person_id)
    set_locale(card.locale)
    return User(card, actor, card.locale, row.theme, tuple(chart.holdings_of(row.person_id)))
