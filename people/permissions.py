"""What a person may be allowed to do, and the roles that ship.

A view or verb names one permission; whoever lacks it is refused. Labels are
message ids: pages show them through `_(...)`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Permission:
    """One thing that can be allowed. `label` is a message id."""

    key: str
    label: str


PERMISSIONS: tuple[Permission, ...] = (
    Permission("inbox.use", "Work in the inbox"),
    Permission("process.start", "Start processes"),
    Permission("process.view", "See processes and their diagrams"),
    Permission("process.design", "Upload and draw processes"),
    Permission("process.release", "Release and retire processes"),
    Permission("instance.view", "See instances one takes part in"),
    Permission("instance.view_all", "See all instances"),
    Permission("instance.cancel", "End instances early"),
    Permission("instance.operate", "Claim, move and mend instances"),
    Permission("incident.view", "See incidents"),
    Permission("incident.retry", "Retry incidents"),
    Permission("delivery.view", "See sent messages"),
    Permission("people.view", "See people and the chart"),
    Permission("people.edit", "Change people and the chart"),
    Permission("calendar.edit", "Change working hours and holidays"),
    Permission("contact.view", "See contacts"),
    Permission("contact.edit", "Change contacts"),
    Permission("contact.export", "Hand out all data of a contact"),
    Permission("contact.erase", "Erase a contact's personal data"),
    Permission("ticket.view", "See tickets"),
    Permission("ticket.create", "Record tickets"),
    Permission("report.view", "Read reports"),
    Permission("report.export", "Download lists as Excel and PDF"),
    Permission("report.design", "Design reports"),
    Permission("audit.view", "See the audit log"),
    Permission("admin.view", "See the state of the system"),
)

ALL: frozenset[str] = frozenset(permission.key for permission in PERMISSIONS)

_STAFF = frozenset(
    {
        "inbox.use",
        "process.start",
        "process.view",
        "instance.view",
        "delivery.view",
        "people.view",
        "contact.view",
        "contact.edit",
        "ticket.view",
        "ticket.create",
    }
)
_SUPERVISOR = _STAFF | {
    "instance.view_all",
    "instance.cancel",
    "instance.operate",
    "incident.view",
    "report.view",
    "report.export",
}
_DESIGNER = _STAFF | {
    "process.design",
    "process.release",
    "instance.view_all",
    "incident.view",
    "report.view",
    "report.design",
}
_MANAGER = _SUPERVISOR | {"incident.retry", "process.release", "report.design"}


@dataclass(frozen=True)
class ShippedRole:
    """A role that every organisation starts with; admins may change it afterwards."""

    key: str
    name: str
    name_en: str
    permissions: frozenset[str]


ROLES: tuple[ShippedRole, ...] = (
    ShippedRole("staff", "کارمند", "Staff", _STAFF),
    ShippedRole("supervisor", "سرپرست", "Supervisor", _SUPERVISOR),
    ShippedRole("designer", "طراح فرایند", "Process designer", _DESIGNER),
    ShippedRole("manager", "مدیر", "Manager", _MANAGER),
    ShippedRole("admin", "راهبر سامانه", "Administrator", ALL),
)
