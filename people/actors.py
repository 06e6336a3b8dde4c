"""Make an Actor of a logged-in person."""

from uuid import UUID

from sqlalchemy.orm import Session

from people import directory
from people.actor import Actor
from people.errors import PersonUnknown, PositionNotHeld


def actor_for(session: Session, person_id: UUID, acting_position: str | None = None) -> Actor:
    """Who acts when this person does, in the position chosen or the first one held.

    A person who stands in for somebody acts on that holder's behalf.

    Raises:
        PersonUnknown: nobody of that id, or no longer active.
        PositionNotHeld: the chosen position is not (or no longer) this person's.
    """
    chart = directory.of(session)
    person = chart.person(person_id)
    if not person.active:
        raise PersonUnknown(person=person.username)
    held = chart.holdings_of(person_id)
    chosen = next((one for one in held if acting_position in (None, one.position)), None)
    if acting_position is not None and chosen is None:
        raise PositionNotHeld(position=acting_position, name=person.name)
    return Actor(
        person_id=person_id,
        position=chosen.position if chosen else None,
        on_behalf_of=chosen.stands_in_for if chosen else None,
        permissions=chart.permissions_of(person_id),
        principals=chart.principals_of(person_id),
        name=person.name,
    )


def actor_at(session: Session, position_key: str) -> Actor:
    """The first holder of a position, acting in it (set-up, cases, the demo).

    Raises: PersonUnknown when the position is vacant.
    """
    holders = directory.of(session).holders(position_key)
    if not holders:
        raise PersonUnknown(person=position_key)
    return actor_for(session, holders[0], position_key)
