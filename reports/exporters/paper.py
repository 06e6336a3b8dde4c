"""Printed sheets: a list in landscape with its header on every page, or one card per row.

Both say the title, the filter, when they were made and page n of m, and leave boxes to sign.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from kernel import jalali, pdf
from kernel.i18n import gettext as _
from kernel.i18n import locale
from reports.cells import shown
from reports.exporters.base import exporters
from reports.sheet import FIGURES, Column, Sheet

_FOLDER: Final = Path(__file__).parent
_LEFT_TO_RIGHT: Final = ("code", "date", "instant")


class Paper:
    """The sheet on A4, laid out by one of the sources beside this module."""

    ending = "pdf"
    content_type = "application/pdf"

    def __init__(self, source: str, limit: int) -> None:
        self.source, self.limit = source, limit

    def export(self, sheet: Sheet, at: datetime) -> bytes:
        """The document."""
        speaks = locale()
        texts = [
            [shown(row.get(column.key), column.kind, speaks) for column in sheet.columns]
            for row in sheet.rows
        ]
        data = {
            "title": sheet.title,
            "filtered": sheet.filtered,
            "made": _("Made %(at)s", at=jalali.table_instant(at, speaks)),
            "empty": _("No row fits."),
            "columns": [
                _head(column, [line[place] for line in texts[:300]])
                for place, column in enumerate(sheet.columns)
            ],
            "rows": texts,
            "rtl": sheet.direction == "rtl",
            "signatures": list(sheet.signatures),
        }
        return pdf.render((_FOLDER / self.source).read_text(encoding="utf-8"), data, at=at)


def _head(column: Column, texts: list[str]) -> dict[str, object]:
    """Label, share of the width by what usually stands below it, and direction."""
    lengths = sorted(len(text) for text in texts) or [0]
    usual = lengths[int(len(lengths) * 0.9)] if len(lengths) > 1 else lengths[0]
    return {
        "label": column.label,
        "share": min(34, max(6, usual, len(column.label))),
        "figures": column.kind in FIGURES,
        "ltr": column.kind in _LEFT_TO_RIGHT,
    }


exporters.add("pdf", Paper("paper.typ", limit=5_000))
exporters.add("cards", Paper("cards.typ", limit=1_000))
