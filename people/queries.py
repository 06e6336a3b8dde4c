"""Questions about people, for pages and log-in."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from kernel import text
from people import directory, tables
from people.actor import Actor
from people.calendars import DEFAULT_KEY
from people.versions import ROW


@dataclass(frozen=True)
class PersonRow:
    """A person in a list, with the keys of what they hold today."""

    id: UUID
    username: str
    title: str
    name: str
    name_en: str
    mobile: str | None
    email: str | None
    active: bool
    positions: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True)
class OrganisationCard:
    """The organisation's own particulars."""

    name: str
    name_en: str
    phone: str


def person(session: Session, person_id: UUID) -> tables.Person | None:
    """The stored person, for log-in and profile pages."""
    return session.get(tables.Person, person_id)


def person_by_username(session: Session, username: str) -> tables.Person | None:
    """Whoever logs in under this name."""
    return session.scalar(
        select(tables.Person).where(tables.Person.username == username.strip().lower())
    )


def persons(session: Session, actor: Actor, *, query: str = "") -> list[PersonRow]:
    """People by family name; `query` matches parts of names and user names."""
    actor.require("people.view")
    chart = directory.of(session)
    statement = select(tables.Person).order_by(tables.Person.sort_key, tables.Person.id)
    for word in text.search_key(query).split():
        statement = statement.where(tables.Person.search_key.contains(word, autoescape=True))
    return [
        PersonRow(
            row.id,
            row.username,
            row.title,
            row.name,
            row.name_en,
            row.mobile,
            row.email,
            row.active,
            tuple(chart.positions_of(row.id)),
            tuple(sorted(chart.roles_of(row.id))),
        )
        for row in session.scalars(statement)
    ]


def organisation(session: Session) -> OrganisationCard:
    """What the organisation is called; empty before it was named."""
    row = session.get(tables.Organisation, ROW)
    return (
        OrganisationCard(row.name, row.name_en, row.phone) if row else OrganisationCard("", "", "")
    )


def calendars(session: Session) -> list[tables.WorkCalendarRow]:
    """All calendars, the default one first."""
    return list(
        session.scalars(
            select(tables.WorkCalendarRow).order_by(
                tables.WorkCalendarRow.is_default.desc(), tables.WorkCalendarRow.key
            )
        )
    )


def holidays(
    session: Session, first: date, last: date, *, calendar: str = DEFAULT_KEY
) -> list[tables.Holiday]:
    """Closed days from `first` to `last` (both included), ascending."""
    return list(
        session.scalars(
            select(tables.Holiday)
            .where(
                tables.Holiday.calendar_key == calendar,
                tables.Holiday.day >= first,
                tables.Holiday.day <= last,
            )
            .order_by(tables.Holiday.day)
        )
    )


def demo_accounts_exist(session: Session) -> bool:
    """Whether people with published passwords can log in; a public bind is refused then."""
    return bool(session.scalar(select(exists().where(tables.Person.demo, tables.Person.active))))


def nobody_yet(session: Session) -> bool:
    """Whether the product is still empty of people."""
    return not session.scalar(select(exists().where(tables.Person.id.is_not(None))))
