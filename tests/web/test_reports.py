"""Figures over HTTP: the dashboard, the rows behind its numbers, reports over a process."""

import re

import pytest

from tests.product.fixtures import Product
from tests.product.visitor import Visitor
from tests.requirements import requirement
from tests.small_cases import fill_a_little


@pytest.fixture
def head(product: Product) -> Visitor:
    """Somebody who reads reports, with a few cases to read about."""
    fill_a_little()
    return product.visitor("subscribers.head")


def figure(page: str, href: str) -> str:
    """The number on the tile that leads to an address."""
    found = re.search(
        rf'class="rv-stat" href="{re.escape(href)}".*?rv-stat__value">([^<]+)<', page, re.DOTALL
    )
    assert found is not None, href
    return found[1].strip()


def test_every_number_of_the_dashboard_leads_to_that_many_rows(head: Visitor) -> None:
    page = head.get("/reports/")
    open_work, done = figure(page, "/reports/work"), figure(page, "/reports/work?state=done")
    latin = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
    assert head.get("/reports/work").count('href="/items/') == int(open_work.translate(latin))
    rows = head.get("/reports/work?state=done").count('href="/items/')
    assert rows == int(done.translate(latin))
    assert figure(page, "/incidents/") == "۱"


def test_work_is_narrowed_by_unit_process_and_step(head: Visitor) -> None:
    page = head.get("/reports/work?unit=reception&process=daily_cost&step=ask")
    assert "تنها گام «ثبت هزینه»" in page
    assert "مراقب برای مادر" not in page
    assert "کاری با این صافی‌ها نیست" in head.get("/reports/work?unit=finance")


@requirement("C03")
def test_fields_of_forms_become_columns_filters_and_groups(head: Visitor) -> None:
    report = "/reports/table?process=daily_cost&column=number&column=field.days&column=field.total"
    page = head.get(report)
    assert "شمار روزها" in page
    fitting = head.get(report + "&where=field.days&sign=>&value=۳")
    table = fitting.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count("<tr>") == 1
    assert "۵" in table
    grouped = head.get("/reports/table?process=daily_cost&group=status&column=field.total")
    assert "هزینهٔ همه، جمع" in grouped or "جمع" in grouped
    assert "پایان‌یافته" in grouped


@requirement("C03")
def test_a_report_is_downloaded_with_its_filters(head: Visitor) -> None:
    query = "process=daily_cost&column=number&column=field.total"
    excel = head.client.get(f"/reports/table.xlsx.file?{query}")
    assert excel.data.startswith(b"PK")
    assert head.client.get(f"/reports/table.pdf.file?{query}").data.startswith(b"%PDF")
    for name in ("load", "handling", "inbox", "work"):
        assert head.client.get(f"/reports/{name}.xlsx.file").data.startswith(b"PK"), name
    assert head.client.get("/reports/work.pdf.file?state=late").data.startswith(b"%PDF")
    head.get("/reports/nothing.xlsx.file", status=404)


def test_a_wrong_filter_is_said_and_nothing_breaks(head: Visitor) -> None:
    report = "/reports/table?process=daily_cost&where=field.days&sign=>&value=many"
    assert "rv-alert--late" in head.get(report, status=422)
    head.get("/reports/table?process=nothing_like_this", status=404)


def test_reports_are_closed_to_clerks(product: Product) -> None:
    clerk = product.visitor("reception.clerk")
    for path in ("/reports/", "/reports/work", "/reports/table", "/reports/load.xlsx.file"):
        clerk.get(path, status=403)
