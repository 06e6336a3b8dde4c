"""What templates may call: the filters and globals of every page.

All of them speak the reader's language. Nothing here reads the database.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple
from zlib import crc32

from flask import Flask, current_app, url_for
from markupsafe import Markup

from kernel.counting import CAP
from kernel.i18n import gettext as _
from kernel.i18n import lazy_gettext, locale
from web import shell, when
from web.assets import asset
from web.icons import icon
from web.when import digits as digits

_QUOTED = re.compile("([«“])([^«»“”]+)([»”])")


class Look(NamedTuple):
    """How a status is shown: always a word, a colour only when it means something."""

    text: str
    state: str
    icon: str


# status -> (word, one of UI.md's five meanings or "line", icon)
STATUSES = {
    "running": (lazy_gettext("Running"), "active", ""),
    "completed": (lazy_gettext("Completed"), "done", "check2"),
    "cancelled": (lazy_gettext("Ended early"), "", "x-octagon"),
    "suspended": (lazy_gettext("Suspended"), "", "pause-circle"),
    "open": (lazy_gettext("Open (state)"), "active", ""),
    "claimed": (lazy_gettext("Claimed"), "active", "person-check"),
    "closed": (lazy_gettext("Closed"), "done", "check2"),
    "in_progress": (lazy_gettext("In progress"), "active", ""),
    "ready": (lazy_gettext("In the queue"), "", "hourglass-split"),
    "undelivered": (lazy_gettext("Not delivered"), "late", "exclamation-circle"),
    "blocked": (lazy_gettext("Blocked"), "late", "slash-circle"),
    "draft": (lazy_gettext("Draft"), "line", "pencil"),
    "released": (lazy_gettext("Released"), "done", "check2"),
    "retired": (lazy_gettext("Retired"), "", "archive"),
    "queued": (lazy_gettext("In the queue"), "", "hourglass-split"),
    "pending": (lazy_gettext("In the queue"), "", "hourglass-split"),
    "sending": (lazy_gettext("Being sent"), "", "send"),
    "sent": (lazy_gettext("Sent"), "active", "check2"),
    "delivered": (lazy_gettext("Delivered"), "done", "check2-all"),
    "failed": (lazy_gettext("Failed"), "late", "exclamation-circle"),
    "refused": (lazy_gettext("Refused"), "late", "exclamation-circle"),
    "parked": (lazy_gettext("Parked"), "risk", "pause-circle"),
    "uncertain": (lazy_gettext("Uncertain"), "risk", "question-circle"),
    "resolved": (lazy_gettext("Mended"), "done", "check2"),
    "incident": (lazy_gettext("Incident"), "incident", "exclamation-octagon"),
    "overdue": (lazy_gettext("Late"), "late", "exclamation-circle"),
    "done": (lazy_gettext("Done"), "done", "check2"),
    "current": (lazy_gettext("Now"), "active", ""),
    "active": (lazy_gettext("Active"), "done", ""),
    "inactive": (lazy_gettext("Inactive"), "", ""),
}  # fmt: skip


def status_look(status: object) -> Look:
    """Word, colour and icon of a status; an unknown one is shown as it is."""
    key = str(getattr(status, "value", status) or "")
    word, state, mark = STATUSES.get(key, (key, "", ""))
    return Look(str(word), state, mark)


def number(value: Any, places: int = 0) -> str:
    """Thousands apart, with the reader's digits and marks."""
    if value is None or value == "":
        return ""
    written = f"{Decimal(str(value)):,.{places}f}"
    if locale() == "fa":
        return digits(written.replace(",", "٬").replace(".", "٫"))
    return written


def tally(count: int) -> str:
    """A count that stops at `CAP`, such as 37 or 1000+, with the reader's digits."""
    return digits(count) + ("+" if count == CAP else "")


def money(value: Any, unit: str = "") -> str:
    """An amount with its unit, always; Rial unless said."""
    return f"{number(value)} {unit or _('Rial')}" if value not in (None, "") else ""


def bdi(value: object) -> Markup:
    """A case number, phone or code: left to right, wherever it stands."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(digits(value))


def isolated(value: object) -> str:
    """The same for plain text (a sentence that is escaped later): Unicode's own isolates."""
    return f"\u2066{digits(value)}\u2069"


