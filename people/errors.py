"""What can go wrong around people, positions and working time."""

from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.i18n import gettext, translate_code
from people.permissions import PERMISSIONS


class PermissionMissing(Forbidden):
    """The actor lacks a permission. Mend: an admin grants a role that carries it."""

    code = "people.permission-missing"

    def sentence(self) -> str:
        """Names the permission as people read it, not by its key."""
        key = str(self.facts.get("permission", ""))
        label = next((one.label for one in PERMISSIONS if one.key == key), key)
        return translate_code(self.code, {**self.facts, "permission": gettext(label)})


class NoWorktime(Invalid):
    """The calendar has no (or not enough) open hours to spend the asked minutes.

    Mend: set opening hours, or remove a run of closed days.
    """

    code = "people.no-worktime"


class DurationInvalid(Invalid):
    """Not an ISO 8601 duration that a working clock can read (years and months have no length)."""

    code = "people.duration-invalid"


class HoursInvalid(Invalid):
    """Opening hours overlap, run backwards, or lie outside a day."""

    code = "people.hours-invalid"


class NameMissing(Invalid):
    """A person, unit or position needs a name that can be read."""

    code = "people.name-missing"


class PersonUnknown(NotFound):
    """Nobody with this id or user name."""

    code = "people.person-unknown"


class UnitUnknown(NotFound):
    """No unit with this key."""

    code = "people.unit-unknown"


class PositionUnknown(NotFound):
    """No position with this key."""

    code = "people.position-unknown"


class RoleUnknown(NotFound):
    """No role with this key."""

    code = "people.role-unknown"


class HolidayUnknown(NotFound):
    """No holiday on this day in this calendar."""

    code = "people.holiday-unknown"


class KeyTaken(Conflict):
    """Another unit, position, role or user name has this key already."""

    code = "people.key-taken"


class ManagersCircle(Invalid):
    """The chart would go round in a circle: a position would manage itself."""

    code = "people.managers-circle"


class PositionNotHeld(Conflict):
    """The person does not hold (nor stand in for) this position today."""

    code = "people.position-not-held"
