"""Server-side sessions: opened at log-in under a new secret, ended from either side.

They live by the machine's clock, not the product's: a moved clock must not keep one alive.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from kernel.db import database
from kernel.prepared import Prepared
from kernel.uow import UnitOfWork, unit_of_work
from people import versions
from people.tables import Person
from web.auth.tables import WebSession

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
_TOUCH_EVERY = timedelta(minutes=2)


def open_session(uow: UnitOfWork, person_id: UUID, *, address: str, agent: str) -> str:
    """Begin a session; the secret token for the cookie, stored nowhere."""
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    uow.session.execute(delete(WebSession).where(WebSession.created_at < now - ABSOLUTE))
    uow.session.add(
        WebSession(
            id=_digest(token),
            person_id=person_id,
            acting_position=None,
            created_at=now,
            seen_at=now,
            address=address[:60],
            agent=agent[:200],
        )
    )
    return token


class Found(NamedTuple):
    """A session in use, with what every page asks of its person and organisation."""

    id: str
    person_id: UUID
    acting_position: str | None
    created_at: datetime
    seen_at: datetime
    theme: str
    version: UUID | None


_ROW: Any = WebSession.__table__.c
_PERSON: Any = Person.__table__.c
# Built once: each request begins with it, and it saves the chart's own question.
_FIND = Prepared(
    select(
        _ROW.id,
        _ROW.person_id,
        _ROW.acting_position,
        _ROW.created_at,
        _ROW.seen_at,
        _PERSON.theme,
        versions.VERSION.scalar_subquery(),
    )
    .join_from(WebSession.__table__, Person.__table__, _PERSON.id == _ROW.person_id)
    .where(_ROW.id == bindparam("digest"))
)


def find(token: str, session: Session | None = None) -> Found | None:
    """The session of a token, unless it idled for an hour or is twelve hours old.

    Args:
        session: the transaction to ask in; without one the question stands alone.
    """
    now, given = datetime.now(UTC), {"digest": _digest(token)}
    row = _FIND.first(session.connection(), given) if session else database().glance(_FIND, given)
    if row is None:
        return None
    if session:
        versions.remember(session, row[-1])
    found = Found(*row)
    if found.seen_at < now - IDLE or found.created_at < now - ABSOLUTE:
        return None
    return found


def touch(row: Found) -> None:
    """Note that the session is in use; at most every two minutes, to spare the disk."""
    now = datetime.now(UTC)
    if row.seen_at < now - _TOUCH_EVERY:
        with unit_of_work() as uow:
            uow.session.execute(
                update(WebSession).where(WebSession.id == row.id).values(seen_at=now)
            )


def end(uow: UnitOfWork, token: str) -> None:
    """Log this browser out."""
    uow.session.execute(delete(WebSession).where(WebSession.id == _digest(token)))


def end_all(uow: UnitOfWork, person_id: UUID) -> None:
    """Log every browser of a person out."""
    uow.session.execute(delete(WebSession).where(WebSession.person_id == person_id))


def act_as(uow: UnitOfWork, token: str, position: str) -> None:
    """Go on in another position; whether it is held is checked at each request."""
    uow.session.execute(
        update(WebSession).where(WebSession.id == _digest(token)).values(acting_position=position)
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
