"""Which known word a misspelt one was meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MOST: Final = 2  # letters that may be wrong
LONGEST: Final = 60  # letters of a word that is looked up


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that differs by a slip or two of the keys; None when none is so near, or
    when the word itself is known."""
    if len(word) > LONGEST:
        return None
    allowed = min(MOST, len(word) // 4)
    found: tuple[int, str] | None = None
    for one in known:
        if abs(len(one) - len(word)) > allowed:
            continue
        slips = 0 if one.lower() == word.lower() else distance(word, one)
        if slips <= allowed and (found is None or slips < found[0]):
            found = slips, one
    return found[1] if found and found[1] != word else None


def distance(one: str, other: str) -> int:
    """How many letters to add, leave out, change or swap with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(row[-1] + 1, before[j] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
