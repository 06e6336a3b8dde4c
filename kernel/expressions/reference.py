"""The function tables of `docs/reference/expressions.md`, written from the functions themselves.

`python -m kernel.expressions.reference` puts them into the page.
"""

from pathlib import Path
from typing import Final

from kernel.expressions.functions import FAMILIES, Builtin

PAGE: Final = Path("docs/reference/expressions.md")
BEGIN: Final = "<!-- functions: written by kernel.expressions.reference -->\n"
END: Final = "<!-- end of functions -->\n"
_TITLES: Final = {
    "strings": "Texts",
    "numbers": "Numbers",
    "lists": "Lists",
    "statistics": "Lists of numbers",
    "contexts": "Contexts",
    "times": "Dates, times and durations",
    "ranges": "Ranges",
}


def function_tables() -> str:
    """One table per family, as Markdown."""
    return "\n".join(_table(_TITLES[family], FAMILIES[family]) for family in _TITLES)


def _table(title: str, family: list[Builtin]) -> str:
    rows = "".join(map(_row, family))
    return f"### {title}\n\n| function | gives | for example |\n|---|---|---|\n{rows}"


def _row(builtin: Builtin) -> str:
    parameters = ", ".join(
        f"{p.name}{'?' if p.optional else '…' if p.repeated else ''}" for p in builtin.parameters
    )
    names = ", ".join(f"`{name}({parameters})`" for name in builtin.names)
    examples = "; ".join(f"`{shown}` = `{value}`" for shown, value in builtin.examples)
    return f"| {names} | {builtin.result}. {builtin.says} | {examples} |\n"


def write() -> None:
    """Put the tables between the page's two marks."""
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}{function_tables()}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    write()
