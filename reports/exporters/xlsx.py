"""Excel sheets: right to left, numbers as numbers, no text ever a formula."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from kernel import jalali
from kernel.i18n import locale
from kernel.text import latin_digits
from reports.cells import as_date, as_instant, as_number, shown
from reports.exporters.base import exporters
from reports.sheet import FIGURES, Column, Kind, Sheet

_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_TEXT_LIMIT: Final = 32_000  # Excel's own is 32,767
_EXACT: Final = 10**15  # Excel keeps fifteen digits
_FORMATS: Final[dict[str, str]] = {
    "number": "#,##0.##",
    "money": "#,##0",
    "hours": "#,##0.0",
    "date": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm",
}


class Xlsx:
    """One worksheet: header, filter buttons, frozen first row.

    In Persian, dates are Jalali text (`1405/09/05`, which sorts rightly); in English real dates.
    """

    ending = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    limit = 100_000

    def export(self, sheet: Sheet, at: datetime) -> bytes:
        """The workbook."""
        file = BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        }
        with xlsxwriter.Workbook(file, options) as book:
            created = at.astimezone(UTC).replace(tzinfo=None)
            book.set_properties(
                {"title": sheet.title, "comments": sheet.filtered, "created": created}
            )
            _Page(book, sheet).fill()
        return file.getvalue()


class _Page:
    def __init__(self, book: Any, sheet: Sheet) -> None:
        self.sheet = sheet
        self.locale = locale()
        self.page = book.add_worksheet(_NAME.sub(" ", sheet.title)[:31].strip() or "1")
        rtl = sheet.direction == "rtl"
        order = {"reading_order": 2 if rtl else 1, "valign": "top"}
        self.head = book.add_format(
            {**order, "bold": True, "bottom": 1, "text_wrap": True, "bg_color": "#EEF1F6"}
        )
        self.plain = book.add_format({**order, "text_wrap": True})
        self.code = book.add_format({"reading_order": 1, "align": "right", "valign": "top"})
        self.styled = {
            kind: book.add_format({"num_format": form, "align": "right", "valign": "top"})
            for kind, form in _FORMATS.items()
        }
        if rtl:
            self.page.right_to_left()

    def fill(self) -> None:
        columns, rows = self.sheet.columns, self.sheet.rows
        for place, column in enumerate(columns):
            self.page.write_string(0, place, column.label, self.head)
            self.page.set_column(place, place, self._width(column))
        for line, row in enumerate(rows, 1):
            for place, column in enumerate(columns):
                self._cell(line, place, row.get(column.key), column.kind)
        self.page.freeze_panes(1, 0)
        if columns:
            self.page.autofilter(0, 0, len(rows), len(columns) - 1)
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.repeat_rows(0)
        self.page.fit_to_pages(1, 0)

    def _cell(self, line: int, place: int, value: Any, kind: Kind) -> None:
        if value is None or value == "":
            return
        number = as_number(value) if kind in FIGURES and not isinstance(value, bool) else None
        if number is not None and abs(number) < _EXACT:
            self.page.write_number(line, place, float(number), self.styled[kind])
            return
        at = self._moment(value, kind)
        if at is not None:
            self.page.write_datetime(line, place, at, self.styled[kind])
            return
        text = self._text(value, kind)
        style = self.code if kind in ("code", "date", "instant") else self.plain
        self.page.write_string(line, place, text[:_TEXT_LIMIT], style)

    def _moment(self, value: Any, kind: Kind) -> Any:
        """A real date, which Excel has only for the Gregorian calendar."""
        if self.locale == "fa":
            return None
        if kind == "date":
            return as_date(value)
        at = as_instant(value) if kind == "instant" else None
        return at.astimezone(jalali.TEHRAN).replace(tzinfo=None) if at else None

    def _text(self, value: Any, kind: Kind) -> str:
        text = shown(value, kind, self.locale)
        return latin_digits(text) if kind in ("date", "instant", "code") else text

    def _width(self, column: Column) -> int:
        texts = [str(row.get(column.key) or "") for row in self.sheet.rows[:200]]
        longest = max(map(len, [column.label, *texts]), default=8)
        if column.kind in ("date", "instant"):
            longest = max(len(column.label), 12 if column.kind == "date" else 18)
        return min(60, max(8, longest + 2))


exporters.add("xlsx", Xlsx())
