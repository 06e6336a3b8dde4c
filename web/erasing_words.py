"""What was erased and what stays, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from crm.erasure_plan import Stay
from kernel.i18n import gettext as _
from kernel.i18n import locale
from web.when import digits, jdate

KINDS: Final[Mapping[str, str]] = {
    "contact": "The contact's file",
    "phone": "Telephone numbers",
    "role": "Roles of the contact",
    "relation": "Relations to other contacts",
    "log-line": "Lines of the file",
    "ticket": "Tickets",
    "case": "Variables of cases",
    "part": "Large parts of cases",
    "snapshot": "Earlier states of cases",
    "work-item": "Titles of work",
    "submission": "Answers in forms",
    "draft": "Answers that were not sent",
    "history": "Lines of history",
    "incident": "Incidents (data)",
    "timer": "Timers (data)",
    "subscription": "Expected answers",
    "early-message": "Messages that came early",
    "external-task": "Tasks of other systems",
    "job": "Jobs of the machine",
    "file": "Stored files",
    "message": "Texts that were sent",
    "notification": "Notifications (data)",
    "receipt": "Receipts",
    "reply": "Texts that came in",
    "notice": "Messages to colleagues",
    "opt-out": "Wishes for no texts",
}


def kind_word(kind: str) -> str:
    """The kind of a row, for people."""
    return _(KINDS.get(kind, kind))


def why_words(stay: Stay) -> str:
    """One sentence: what stays, and why."""
    cases = ("، " if locale() == "fa" else ", ").join(map(digits, stay.cases))
    facts = {"cases": cases, "count": stay.count}
    if stay.why == "law" and stay.until:
        until = jdate(datetime.fromisoformat(stay.until), "full")
        return _("The law wants these cases kept until %(until)s: %(cases)s.", until=until, **facts)
    if stay.why == "shared" and not stay.count:
        return _("Other contacts are in these cases too; free texts stay: %(cases)s.", **facts)
    return _(_WHY[stay.why], **facts)


_WHY: Final[Mapping[str, str]] = {
    "law": "The law wants these cases kept after their end: %(cases)s.",
    "running": "These cases still run; the rest goes when they have ended: %(cases)s.",
    "shared": (
        "Other contacts are in these cases too; their papers (%(count)s) and free texts stay:"
        " %(cases)s."
    ),
    "shared-number": (
        "%(count)s numbers or e-mails are somebody else's too and stay where those are meant."
    ),
    "shared-name": "%(count)s names are somebody else's too and stay where those are meant.",
}
