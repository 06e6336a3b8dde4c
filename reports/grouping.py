"""One row per value of a column: how many, and sums and means of the numbers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kernel.i18n import gettext as _
from kernel.i18n import locale
from reports.cells import as_number, shown
from reports.fields import Source, blank
from reports.sheet import Column, Sheet

Row = Mapping[str, Any]


def grouped(
    title: str, by: Source, chosen: Sequence[Source], rows: Sequence[Row], filtered: str
) -> Sheet:
    """The sheet of the groups, the largest first; its last row sums up when there are several."""
    figures = [source for source in chosen if source.is_figure and source.key != by.key]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(_group(by, row), []).append(row)
    lines = [_line(name, members, figures) for name, members in groups.items()]
    lines.sort(key=lambda line: (-line["count"], line["group"]))
    if len(lines) > 1:
        lines.append(_line(_("All"), rows, figures))
    return Sheet(title=title, columns=_columns(by, figures), rows=lines, filtered=filtered)


def _group(by: Source, row: Row) -> str:
    kind = "date" if by.kind == "instant" else by.kind
    value = by.shown(row)
    return blank(shown(value, "list" if isinstance(value, list) else kind, locale()))


def _columns(by: Source, figures: Sequence[Source]) -> list[Column]:
    columns = [Column("group", by.label), Column("count", _("Count"), "number")]
    for source in figures:
        columns += (
            Column(f"sum:{source.key}", _("%(column)s, sum", column=source.label), source.kind),
            Column(f"mean:{source.key}", _("%(column)s, mean", column=source.label), source.kind),
        )
    return columns


def _line(name: str, members: Sequence[Row], figures: Sequence[Source]) -> dict[str, Any]:
    line: dict[str, Any] = {"group": name, "count": len(members)}
    for source in figures:
        numbers = [n for row in members if (n := as_number(source.value(row))) is not None]
        line[f"sum:{source.key}"] = sum(numbers, Decimal(0))
        line[f"mean:{source.key}"] = round(sum(numbers) / len(numbers), 2) if numbers else None
    return line
