"""The person behind a request, as Flask-Login's `current_user`."""

from dataclasses import dataclass

from flask_login import UserMixin

from people.actor import Actor
from people.cards import HoldingCard, PersonCard


@dataclass(frozen=True)
class User(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """Who is logged in, in which position.

    `theme` is `light`, `dark` or `auto`; `positions` are the ones held today.
    """

    person: PersonCard
    actor: Actor
    locale: str
    theme: str
    positions: tuple[HoldingCard, ...]

    def get_id(self) -> str:
        return str(self.person.id)
