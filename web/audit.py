"""The audit log: who did what, newest first, and whether its chain holds."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kernel import audit, jalali
from kernel.audit import ACTS, AuditEntry
from kernel.audit.checking import Checked, check
from kernel.audit.reading import Filters, entries
from kernel.errors import Invalid
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext, translate_code
from people import directory
from people.chart import ZONE
from people.errors import PersonUnknown
from reports.sheet import Column, Sheet
from web import audit_words
from web.access import permission
from web.audit_words import Line
from web.database import db
from web.downloads import download
from web.paging import SIZE, with_query

bp = Blueprint("audit", __name__, url_prefix="/audit")

CHECKED: Final = 20_000  # entries that the page checks; `ravand verify` checks all
IN_A_FILE: Final = 5_000
FILTERS: Final = ("person", "act", "subject", "since", "until")
# The part of an act's name before its dot -> what such acts are about.
GROUPS = {
    "session": lazy_gettext("Log-ins"),
    "access": lazy_gettext("Denied"),
    "person": lazy_gettext("People"),
    "position": lazy_gettext("Positions"),
    "unit": lazy_gettext("Units"),
    "role": lazy_gettext("Roles"),
    "organisation": lazy_gettext("Organisation"),
    "calendar": lazy_gettext("Working calendar"),
    "definition": lazy_gettext("Processes"),
    "instance": lazy_gettext("Cases (audit)"),
    "offer": lazy_gettext("Steps on offer"),
    "incident": lazy_gettext("Incidents"),
    "work": lazy_gettext("Work"),
    "job": lazy_gettext("Machine work"),
    "delivery": lazy_gettext("Messages"),
    "message-policy": lazy_gettext("Policies of texts"),
    "channel": lazy_gettext("Channels"),
    "connector": lazy_gettext("Services"),
    "contact": lazy_gettext("Files"),
    "list": lazy_gettext("Downloads"),
    "installation": lazy_gettext("Backups"),
    "hold": lazy_gettext("Hold"),
    "audit": lazy_gettext("Audit log"),
}


@bp.get("/")
@permission("audit.view")
def index() -> ResponseReturnValue:
    """Entries that fit what stands in the address, and the end of the chain."""
    before, wrong = request.args.get("before", type=int), ""
    rows: list[AuditEntry] = []
    try:
        rows = entries(db.session, _wanted(), before=before, limit=SIZE + 1)
    except (Invalid, PersonUnknown) as error:
        wrong = error.sentence()
    page = render_template(
        "audit/index.html",
        lines=_lines(rows[:SIZE]),
        next_href=with_query(before=rows[SIZE - 1].number) if len(rows) > SIZE else None,
        first_href=with_query(before=None) if before else None,
        groups=_groups(),
        asked=request.args,
        narrowed=any(request.args.get(name) for name in FILTERS),
        username=_username(request.args.get("person", "").strip()),
        since=_shown("since"),
        until=_shown("until"),
        wrong=wrong,
        head=audit.head(db.session.connection()),
        checked=_checked() if "check" in request.args else None,
        sentence=translate_code,
        most=CHECKED,
        download=_download(),
    )
    return page, 422 if wrong else 200


@bp.get("/entries.<kind>.file")
@permission("audit.view")
def file(kind: str) -> ResponseReturnValue:
    """The same entries as a file, the newest of them."""
    rows = entries(db.session, _wanted(), limit=IN_A_FILE)
    sheet = Sheet(
        title=_("Audit log"),
        columns=[
            Column("number", _("Number"), "number"),
            Column("at", _("When"), "instant"),
            Column("who", _("Who")),
            Column("position", _("Position")),
            Column("act", _("What")),
            Column("thing", _("To what")),
            Column("noted", _("Noted")),
            Column("way", _("By which way")),
            Column("hash", _("Hash"), "code"),
        ],
        rows=[_cells(line) for line in _lines(rows)],
    )
    return download(kind, sheet)


def _cells(line: Line) -> dict[str, object]:
    words = {name: getattr(line, name) for name in ("who", "position", "act", "noted", "way")}
    row = line.row
    return {
        **words,
        "number": row.number,
        "at": row.at,
        "thing": line.thing.text,
        "hash": row.hash,
    }


def _lines(rows: list[AuditEntry]) -> list[Line]:
    names = audit_words.names(db.session, rows)
    return audit_words.lines(rows, directory.of(db.session), names)


def _wanted() -> Filters:
    """What the address asks for.

    Raises: DateInvalid, PersonUnknown
    """
    asked = request.args
    until = _midnight(asked.get("until", ""))
    return Filters(
        person_id=_person(asked.get("person", "").strip()),
        group=asked.get("act", ""),
        subject_id=asked.get("subject", "").strip(),
        since=_midnight(asked.get("since", "")),
        until=until + timedelta(days=1) if until else None,
    )


def _person(typed: str) -> UUID | None:
    """By id, as links have it, or by user name, as people type it."""
    if not typed:
        return None
    try:
        return UUID(typed)
    except ValueError:
        return directory.of(db.session).by_username(typed.lower()).id


def _username(asked: str) -> str:
    """As people type it, also where a link brought the id."""
    try:
        return directory.of(db.session).person(UUID(asked)).username
    except (ValueError, PersonUnknown):
        return asked


def _shown(name: str) -> date | None:
    """The day as it was typed, if it is one."""
    try:
        return jalali.parse_date(request.args.get(name, ""))
    except Invalid:
        return None


def _midnight(typed: str) -> datetime | None:
    if not typed.strip():
        return None
    return datetime.combine(jalali.parse_date(typed), time(), ZONE).astimezone(UTC)


def _groups() -> list[tuple[str, str]]:
    """Groups of acts, each followed by its acts."""
    found: list[tuple[str, str]] = []
    for group, text in GROUPS.items():
        found.append((group, str(text)))
        own = [act for act in ACTS.values() if act.name.partition(".")[0] == group]
        found += [(act.name, f"– {act.label}") for act in own] if len(own) > 1 else []
    return found


def _download() -> str:
    query: dict[str, Any] = request.args.to_dict()
    return url_for("audit.file", kind="xlsx", **query)


def _checked() -> Checked:
    connection = db.session.connection()
    last = audit.head(connection).number
    return check(connection, since=max(0, last - CHECKED))
