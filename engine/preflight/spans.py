"""A length of time as people write it on a drawing: «۲ روز», "24 h", «یک هفته»."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_NUMBERS: Final = {
    word: value
    for value, words in {
        1: "یک one a an هر every each",
        2: "دو two",
        3: "سه three",
        4: "چهار four",
        5: "پنج five",
        6: "شش six",
        7: "هفت seven",
        8: "هشت eight",
        9: "نه nine",
        10: "ده ten",
        12: "دوازده twelve",
        15: "پانزده fifteen",
        20: "بیست twenty",
        24: "بیست‌وچهار twenty-four",
        30: "سی thirty",
        45: "چهل‌وپنج",
        48: "چهل‌وهشت",
        60: "شصت sixty",
    }.items()
    for word in words.split()
}
_UNITS: Final = (
    ("P{}Y", r"سال|years?|yrs?"),
    ("P{}M", r"ماه|months?"),
    ("P{}W", r"هفته|weeks?|wks?|w"),
    ("P{}D", r"روز|days?|d"),
    ("PT{}H", r"ساعت|hours?|hrs?|h|std"),
    ("PT{}M", r"دقیقه|minutes?|mins?|min|m"),
    ("PT{}S", r"ثانیه|seconds?|secs?|sec|s"),
)
_WORDS: Final = "|".join(sorted(map(re.escape, _NUMBERS), key=len, reverse=True))


def span(text: str) -> str | None:
    """The first length of time in a text as an ISO 8601 duration; None when it has none."""
    plain = text.translate(_DIGITS).replace("ي", "ی").replace("ك", "ک").lower()
    found: list[tuple[int, str]] = []
    for form, unit in _UNITS:
        pattern = rf"(?<![\w.])(\d{{1,5}}|{_WORDS})[\s‌_-]*(?:{unit})(?!\w)"
        match = re.search(pattern, plain)
        if match:
            number = match[1] if match[1].isdigit() else str(_NUMBERS[match[1]])
            found.append((match.start(), form.format(number)))
    return min(found)[1] if found else None
