"""What names one person, and finding it in texts however it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

from kernel.text import clean, persian_digits

ERASED: Final = "پاک‌شده"
"""What stands in the place of what was erased."""
ERASED_EN: Final = "Erased"
"""The same where a text has an English half."""

_SHORT = 8  # characters of an address from which on it is looked for inside of texts
_LETTERS: Final = {
    **dict.fromkeys("یيىئ", "[یيىئ]"),
    **dict.fromkeys("کك", "[کك]"),
    **dict.fromkeys("آاأإٱ", "[آاأإٱ]"),
    **dict.fromkeys("هةۀ", "[هةۀ]"),
    **dict.fromkeys("وؤ", "[وؤ]"),
}
_BETWEEN: Final = r"[\s\u200c]+"
_IN_NUMBERS: Final = r"[\s\u200c()./-]*"


@dataclass(frozen=True)
class Identity:
    """What names a person.

    Attributes:
        names: as stored; one word alone is looked for as a whole value only.
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

    def fragments(self) -> Iterator[tuple[str, ...]]:
        """What a stored text that names them holds, for a search before the closer look.

        Each is a set of pieces that all stand in the text; one set is enough.
        """
        for name in self._inside(self.names):
            yield tuple(name.split())
        for figures in [*map(_subscriber, self.numbers), *self.codes]:
            yield (figures,)
            yield (persian_digits(figures),)
        for number in self.numbers:
            yield tuple(_groups(_subscriber(number)))
            yield tuple(map(persian_digits, _groups(_subscriber(number))))
        for text in (*self.mails, *self._inside(self.places)):
            yield (text,)

    def traces(self) -> frozenset[bytes]:
        """The bytes by which any of it is recognised in a file."""
        figures = {*map(_subscriber, self.numbers), *self.codes}
        texts = {*self._inside(self.names), *self.mails, *self._inside(self.places), *figures}
        return frozenset(text.encode() for text in texts | set(map(persian_digits, figures)))

    @staticmethod
    def _inside(texts: Iterable[str]) -> list[str]:
        """Those that are long enough to be looked for inside of other texts."""
        return [one for one in texts if len(one) >= _SHORT and len(one.split()) > 1]

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
        words = [*self._inside(self.names), *self._inside(self.places)]
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


def _groups(figures: str) -> list[str]:
    """As people write a number in groups: `912 123 4567`."""
    return [figures[:3], figures[3:6], figures[6:]]


def _spelled(text: str) -> str:
    return _BETWEEN.join(
        "".join(_LETTERS.get(letter) or re.escape(letter) for letter in word)
        for word in re.split(_BETWEEN, text.strip())
    )


def _dialled(number: str) -> str:
    figures = _IN_NUMBERS.join(map(_digit, _subscriber(number)))
    home = rf"(?:(?:\+|{_digit('0')}{{2}})?{_digit('9')}{_digit('8')}{_IN_NUMBERS})?"
    zero = f"{_digit('0')}?" if number.startswith("+98") else ""
    return f"{home if zero else ''}{zero}[+]?{figures}"


def _digit(digit: str) -> str:
    return f"[{digit}{persian_digits(digit)}{chr(0x660 + int(digit))}]"