def isolate_names(sentence: str) -> str:
    """A sentence whose quoted names keep their own direction, whatever they are written in."""
    return _QUOTED.sub("\\1\u2068\\2\u2069\\3", sentence)


def phone_groups(value: object) -> str:
    """A phone number in groups: 0912 555 0143 of a mobile, 021 8800 0000 of a landline."""
    text = str(value or "")
    if not text.startswith("+98") or len(text) != 13:
        return text
    if text[3] == "9":
        return f"0{text[3:6]} {text[6:9]} {text[9:]}"
    return f"0{text[3:5]} {text[5:9]} {text[9:]}"


def phone(value: object) -> Markup:
    """A phone number in groups, left to right."""
    return bdi(phone_groups(value))


def filesize(value: int | None) -> str:
    """Bytes as KB or MB."""
    size = value or 0
    if size < 1024 * 1024:
        return _("%(size)s KB", size=number(max(1, size // 1024)))
    return _("%(size)s MB", size=number(Decimal(size) / 1024 / 1024, 1))


def initials(name: object) -> str:
    """First letters of the first two words; Persian letters are kept apart by a ZWNJ."""
    words = [word for word in str(name or "").split() if word[0].isalpha()]
    letters = [word[0] for word in words[:1] + words[-1:][: len(words) - 1]]
    joiner = "\u200c" if letters and "\u0600" <= letters[0] <= "\u06ff" else ""
    return joiner.join(letters).upper()


def hue(name: object) -> str:
    """The same avatar colour for the same name, everywhere."""
    return f"h-{crc32(str(name or '').encode()) % 12}"


def named(thing: Any, attribute: str = "name") -> str:
    """`name` in Persian pages, `name_en` in English ones where there is one."""
    if thing is None:
        return ""
    english = _get(thing, f"{attribute}_en") if locale() == "en" else None
    return str(english or _get(thing, attribute) or "")


def _get(thing: Any, attribute: str) -> Any:
    return thing.get(attribute) if isinstance(thing, dict) else getattr(thing, attribute, None)


def options(things: Iterable[Any]) -> list[tuple[str, str]]:
    """Pairs of key and name, as the select macro takes them."""
    return [(one.key, named(one)) for one in things]


def field_id(name: object) -> str:
    """An element id for a field's name."""
    return "f-" + re.sub(r"[^A-Za-z0-9_-]+", "-", str(name))


def first_line(text: object) -> str:
    """The first line of a longer text, for a row."""
    return str(text or "").strip().partition("\n")[0]


def fives(share: float | None) -> int:
    """A share of one as a class number: 0, 5, … 100."""
    return min(100, max(0, round((share or 0) * 20) * 5))


def href(endpoint: str, **values: Any) -> str:
    """The address of a page, or nothing while this installation has no such page."""
    known = endpoint in current_app.view_functions
    return url_for(endpoint, **values) if known else ""


FILTERS = {
    "digits": digits,
    "jdate": when.jdate,
    "jtime": when.jtime,
    "jdatetime": when.jdatetime,
    "when": when.when,
    "smart": when.smart,
    "due": when.due,
    "due_long": when.due_long,
    "due_state": when.due_state,
    "since": when.since,
    "duration": when.duration,
    "iso": when.iso,
    "other_calendar": when.other_calendar,
    "number": number,
    "tally": tally,
    "money": money,
    "bdi": bdi,
    "isolate_names": isolate_names,
    "phone": phone,
    "filesize": filesize,
    "initials": initials,
    "hue": hue,
    "named": named,
    "options": options,
    "field_id": field_id,
    "fives": fives,
    "first_line": first_line,
    "status_look": status_look,
}


def init_app(app: Flask) -> None:
    """Give every template its filters, globals and the shell; compiled templates are kept."""
    config = app.extensions.get("ravand_config")
    when.use_zone(config.timezone if config else "Asia/Tehran")
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(FILTERS)
    environment.globals.update({"_": _, "icon": icon, "asset": asset, "href": href})
    shell.init_app(app)
