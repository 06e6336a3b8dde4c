"""ISO 8601 durations, kept apart in days and hours because a working clock counts them apart."""

import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

from people.errors import DurationInvalid

_NUMBER = r"\d{1,6}(?:[.,]\d{1,6})?"
_SHAPE = re.compile(
    rf"(?P<sign>[+-]?)P(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?P<time>T(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?"
)


@dataclass(frozen=True)
class IsoDuration:
    """Weeks, days and seconds of a duration; `negative` for «before»."""

    weeks: Fraction
    days: Fraction
    seconds: Fraction
    negative: bool = False

    @classmethod
    def parse(cls, text: str) -> "IsoDuration":
        """Read `P1D`, `PT4H`, `-P1DT2H30M`, `P2W`.

        Raises: DurationInvalid, also for years and months, whose length varies.
        """
        return _parsed(text)

    def as_timedelta(self) -> timedelta:
        """The wall-clock length, with its sign."""
        days = self.weeks * 7 + self.days
        length = timedelta(seconds=float(days * 86400 + self.seconds))
        return -length if self.negative else length


@lru_cache(maxsize=2048)
def _parsed(text: str) -> IsoDuration:
    found = _SHAPE.fullmatch(text.strip().upper())
    if found is None or text.strip().upper()[-1] in "PT":
        raise DurationInvalid(text=text)
    part = {
        key: _fraction(value)
        for key, value in found.groupdict().items()
        if key not in ("sign", "time")
    }
    return IsoDuration(
        weeks=part["weeks"],
        days=part["days"],
        seconds=part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"],
        negative=found["sign"] == "-",
    )


def _fraction(text: str | None) -> Fraction:
    return Fraction(text.replace(",", ".")) if text else Fraction(0)
