"""The chart as a tree, and one person's card, from the directory's snapshot."""

from dataclasses import dataclass, field
from uuid import UUID

from people.cards import PersonCard, PositionCard, RoleCard, UnitCard
from people.chart import Directory


@dataclass
class Post:
    """A position with its holders and the positions under it."""

    card: PositionCard
    unit: UnitCard
    holders: list[PersonCard]
    below: list["Post"] = field(default_factory=list)


@dataclass(frozen=True)
class PersonPanel:
    """Everything the card of one person shows."""

    card: PersonCard
    positions: list[PositionCard]
    roles: list[RoleCard]


def tree(chart: Directory) -> list[Post]:
    """The positions, each under its manager; the topmost first."""
    posts = {
        key: Post(card, chart.unit(card.unit), [chart.person(p) for p in chart.holders(key)])
        for key, card in chart.positions.items()
    }
    top: list[Post] = []
    for post in sorted(posts.values(), key=lambda one: (one.card.rank, one.card.key)):
        manager = posts.get(post.card.manager or "")
        (manager.below if manager else top).append(post)
    return top


def panel_of(chart: Directory, person_id: UUID) -> PersonPanel:
    """One person's card.

    Raises: PersonUnknown
    """
    return PersonPanel(
        chart.person(person_id),
        [chart.position(key) for key in chart.positions_of(person_id)],
        [chart.roles[key] for key in sorted(chart.roles_of(person_id))],
    )
