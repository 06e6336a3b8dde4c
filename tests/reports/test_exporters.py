"""Lists as Excel and PDF, in both languages."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from kernel.i18n import use_locale
from kernel.registry import UnknownPart
from reports.errors import TooManyRows
from reports.exporters import export
from reports.sheet import Column, Sheet
from tests.kernel.pdf_text import page_count, text_of

AT = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
HOSTILE = ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]


def sheet(rows=None, **more) -> Sheet:
    columns = [
        Column("number", "شماره", "code"),
        Column("name", "نام"),
        Column("amount", "مبلغ", "money"),
        Column("at", "زمان", "instant"),
        Column("day", "تاریخ", "date"),
        Column("urgent", "فوری", "boolean"),
    ]
    rows = rows if rows is not None else [row("علی رضایی")]
    return Sheet("کارهای دیرشده", columns, rows, **more)


def row(name: str) -> dict[str, object]:
    return {
        "number": "1405/0812",
        "name": name,
        "amount": 12_500_000,
        "at": AT,
        "day": "2026-11-26",
        "urgent": True,
    }


def opened(content: bytes):
    return load_workbook(BytesIO(content)).active


def test_a_persian_sheet_runs_right_to_left_with_jalali_dates_and_real_numbers():
    page = opened(export("xlsx", sheet(), at=AT).content)
    assert page.sheet_view.rightToLeft
    assert [cell.value for cell in page[1]] == ["شماره", "نام", "مبلغ", "زمان", "تاریخ", "فوری"]
    assert [cell.value for cell in page[2]] == [
        "1405/0812",
        "علی رضایی",
        12_500_000,
        "1405/09/01 09:00",
        "1405/09/05",
        "بله",
    ]
    assert page.freeze_panes == "A2"
    assert page.title == "کارهای دیرشده"


def test_an_english_sheet_has_real_dates():
    with use_locale("en"):
        page = opened(export("xlsx", sheet(direction="ltr"), at=AT).content)
    assert not page.sheet_view.rightToLeft
    assert page["D2"].value == datetime(2026, 11, 22, 9, 0)  # noqa: DTZ001  # Excel has no zones
    assert page["E2"].value.date().isoformat() == "2026-11-26"
    assert page["F2"].value == "Yes"


@pytest.mark.parametrize("text", HOSTILE)
def test_text_never_becomes_a_formula(text):
    content = export("xlsx", sheet([row(text)]), at=AT).content
    cell = opened(content)["B2"]
    assert (cell.value, cell.data_type) == (text, "s")
    with ZipFile(BytesIO(content)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
        assert not [name for name in parts.namelist() if "externalLink" in name]


def test_odd_values_do_not_break_a_sheet():
    odd = {"number": "a\x00b", "name": "x" * 40_000, "amount": "much", "at": "soon", "day": None}
    big = {**row("علی"), "amount": 10**18, "name": ["الف", "ب"]}
    page = opened(export("xlsx", sheet([odd, big]), at=AT).content)
    assert len(page["B2"].value) == 32_000
    assert page["C2"].value == "much"
    assert page["C3"].value == "۱٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰"
    assert export("pdf", sheet([odd, big]), at=AT).content.startswith(b"%PDF-")


def test_a_printed_list_repeats_its_header_and_counts_its_pages():
    rows = [row(f"مشترک {n}") for n in range(60)]
    made = export("pdf", sheet(rows, filtered="واحد: پذیرش", signatures=("تهیه‌کننده",)), at=AT)
    pages = page_count(made.content)
    text = text_of(made.content)
    assert pages > 1
    assert text.count("فوری") == pages
    assert "پذیرش" in text
    assert "۱۴۰۵/۰۹/۰۱" in text
    assert made.name == "کارهای دیرشده.pdf"


def test_a_printed_list_in_english():
    with use_locale("en"):
        text = text_of(export("pdf", sheet(direction="ltr"), at=AT).content)
    assert "2026-11-26" in text
    assert "12,500,000" in text
    assert "Page 1 of 1" in text


@pytest.mark.parametrize("text", ["#read(1)", "*bold*", "$x$", '"]', "\\"])
def test_text_in_a_printed_list_stays_literal(text):
    with use_locale("en"):
        made = export("pdf", sheet([row(text)], direction="ltr"), at=AT)
    assert text in text_of(made.content)


def test_a_sheet_can_be_printed_as_cards():
    with use_locale("en"):
        made = export("cards", sheet([row("#a"), row("*b*")], direction="ltr"), at=AT)
        empty = export("cards", sheet([], direction="ltr", signatures=("Seen",)), at=AT)
    text = text_of(made.content)
    assert made.name.endswith(".pdf")
    assert "#a" in text
    assert "*b*" in text
    assert text.count("2026-11-26") == 2
    assert "No row fits." in text_of(empty.content)


def test_an_empty_list_says_so():
    with use_locale("en"):
        assert "No row fits." in text_of(export("pdf", sheet([], direction="ltr"), at=AT).content)
    assert opened(export("xlsx", sheet([]), at=AT).content).max_row == 1


def test_too_long_lists_and_unknown_kinds_are_refused():
    with pytest.raises(TooManyRows):
        export("pdf", sheet([row("a")] * 5_001))
    with pytest.raises(UnknownPart):
        export("docx", sheet())


def test_names_of_files_are_plain():
    odd = Sheet("a/b:c*?[x]\n", [Column("a", "a")], [{"a": 1}])
    made = export("xlsx", odd, at=AT)
    assert made.name == "a-b-c---x--.xlsx"
    assert opened(made.content).title == "a b c   x"
