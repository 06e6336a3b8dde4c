"""What an instance can show in a report: its own data and the fields of its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import forms
from engine.tables import ProcessDefinition
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext
from people.chart import in_language
from reports.errors import ProcessUnknown
from reports.sheet import FIGURES, Kind

_OWN: Final[Sequence[tuple[str, object, Kind]]] = (
    ("number", lazy_gettext("Number"), "code"),
    ("business_key", lazy_gettext("Business key"), "code"),
    ("subject", lazy_gettext("Subject"), "text"),
    ("status", lazy_gettext("State"), "text"),
    ("started_at", lazy_gettext("Started"), "instant"),
    ("started_by", lazy_gettext("Started by"), "text"),
    ("ended_at", lazy_gettext("Ended"), "instant"),
    ("end_event", lazy_gettext("End"), "text"),
    ("hours", lazy_gettext("Hours"), "hours"),
)
_STATES: Final = {
    "running": lazy_gettext("Running"),
    "completed": lazy_gettext("Completed"),
    "cancelled": lazy_gettext("Ended early"),
    "suspended": lazy_gettext("Suspended"),
}
_KINDS: Final[Mapping[str, Kind]] = {
    "money": "money",
    "integer": "number",
    "number": "number",
    "date": "date",
    "date-time": "instant",
    "boolean": "boolean",
    "many": "list",
    "files": "list",
    **dict.fromkeys(("phone", "melli-code", "legal-id", "sheba", "postal-code", "email"), "code"),
}
_FIELD: Final = "field."  # keeps a field named `status` apart from the instance's own


@dataclass(frozen=True)
class Source:
    """One possible column. `options`: labels of a choice's values."""

    key: str
    label: str
    kind: Kind
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_figure(self) -> bool:
        """True when it can be summed up."""
        return self.kind in FIGURES

    def value(self, row: Mapping[str, Any]) -> Any:
        """What is stored, for filters and sums."""
        if self.key.startswith(_FIELD):
            return (row["variables"] or {}).get(self.key.removeprefix(_FIELD))
        if self.key == "hours":
            return _hours(row["started_at"], row["ended_at"])
        return row[self.key]

    def shown(self, row: Mapping[str, Any]) -> Any:
        """What the sheet shows: labels instead of keys, names of files, a count of rows."""
        return self.said(self.value(row))

    def said(self, value: Any) -> Any:
        """A stored value in words."""
        if isinstance(value, list):
            if any(isinstance(part, dict) and "name" not in part for part in value):
                return len(value)
            return [self.said(part) for part in value]
        if isinstance(value, dict):
            return str(value.get("name", ""))
        if isinstance(value, str) and value in self.options:
            return self.options[value]
        return value


def _hours(start: datetime, end: datetime | None) -> float | None:
    return round((end - start).total_seconds() / 3600, 2) if end else None


def sources(session: Session, definition_key: str) -> list[Source]:
    """The instance's own data, then the fields of every form of every version, newest first."""
    found = {
        key: Source(key, str(label), kind, _states() if key == "status" else {})
        for key, label, kind in _OWN
    }
    for form_id in _form_ids(session, definition_key):
        for known in forms.load(session, form_id).fields.values():
            if not known.sensitive:
                found.setdefault(_FIELD + known.key, _source(known))
    return list(found.values())


def title(session: Session, definition_key: str) -> str:
    """The name of the process, in the reader's language."""
    newest = _definitions(session, definition_key)[0]
    return in_language(newest.name, newest.name_en)


def _form_ids(session: Session, definition_key: str) -> list[UUID]:
    ids = [
        str(form_id)
        for definition in _definitions(session, definition_key)
        for form_id in definition.form_ids.values()
    ]
    return [UUID(one) for one in dict.fromkeys(ids)]


def _definitions(session: Session, definition_key: str) -> list[ProcessDefinition]:
    rows = session.scalars(
        select(ProcessDefinition)
        .where(ProcessDefinition.key == definition_key)
        .order_by(ProcessDefinition.version.desc())
    ).all()
    if not rows:
        raise ProcessUnknown(process=definition_key[:200])
    return list(rows)


def state_name(status: str) -> str:
    """The state of an instance in words."""
    return str(_STATES.get(status, status))


def _states() -> dict[str, str]:
    return {state: str(label) for state, label in _STATES.items()}


def _source(known: forms.Field) -> Source:
    options = {str(option.value): str(option.label) for option in known.options}
    kind = _KINDS.get(known.kind, "text")
    label = str(known.label) or known.key
    return Source(_FIELD + known.key, label, kind, options)


def blank(value: Any) -> str:
    """The name of the group of those without a value."""
    return str(value) if value not in (None, "", []) else _("(none)")
