"""Documents: laid out from data, and nothing but data comes from people."""

from datetime import UTC, datetime

import pytest

from kernel import pdf
from kernel.i18n import use_locale
from tests.kernel.pdf_text import fonts_of, page_count, text_of

AT = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
TABLE = """
#import "ravand.typ": *
#show: sheet.with(flipped: true)
= #data.title
#table(columns: 2, table.header[الف][ب], ..data.rows.flatten())
"""


def test_a_persian_table_over_several_pages():
    rows = [[f"سطر {n}", "علی رضایی"] for n in range(120)]
    made = pdf.render(TABLE, {"title": "گزارش", "rows": rows}, at=AT)
    assert made.startswith(b"%PDF-")
    assert page_count(made) > 2


def test_the_same_input_gives_the_same_bytes():
    data = {"title": "گزارش", "rows": []}
    assert pdf.render(TABLE, data, at=AT) == pdf.render(TABLE, data, at=AT)


def test_pages_are_counted_in_the_readers_digits():
    data = {"title": "-", "rows": [["a", "b"]] * 60}
    with use_locale("en"):
        assert "Page 1 of 3" in text_of(pdf.render(TABLE, data))
    with use_locale("fa"):
        assert "۱ از ۳" in text_of(pdf.render(TABLE, data))


@pytest.mark.parametrize(
    "hostile",
    ['#read("/etc/passwd")', "*bold* _x_ $x^2$", "= heading", "@ref <label>", "\\ #panic()", '"]}'],
)
def test_text_of_people_stays_literal(hostile):
    with use_locale("en"):
        made = pdf.render(TABLE, {"title": hostile, "rows": [[hostile, hostile]]})
    assert text_of(made).replace(" ", "").count(hostile.replace(" ", "")) == 3


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/passwd")',
        '#read("../out.pdf")',
        '#json("/proc/self/environ")',
        '#import "@preview/cetz:0.3.0": *',
        '#image("https://example.org/a.png")',
        "#let f(x) = f(x + 1)\n#f(1)",
        "#while true {}",
        "#data.missing",
        "#let a = ",
    ],
)
def test_a_document_cannot_reach_out_or_run_for_ever(source):
    with pytest.raises(pdf.DocumentFailed) as refusal:
        pdf.render(source, {})
    assert "ravand-pdf-" not in str(refusal.value)


def test_a_document_that_eats_memory_is_stopped():
    source = '#let a = "x"\n#while a.len() < 100000000000 { a = a + a }\n#a'
    with pytest.raises((pdf.DocumentFailed, pdf.DocumentTooSlow)):
        pdf.render(source, {})


@pytest.mark.parametrize("name", ["../evil.png", "/etc/evil", "a\\b", ""])
def test_assets_stay_in_their_folder(name):
    with pytest.raises(pdf.DocumentFailed):
        pdf.render("x", {}, {name: b"1"})


def test_assets_can_be_used():
    assert "hello" in text_of(pdf.render('#read("notes/a.txt")', {}, {"notes/a.txt": b"hello"}))


def test_fonts_are_our_own():
    fonts = fonts_of(pdf.render(TABLE, {"title": "گزارش", "rows": []}, at=AT))
    expected = "Vazirmatn" if pdf.FONTS.is_dir() else "DejaVu"
    assert fonts
    assert all(expected in font for font in fonts)
