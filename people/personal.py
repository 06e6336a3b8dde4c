"""Tables about the organisation's own people: nobody from outside stands in them."""

from __future__ import annotations

from kernel.personal import declare
from people import tables

declare(tables.Organisation, free="id name name_en phone")
declare(
    tables.Person,
    free="username title name name_en sort_key search_key password_hash mobile email locale theme",
)
declare(tables.Unit, free="key name name_en rank")
declare(tables.Position, free="key name name_en rank")
declare(tables.Holding, free="since until")
declare(tables.Role, free="key name name_en")
declare(tables.RolePermission, free="permission")
declare(tables.PersonRole)
declare(tables.PositionRole)
declare(
    tables.WorkCalendarRow,
    free="key name name_en zone weekly day_minutes",
)
declare(tables.Holiday, free="day name name_en")
