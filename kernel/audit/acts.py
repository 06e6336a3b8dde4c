"""Every act that the audit log knows, once: its name, what it is done to, what is noted with it.

A label is a message id. What is noted are ids and codes, never what somebody is called, wrote or
may be reached at: the log is kept for ever, and erasing a person's data must not break its chain.
"""

from dataclasses import dataclass

from kernel.i18n import LazyText, lazy_gettext

_ = lazy_gettext


@dataclass(frozen=True)
class Act:
    """One kind of act.

    Attributes:
        name: as it stands in the database; it never changes once it was written there.
        label: how people read it.
        subject: the kind of thing it is done to.
        noted: the names of what may be noted with it.
    """

    name: str
    label: LazyText
    subject: str
    noted: frozenset[str] = frozenset()


ACTS: dict[str, Act] = {}


def _act(name: str, label: LazyText, subject: str, *noted: str) -> Act:
    if name in ACTS:
        raise ValueError(f"two acts are called {name}")
    ACTS[name] = Act(name, label, subject, frozenset(noted))
    return ACTS[name]


SESSION_OPENED = _act("session.opened", _("Logged in"), "person")
SESSION_REFUSED = _act("session.refused", _("Log-in refused"), "person")
SESSION_CLOSED = _act("session.closed", _("Logged out"), "person")
SESSIONS_CLOSED = _act("session.closed-everywhere", _("Logged out everywhere"), "person")
SESSION_POSITION = _act("session.position", _("Went on in another position"), "position")
ACCESS_DENIED = _act("access.denied", _("Access denied"), "view", "error", "permission", "id")

PERSON_ADDED = _act("person.added", _("Person added"), "person")
PERSON_CHANGED = _act("person.changed", _("Person changed"), "person", "fields")
PERSON_PASSWORD = _act("person.password", _("Password set"), "person")
PERSON_ACTIVATED = _act("person.activated", _("Access opened"), "person")
PERSON_DEACTIVATED = _act("person.deactivated", _("Access closed"), "person")
POSITION_GIVEN = _act(
    "position.given", _("Position given"), "person", "position", "since", "until", "instead_of"
)
POSITION_TAKEN = _act("position.taken", _("Position taken away"), "person", "position", "on")
POSITION_ADDED = _act("position.added", _("Position added"), "position", "unit", "manager")
POSITION_MOVED = _act("position.moved", _("Position put under another"), "position", "manager")
UNIT_ADDED = _act("unit.added", _("Unit added"), "unit", "parent")
ROLE_GIVEN = _act("role.given", _("Role given"), "role", "person", "position")
ROLE_TAKEN = _act("role.taken", _("Role taken away"), "role", "person", "position")
ORGANISATION_NAMED = _act("organisation.named", _("Organisation named"), "organisation")

CALENDAR_ADDED = _act("calendar.added", _("Calendar added"), "calendar")
CALENDAR_HOURS = _act("calendar.hours", _("Working hours set"), "calendar")
CALENDAR_CLOSED = _act("calendar.closed", _("Day closed"), "calendar", "day")
CALENDAR_OPENED = _act("calendar.opened", _("Day opened"), "calendar", "day")

DEFINITION_DEPLOYED = _act(
    "definition.deployed", _("Process stored"), "definition", "version", "deployment"
)
DEFINITION_RELEASED = _act("definition.released", _("Process released"), "definition", "version")
DEFINITION_RETIRED = _act("definition.retired", _("Process retired"), "definition", "version")
DEFINITION_MOVED = _act(
    "definition.moved", _("All cases of a version moved"), "definition", "from", "to", "count"
)

INSTANCE_STARTED = _act("instance.started", _("Case started from the terminal"), "instance")
INSTANCE_CANCELLED = _act("instance.cancelled", _("Case ended early"), "instance")
INSTANCE_MOVED = _act("instance.moved", _("Case moved to a version"), "instance", "from", "to")
INSTANCE_REWOUND = _act("instance.rewound", _("Case taken back"), "instance", "step")
INSTANCE_TOLD = _act("instance.told", _("Case told a message"), "instance", "message")
OFFER_TAKEN = _act("offer.taken", _("Step started for its performers"), "instance", "step")
OFFER_FINISHED = _act("offer.finished", _("Steps ended for their performers"), "instance", "step")
INCIDENT_RETRIED = _act(
    "incident.retried", _("Incident retried"), "instance", "incident", "code", "step", "variables"
)
INCIDENT_SKIPPED = _act(
    "incident.skipped", _("Incident left undone"), "instance", "incident", "code", "step"
)
WORK_TAKEN_BACK = _act("work.taken-back", _("Work taken from its holder"), "item", "holder")

CONNECTOR_TRIED = _act("connector.tried", _("Service tried at once"), "connector")
JOB_RETRIED = _act("job.retried", _("Job retried"), "job", "kind")
JOB_SKIPPED = _act("job.skipped", _("Job left undone"), "job", "kind")
DELIVERY_RETRIED = _act("delivery.retried", _("Message sent again"), "delivery", "channel")
DELIVERY_CONFIRMED = _act(
    "delivery.confirmed", _("Message said to have arrived"), "delivery", "channel"
)
MESSAGE_POLICY_SET = _act("message-policy.set", _("Policy of a text set"), "template", "policy")
CHANNEL_RESUMED = _act("channel.resumed", _("Channel resumed"), "channel", "count")

CONTACT_ERASED = _act("contact.erased", _("Contact's data erased"), "contact", "erasure", "running")
CONTACT_EXPORTED = _act("contact.exported", _("Contact's data handed out"), "contact", "files")

LIST_EXPORTED = _act("list.exported", _("List downloaded"), "list", "kind")
INSTALLATION_COPIED = _act("installation.copied", _("Backup taken"), "installation")
INSTALLATION_RESTORED = _act("installation.restored", _("Backup restored"), "installation")
HOLD_ENDED = _act("hold.ended", _("Hold ended"), "installation", "unsent")
KEY_ADOPTED = _act(
    "audit.key-adopted", _("Entries under another key accepted"), "audit", "until", "hash"
)
