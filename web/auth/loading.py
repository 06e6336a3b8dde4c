"""From the cookie to the current user, with one statement for the session."""

from datetime import date
from uuid import UUID

from flask import Flask, Request, Response, request, session
from flask_login import AnonymousUserMixin, LoginManager

from kernel.i18n import set_locale
from people import directory
from people.actors import actor_for
from people.chart import Directory, today
from people.errors import PersonUnknown, PositionNotHeld
from web.auth import sessions
from web.auth.user import User
from web.database import db

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
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


class _Manager(LoginManager):  # type: ignore[misc]  # Flask-Login ships no types
    """Finds the user in our sessions, which are server-side and rotated at log-in, only."""

    anonymous_user = Nobody

    def _load_user(self) -> None:
        self._update_request_context_with_user(load(request))

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


def init_app(app: Flask) -> None:
    """Teach Flask-Login to find the user in our sessions."""
    _Manager(app).anonymous_user = Nobody


def load(request: Request) -> User | None:
    """The user of the session whose token the cookie carries."""
    token = session.get(TOKEN)
    # What changes something reads in its unit of work; a page goes on with this transaction.
    reading = db.session if request.method in _SAFE else None
    found = sessions.find(token, reading) if token else None
    if found is None:
        return None
    sessions.touch(found)
    user = _user(found)
    if user is not None:
        set_locale(user.locale)
        _remember(user)
    return user


def _remember(user: User) -> None:
    """Keep in the cookie what a page needs that cannot ask the database who reads it."""
    for name, value in (("locale", user.locale), ("theme", user.theme)):
        if session.get(name) != value:
            session[name] = value


class _Known:
    """Users as one chart makes them on one day: many requests ask for the same few."""

    def __init__(self, chart: Directory | None, day: date) -> None:
        self.chart, self.day = chart, day
        self.users: dict[tuple[UUID, str | None, str], User | None] = {}


_known = _Known(None, date.min)


def _user(row: sessions.Found) -> User | None:
    global _known
    chart, day = _chart(row.version), today()
    known = _known
    if known.chart is not chart or known.day != day:
        known = _known = _Known(chart, day)
    key = (row.person_id, row.acting_position, row.theme)
    if key not in known.users:
        known.users[key] = _made(row, chart)
    return known.users[key]


def _chart(version: UUID | None) -> Directory:
    known = directory.kept(version) if version else None
    return known or directory.of(db.session)


def _made(row: sessions.Found, chart: Directory) -> User | None:
    try:
        actor = actor_for(db.session, row.person_id, row.acting_position)
    except PositionNotHeld:
        actor = actor_for(db.session, row.person_id)
    except PersonUnknown:
        return None
    card = chart.person(row.person_id)
    return User(card, actor, card.locale, row.theme, tuple(chart.holdings_of(row.person_id)))
