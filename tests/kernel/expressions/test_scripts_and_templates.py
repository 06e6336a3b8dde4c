"""Scripts of assignments, and texts with gaps."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import escape

import pytest

from kernel.expressions import Assignments, ExpressionError, compile_script, compile_template

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
VARIABLES = {
    "name": "علی",
    "total": 12_500,
    "rate": Decimal("2.50"),
    "due": "2026-11-26",
    "now": NOW,
    "urgent": True,
    "nothing": None,
    "items": [{"n": "یک"}, {"n": "دو"}],
    "contact": {"name": "سارا", "mobile": "+989121234567"},
}


def test_a_script_assigns_line_by_line_and_later_lines_see_earlier_ones():
    script = Assignments(
        """
        # the fee, then what is left
        fee = total * 10 / 100
        left = total - fee;
        // lists may go over several lines
        lines = [
            {label: "fee", amount: fee},
            {label: "left", amount: left}
        ]
        name = upper("ok")
        """
    )
    assert script.evaluate({"total": 200, "name": "before"}) == {
        "fee": 20,
        "left": 180,
        "lines": [{"label": "fee", "amount": 20}, {"label": "left", "amount": 180}],
        "name": "OK",
    }
    assert script.targets == ("fee", "left", "lines", "name")
    assert script.names == ("total",)


def test_a_script_reads_what_it_is_about_to_overwrite():
    script = compile_script("tries = tries + 1")
    assert script.evaluate({"tries": 2}) == {"tries": 3}
    assert script.names == ("tries",)


@pytest.mark.parametrize(
    ("text", "position"),
    [("total", 0), ("a = 1\nb == 2", 6), ("a.b = 1", 0), ("a = 1 +", 7), ("a = (1\nb = 2", 7)],
)
def test_a_line_that_is_no_assignment_is_refused_with_its_place(text, position):
    with pytest.raises(ExpressionError) as refusal:
        Assignments(text)
    assert refusal.value.position == position
    assert refusal.value.text == text


def test_an_empty_script_assigns_nothing():
    assert Assignments("\n  # nothing\n").evaluate({}) == {}


TEXTS = [
    ("سلام {name}", "سلام علی", "سلام علی"),
    ("{total}", "۱۲۵۰۰", "12500"),
    ("{rate}", "۲٫۵", "2.5"),
    ("{money(total)}", "۱۲٬۵۰۰ ریال", "12,500 rials"),
    ('{money(total, "toman")}', "۱٬۲۵۰ تومان", "1,250 tomans"),
    ("{words(total)}", "دوازده هزار و پانصد", "twelve thousand five hundred"),
    ("{date(due)}", "۵ آذر ۱۴۰۵", "26 November 2026"),
    ("{date(now)}", "۱ آذر ۱۴۰۵", "22 November 2026"),
    ("{time(now)}", "۰۹:۰۰", "09:00"),
    ("{date and time(now)}", "۱ آذر ۱۴۰۵، ساعت ۰۹:۰۰", "22 November 2026, 09:00"),
    ("{urgent}{nothing}{missing}", "بله", "yes"),
    ("{items.n}", "یک، دو", "یک, دو"),
    ("{contact.mobile}", "+989121234567", "+989121234567"),
    ("{digits('12')}", "۱۲", "12"),
    ("{{ {name} }}", "{ علی }", "{ علی }"),
    ('{if urgent then "فوری" else "{}"}', "فوری", "فوری"),
    ('{get value({a: "}"}, "a")}', "}", "}"),
    ("{money(nothing)}{date(nothing)}", "", ""),
    ("no gaps", "no gaps", "no gaps"),
]


@pytest.mark.parametrize(("text", "fa", "en"), TEXTS)
def test_a_text_speaks_the_readers_language(text, fa, en):
    template = compile_template(text)
    assert template.render(VARIABLES, locale="fa") == fa
    assert template.render(VARIABLES, locale="en") == en


def test_dates_and_durations_show_themselves():
    shown = compile_template("{d} {l}").render(
        {"d": date(2026, 11, 22), "l": timedelta(hours=2, minutes=36)}
    )
    assert shown == "۱ آذر ۱۴۰۵ ۲ ساعت و ۳۶ دقیقه"


def test_only_gaps_are_escaped():
    template = compile_template("<b>{name}</b>")
    assert template.render({"name": "<i>&"}, escape=escape) == "<b>&lt;i&gt;&amp;</b>"


def test_names_calls_and_foreign_functions_of_a_text_are_known():
    template = compile_template("{contact.name} {money(total)} {head_of('finance')}")
    assert template.names == ("contact", "total")
    assert template.foreign == ("head_of",)
    assert [call.name for call in template.calls] == ["money", "head_of"]


def test_the_callers_functions_cannot_replace_the_formats():
    given = {"money": lambda value: "free", "head_of": lambda unit: "سرپرست"}
    template = compile_template("{money(1000)} {head_of('x')}")
    assert template.render({}, functions=given) == "۱٬۰۰۰ ریال سرپرست"


@pytest.mark.parametrize(
    ("text", "position"), [("{name", 1), ("a } b", 2), ("{}", 1), ("x {1 +} y", 6), ("{'a}", 1)]
)
def test_a_text_that_cannot_be_read_is_refused_with_its_place(text, position):
    with pytest.raises(ExpressionError) as refusal:
        compile_template(text)
    assert refusal.value.position == position
    assert refusal.value.text == text


@pytest.mark.parametrize("text", ["{contact}", "{money(name)}", "{date(name)}", "{missing + 1}"])
def test_what_cannot_be_shown_is_an_error(text):
    with pytest.raises(ExpressionError) as refusal:
        compile_template(text).render(VARIABLES)
    assert refusal.value.text == text
