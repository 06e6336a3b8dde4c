"""What names one person, and finding it in texts however it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final, NamedTuple

from kernel.text import clean, persian_digits

ERASED: Final = "پاک‌شده"
"""What stands in the place of what was erased."""
ERASED_EN: Final = "Erased"
"""The same where a text has an English half."""

_SHORT = 8  # characters of an address from which on it is looked for inside of texts
_SHORT_NAME = 5  # the same of a name of two words or more
_SCRIPTS: Final = tuple(str.maketrans("0123456789", one) for one in ("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩"))
_DIGITS: Final = {
    digit: f"[{''.join(same)}]"
    for same in zip("0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", strict=True)
    for digit in same
}
_LETTERS: Final = {
    **_DIGITS,
    **dict.fromkeys("یيىئ", "[یيىئ]"),
    **dict.fromkeys("کك", "[کك]"),
    **dict.fromkeys("آاأإٱ", "[آاأإٱ]"),
    **dict.fromkeys("هةۀ", "[هةۀ]"),
    **dict.fromkeys("وؤ", "[وؤ]"),
}
_BETWEEN: Final = r"[\s\u200c]+"
_JOINED: Final = r"[\s\u200c]*"  # inside of a word, which some write as one
# Between words; and what JSON writes in another way than people.
_FREE: Final = frozenset(' \t\n\r\u00a0\u200c"\\')
BETWEEN_FIGURES: Final = " \u00a0\u200c()./-"
"""What people write between the figures of a number."""
_IN_NUMBERS: Final = rf"[\s{re.escape(BETWEEN_FIGURES)}]*"


class Fragment(NamedTuple):
    """What a stored text that names somebody is like, as LIKE has it, `\\` escaping.

    `in_figures`: once everything that people write between the figures of a number is left out.
    """

    like: str
    in_figures: bool = False


@dataclass(frozen=True)
class Identity:
    """What names a person.

    Attributes:
        names: as stored; one word alone, or very few letters, are looked for as a whole value only.
        numbers: E.164.
        codes: of digits alone, such as a national id or a postal code.
        mails: e-mail addresses.
        places: addresses; short ones are looked for as whole values only.
        days: ISO dates, such as a birthday: whole values only.
    """

    names: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()

    def __or__(self, other: Identity) -> Identity:
        """What either of them knows."""
        return Identity(*(getattr(self, f.name) | getattr(other, f.name) for f in fields(self)))

    def __bool__(self) -> bool:
        """Whether anything is known at all."""
        return any(getattr(self, f.name) for f in fields(self))

    def is_whole(self, text: str) -> bool:
        """Whether a text is nothing but what names the person."""
        bare = clean(text).casefold()
        return bare in self._whole

    def replace(self, text: str) -> str:
        """The text with what names the person taken out."""
        if self.is_whole(text):
            return ERASED
        return self._pattern.sub(ERASED, text) if self._pattern else text

    def is_number(self, value: int) -> bool:
        """Whether a number is one of their codes or telephone numbers."""
        return str(value) in self._figures

    def fragments(self) -> Iterator[Fragment]:
        """What a stored text that names them is like, for a search before the closer look.

        Wherever `replace` finds them, one of these does; what these find may be nothing.
        """
        for text in (*self._names_inside, *self._places_inside):
            yield Fragment(_alike(text))
        for mail in self.mails:
            yield Fragment(f"%{_escaped(mail)}%")
        for figures in map(_subscriber, self.numbers):
            yield from (Fragment(f"%{one}%", in_figures=True) for one in _in_scripts(figures))
        for code in self.codes:
            yield from (Fragment(f"%{_escaped(one)}%") for one in _in_scripts(code))

    def traces(self) -> frozenset[bytes]:
        """The bytes by which any of it is recognised in a file."""
        figures = {*map(_subscriber, self.numbers), *self.codes}
        texts = {*self._names_inside, *self.mails, *self._places_inside, *figures}
        return frozenset(text.encode() for text in texts | set(map(persian_digits, figures)))

    @property
    def _names_inside(self) -> list[str]:
        """Those that are long enough to be looked for inside of other texts."""
        return [one for one in self.names if len(one) >= _SHORT_NAME and len(one.split()) > 1]

    @property
    def _places_inside(self) -> list[str]:
        return [one for one in self.places if len(one) >= _SHORT and len(one.split()) > 1]

    @cached_property
    def _whole(self) -> frozenset[str]:
        texts = (*self.names, *self.places, *self.days, *self.mails)
        return frozenset(clean(text).casefold() for text in texts)

    @cached_property
    def _figures(self) -> frozenset[str]:
        numbers = {number.removeprefix("+") for number in self.numbers}
        return frozenset({*map(_subscriber, self.numbers), *numbers, *self.codes})

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        words = [*self._names_inside, *self._places_inside]
        parts = [rf"(?<!\w){_spelled(text)}(?!\w)" for text in words]
        parts += [rf"(?<![\w.+-]){re.escape(mail)}(?![\w-])" for mail in self.mails]
        parts += [rf"(?<!\d){_dialled(number)}(?!\d)" for number in self.numbers]
        parts += [rf"(?<!\d){''.join(map(_digit, code))}(?!\d)" for code in self.codes]
        # The longest first: what holds another one is replaced as a whole.
        parts.sort(key=len, reverse=True)
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _subscriber(number: str) -> str:
    """The digits of a number without the country's code, where it is ours."""
    return number.removeprefix("+98").removeprefix("+")


def _in_scripts(figures: str) -> list[str]:
    return [figures, *(figures.translate(one) for one in _SCRIPTS)]


def _spelled(text: str) -> str:
    return _BETWEEN.join(
        _JOINED.join(
            "".join(_LETTERS.get(letter) or re.escape(letter) for letter in part)
            for part in word.split("\u200c")
        )
        for word in text.split()
    )


def _alike(text: str) -> str:
    """The same for a database: any letter where several are alike, anything between words."""
    letters = ("%" if one in _FREE else "_" if one in _LETTERS else _escaped(one) for one in text)
    return f"%{''.join(letters)}%"


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _dialled(number: str) -> str:
    figures = _IN_NUMBERS.join(map(_digit, _subscriber(number)))
    home = rf"(?:(?:\+|{_digit('0')}{{2}})?{_digit('9')}{_digit('8')}{_IN_NUMBERS})?"
    zero = f"{_digit('0')}?" if number.startswith("+98") else ""
    return f"{home if zero else ''}{zero}[+]?{figures}"


def _digit(digit: str) -> str:
    return _DIGITS[digit]
