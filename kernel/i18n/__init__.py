"""Sentences for people: English in the source, Persian (and error codes) in the catalogues.

A catalogue is every `.po` file under `catalogues/<locale>/`, merged. A msgid that is an error
code (`work-item.closed`) has its sentence in both languages.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

LOCALES = ("fa", "en")
_CATALOGUES = Path(__file__).parent / "catalogues"
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_locale: ContextVar[str] = ContextVar("ravand_locale", default="fa")
_house = "fa"


@cache
def catalogue(locale: str) -> dict[str, str]:
    """msgid -> sentence of one locale; untranslated entries are left out."""
    entries: dict[str, str] = {}
    for path in sorted((_CATALOGUES / locale).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=locale):
                if message.id and message.string and isinstance(message.id, str):
                    entries[message.id] = str(message.string)
    return entries


def locale() -> str:
    """The locale in which this context speaks: `fa` or `en`."""
    return _locale.get()


def direction(of: str | None = None) -> str:
    """`rtl` or `ltr`, as HTML's `dir` wants it."""
    return "rtl" if (of or locale()) == "fa" else "ltr"


def set_locale(name: str) -> None:
    """Speak `name` in the rest of this context (a request, a job)."""
    _locale.set(name if name in LOCALES else "fa")


def set_house_locale(name: str) -> None:
    """The organisation's language, in which machines write what stays; composition only."""
    global _house
    _house = name if name in LOCALES else "fa"


def house_locale() -> str:
    """The organisation's language, whoever is at work."""
    return _house


@contextmanager
def use_locale(name: str) -> Iterator[None]:
    """Speak `name` inside the block."""
    token = _locale.set(name if name in LOCALES else "fa")
    try:
        yield
    finally:
        _locale.reset(token)


def gettext(msgid: str, **facts: Any) -> str:
    """The sentence in the current locale; `%(name)s` gaps are filled from `facts`.

    Whole numbers among the facts are written in the locale's digits.
    """
    speaks = _locale.get()
    sentence = catalogue(speaks).get(msgid, msgid)
    return sentence % {k: _fact(v, speaks) for k, v in facts.items()} if facts else sentence


def translate_code(code: str, facts: dict[str, Any]) -> str:
    """The sentence of an error code. A missing fact shows as nothing rather than failing."""
    speaks = _locale.get()
    sentence = catalogue(speaks).get(code) or catalogue("en").get(code) or code
    return sentence % _Facts({k: _fact(v, speaks) for k, v in facts.items()})


class LazyText:
    """A sentence that is translated when it is shown, for module-level tables."""

    def __init__(self, msgid: str) -> None:
        self.msgid = msgid

    def __str__(self) -> str:
        return gettext(self.msgid)

    def __html__(self) -> str:
        return gettext(self.msgid).replace("&", "&amp;").replace("<", "&lt;")


def lazy_gettext(msgid: str) -> LazyText:
    """Like `gettext`, but decided when shown."""
    return LazyText(msgid)


class _Facts(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def _fact(value: Any, speaks: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return str(value).translate(_PERSIAN_DIGITS) if speaks == "fa" else value
