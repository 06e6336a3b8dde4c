"""Fields of forms become columns, filters and groups without a programmer (C03)."""

from dataclasses import replace

import pytest

from kernel.i18n import use_locale
from kernel.uow import read_only
from people.errors import PermissionMissing
from reports.conditions import Condition
from reports.dynamic import columns_of, process_report
from reports.errors import ColumnUnknown, FilterInvalid, ProcessUnknown

COLUMNS = ["number", "field.city", "field.amount", "field.visit"]


def report(actor, **wishes):
    with read_only() as session:
        return process_report(session, actor, "request", **{"columns": COLUMNS, **wishes})


@pytest.fixture
def cases(archive):
    archive.instance(city="thr", amount=1_000_000, visit="2026-12-01", secret="x")
    archive.clock.move(minutes=1)
    archive.instance(by=archive.head, city="isf", amount=3_000_000)
    archive.clock.move(minutes=1)
    archive.instance(by=archive.head, city="thr", amount=500_000, visit="2026-11-25")
    return archive


def test_the_columns_are_the_instances_own_and_those_of_the_forms(archive):
    with read_only() as session:
        offered = columns_of(session, archive.manager, "request")
    assert [source.key for source in offered][-3:] == ["field.city", "field.amount", "field.visit"]
    assert {source.key: source.label for source in offered}["field.city"] == "شهر"
    assert "field.secret" not in [source.key for source in offered]


def test_rows_are_the_instances_newest_first_in_the_readers_words(cases):
    sheet = report(cases.manager).sheet
    assert [row["number"] for row in sheet.rows] == ["1405/0003", "1405/0002", "1405/0001"]
    assert [row["field.city"] for row in sheet.rows] == ["تهران", "اصفهان", "تهران"]
    assert sheet.title == "درخواست خدمت"
    with use_locale("en"):
        sheet = report(cases.manager).sheet
    assert [column.label for column in sheet.columns] == ["Number", "City", "Amount", "Visit"]
    assert sheet.rows[0]["field.city"] == "Tehran"


@pytest.mark.parametrize(
    ("column", "sign", "value", "numbers"),
    [
        ("field.city", "=", "thr", ["0003", "0001"]),
        ("field.city", "!=", "thr", ["0002"]),
        ("field.city", "contains", "اصف", ["0002"]),
        ("field.amount", ">=", "۱٬۰۰۰٬۰۰۰", ["0002", "0001"]),
        ("field.amount", "<", 1_000_000, ["0003"]),
        ("field.visit", "<=", "1405/09/05", ["0003"]),
        ("field.visit", "=", "۱۴۰۵/۰۹/۱۰", ["0001"]),
        ("field.visit", "empty", None, ["0002"]),
        ("field.visit", "filled", None, ["0003", "0001"]),
        ("status", "=", "running", ["0003", "0002", "0001"]),
        ("subject", "contains", "درخواست ۲", ["0002"]),
        ("started_at", ">", "2026-11-22", []),
    ],
)
def test_filters_understand_what_people_type(cases, column, sign, value, numbers):
    found = report(cases.manager, filters=[Condition(column, sign, value)])
    assert [row["number"].split("/")[1] for row in found.sheet.rows] == numbers
    assert found.count == len(numbers)
    assert found.sheet.filtered


def test_the_filter_is_said_in_words(cases):
    wish = Condition("field.amount", ">=", 1_000_000)
    assert report(cases.manager, filters=[wish]).sheet.filtered == "مبلغ دست‌کم ۱٬۰۰۰٬۰۰۰"


def test_groups_count_and_sum(cases):
    sheet = report(cases.manager, group_by="field.city").sheet
    assert [(row["group"], row["count"]) for row in sheet.rows] == [
        ("تهران", 2),
        ("اصفهان", 1),
        ("همه", 3),
    ]
    assert [row["sum:field.amount"] for row in sheet.rows] == [1_500_000, 3_000_000, 4_500_000]
    assert sheet.rows[0]["mean:field.amount"] == 750_000


def test_groups_without_a_value_have_a_name(cases):
    groups = {row["group"] for row in report(cases.manager, group_by="field.visit").sheet.rows}
    assert groups == {"(بی‌مقدار)", "۱۴۰۵/۰۹/۱۰", "۱۴۰۵/۰۹/۰۴", "همه"}


def test_how_long_ended_instances_took_is_a_column(archive):
    case = archive.instance()
    archive.clock.move(hours=3)
    archive.end(case)
    sheet = report(archive.manager, columns=["number", "hours"], group_by="status").sheet
    assert sheet.rows[0]["group"] == "پایان‌یافته"
    assert sheet.rows[0]["mean:hours"] == 3


def test_who_may_not_see_all_instances_sees_those_taken_part_in(cases):
    cases.instance(by=cases.manager)
    reader = replace(cases.head, permissions=frozenset({"report.view"}))
    seen = {row["number"] for row in report(reader).sheet.rows}
    assert seen == {"1405/0002", "1405/0003"}


def test_without_the_permission_there_is_no_report(cases):
    with pytest.raises(PermissionMissing):
        report(cases.clerk)


def test_unknown_processes_columns_and_signs_are_refused(cases):
    with pytest.raises(ProcessUnknown), read_only() as session:
        process_report(session, cases.manager, "none")
    with pytest.raises(ColumnUnknown):
        report(cases.manager, columns=["field.secret"])
    with pytest.raises(ColumnUnknown):
        report(cases.manager, filters=[Condition("variables", "=", "x")])
    for wrong in (Condition("field.amount", ">", "much"), Condition("number", "like", "%")):
        with pytest.raises(FilterInvalid):
            report(cases.manager, filters=[wrong])
