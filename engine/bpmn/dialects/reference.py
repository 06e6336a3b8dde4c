"""The tables of `docs/reference/dialects.md`, written from the dialects' own.

`python -m engine.bpmn.dialects.reference` puts them into the page.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.bpmn.dialects.table import Dialect, Word
from engine.bpmn.dialects.translate import DIALECTS

PAGE: Final = Path("docs/reference/dialects.md")
BEGIN: Final = "<!-- words: written by engine.bpmn.dialects.reference -->\n"
END: Final = "<!-- end of words -->\n"
_FATES: Final = {
    "translated": "becomes {}",
    "named": "named in a note: {}",
    "refused": "refused: {} (`{}`)",
}


def word_tables() -> str:
    """One table per dialect, as Markdown."""
    return "\n".join(_table(dialect) for dialect in DIALECTS)


def _table(dialect: Dialect) -> str:
    spaces = ", ".join(f"`{space}`" for space in dialect.namespaces)
    rows = "".join(_row(dialect, word) for word in dialect.words.values())
    return f"## {dialect.name}\n\n{spaces}\n\n| setting | what becomes of it |\n|---|---|\n{rows}"


def _row(dialect: Dialect, word: Word) -> str:
    attribute = word.name.startswith("@")
    written = f"{dialect.prefix}:{word.name.lstrip('@')}"
    shown = f'`{written}="…"`' if attribute else f"`<{written}>`"
    fate = _FATES[word.fate].format(word.becomes, word.why)
    if word.harmless:
        values = " or ".join(f"“{value}”" for value in word.harmless if value)
        fate += f"; {values} is only named"
    return f"| {shown} | {fate} |\n"


def write() -> None:
    """Bring the page up to date."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{word_tables()}\n{END}{after}")


if __name__ == "__main__":
    write()
