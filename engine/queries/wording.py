"""What a reader types into a search box, as patterns for the texts of cases and their steps."""

from kernel.text import clean, latin_digits, persian_digits

ESCAPE = "\\"


def patterns(typed: str) -> tuple[str, str] | None:
    """LIKE patterns with Latin and with Persian digits; None when nothing is searched.

    Arabic ي and ك find ی and ک; a space finds a space and a half-space; `%` is itself.
    """
    words = clean(typed).replace("\u200c", " ").split()
    if not words:
        return None
    for mark in (ESCAPE, "%", "_"):
        words = [word.replace(mark, ESCAPE + mark) for word in words]
    pattern = "%" + "%".join(words) + "%"
    return latin_digits(pattern), persian_digits(pattern)
