"""Who acts: a person, in which position, on whose behalf, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from people.errors import PermissionMissing
from people.permissions import ALL


@dataclass(frozen=True)
class Actor:
    """The one who does something, as every verb receives it in `by`.

    Attributes:
        person_id: None only for the system itself.
        position: key of the position acted in; None when the person holds none.
        on_behalf_of: the holder for whom a substitute acts.
        permissions: what the actor may do.
        principals: the addresses of work this actor may take
            (`person:…`, `position:…`, `unit:…`, `role:…`).
        name: as written in history, which keeps it even when the person is renamed.
    """

    person_id: UUID | None
    position: str | None
    on_behalf_of: UUID | None
    permissions: frozenset[str]
    principals: frozenset[str]
    name: str

    def can(self, permission: str) -> bool:
        """Whether the actor has this permission."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Refuse an actor without this permission.

        Raises: PermissionMissing
        """
        if permission not in self.permissions:
            raise PermissionMissing(permission=permission, name=self.name)

    @property
    def is_system(self) -> bool:
        """Whether no person stands behind the act (timers, jobs, set-up)."""
        return self.person_id is None


SYSTEM = Actor(
    person_id=None,
    position=None,
    on_behalf_of=None,
    permissions=ALL,
    principals=frozenset(),
    name="روند",
)
