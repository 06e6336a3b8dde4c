"""FEEL of DMN 1.3 as far as tables and designers need it: ranges, kinds, definitions, cells."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from kernel.expressions import (
    ExpressionError,
    Run,
    Span,
    UnaryTests,
    compile,
    compile_feel,
    to_json,
)
from kernel.i18n import use_locale

VARIABLES = {
    "score": 70,
    "name": "Ravand",
    "rows": [{"a": 2, "ok": True}, {"a": 1, "ok": False}],
    "now": datetime(2026, 11, 22, 5, 30, tzinfo=UTC),
}

CASES = [
    # ranges are values
    ("= [1..5]", Span(1, 5)),
    ("= ]1..5[", Span(1, 5, False, False)),
    ("= score in [50..80)", True),
    ("= score in ([1..5], [60..80])", True),
    ("= {r: [1..5], x: 3 in r}.x", True),
    ("= (1..5).start included", False),
    ("= @'2026-01-01' in [date('2025-01-01')..date('2026-06-01')]", True),
    ("= for i in [1..3] return i * i", [1, 4, 9]),
    ("= before([1..5], 6) and overlaps([1..5], [5..9])", True),
    # kinds
    ("= score instance of number and name instance of string", True),
    ("= null instance of Any", False),
    ("= @'P1D' instance of days and time duration", True),
    ("= @'P1M' instance of days and time duration", False),
    ("= [1] instance of list", True),
    # undecided
    ("= missing and false", False),
    ("= missing or true", True),
    ("= true and missing and false", False),
    # definitions, contexts, partial
    ("= sort(rows, function(x, y) x.a < y.a).a", [1, 2]),
    ("= sort(list: [3, 1], precedes: function(x, y) x > y)", [3, 1]),
    ("= {a: 1, b: a + 1, c: b * 2}.c", 4),
    ("= {monthly income: 5}", {"monthly income": 5}),
    ("= for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]", [1, 1, 2, 3]),
    # filters
    ("= rows[ok].a", [2]),
    ("= rows[not(ok)].a", [1]),
    ("= [1, 2, 3][item > 1]", [2, 3]),
    ("= ['ab', 'b'][starts with(item, 'a')]", ["ab"]),
    ("= {a: 9, kept: rows[a > 1]}.kept.a", [2]),
    # arithmetic
    ("= 2 ** 10", 1024),
    ("= -2 ** 2", 4),
    ("= 2 ** -1", Decimal("0.5")),
    ("= .5 + .5 = 1", True),
    # named values
    ("= substring(string: 'foobar', start position: 3)", "obar"),
    ("= substring(start: 3, text: 'foobar', count: 2)", "ob"),
    # instants and zones
    ("= @'2026-11-22T09:00:00@Asia/Tehran' = now", True),
    ("= now.time offset", timedelta(hours=3, minutes=30)),
    ("= now.timezone", "Asia/Tehran"),
    ("= time('10:00:00Z') < time('14:00:00+03:30')", True),
    # texts around gaps
    ("Hello ${name}, ${score + 1}!", "Hello Ravand, 71!"),
    ("${name} ${missing}", "Ravand "),
    ("= some x in [1, 2], y in [2] satisfies x = y", True),
    ("= not(score > 50) or empty missing", True),
]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_feel_has_its_value(text, value):
    found = compile(text).evaluate(VARIABLES)
    assert found == value
    assert type(found) is type(value)


CELLS = [
    ("-", 5, True),
    ("-", None, True),
    ("", None, None),
    ("< 5", 4, True),
    (">= 5", 4, False),
    ("< 5", None, False),
    ("not(< 5)", None, False),
    ("[1..5]", 5, True),
    ("]1..5[", 5, False),
    ('"a", "b"', "b", True),
    ('not("a", "b")', "b", False),
    ('not("a")', "c", True),
    ("1, [5..7], > 10", 6, True),
    ("1, [5..7], > 10", 8, False),
    ("null", None, True),
    ("not(null)", None, False),
    ("true", True, True),
    ("true", False, False),
    ("? > 5 and ? < 10", 7, True),
    ('contains(?, "vand")', "Ravand", True),
    ("limit", 70, True),
    ("[1..limit]", 70, True),
    ("> limit + 1", 72, True),
    ("allowed", "b", True),
    ("? in allowed", "z", False),
    ('starts with(?, "R") or ? = "x"', "x", True),
    ('date("2026-01-01")', date(2026, 1, 1), True),
    ('< date("2026-01-01")', "2025-12-31", True),
    ("not(]1..5])", 7, True),
    ("Risk Score - 1", 69, True),
    ("!= 3", 3, False),
]


@pytest.mark.parametrize(("cell", "subject", "holds"), CELLS)
def test_a_cell_asks_its_subject(cell, subject, holds):
    if holds is None:
        with pytest.raises(ExpressionError):
            UnaryTests(cell, juel=False)
        return
    tests = UnaryTests(cell, frozenset({"Risk Score"}), juel=False)
    run = Run({"limit": 70, "allowed": ["a", "b"], "Risk Score": 70})
    assert tests.met_by(run, subject) is holds


def test_a_cell_of_another_kind_is_an_error_and_not_a_rule_passed_over():
    with pytest.raises(ExpressionError) as refusal:
        UnaryTests("> 5", juel=False).met_by(Run({}), "seven")
    assert refusal.value.problem == "expression.not-comparable"


def test_a_cell_in_juel_is_a_condition_over_the_input():
    tests = UnaryTests("${cellInput > 5 && limit == 7}", juel=True)
    assert tests.met_by(Run({"limit": 7}), 6) is True
    assert tests.met_by(Run({"limit": 7}), 5) is False


def test_names_of_several_words_are_known_in_decision_models():
    known = frozenset({"Monthly Income", "Applicant Data", "Risk"})
    expression = compile_feel("Applicant Data.Monthly Income * Risk(2)", known, frozenset({"Risk"}))
    assert expression.names == ("Applicant Data",)
    assert (
        expression.evaluate(
            {"Applicant Data": {"Monthly Income": 5}}, functions={"Risk": lambda n: n * 10}
        )
        == 100
    )


def test_an_error_in_several_lines_names_line_and_character():
    with pytest.raises(ExpressionError) as refusal:
        compile("= if true\n  then 1 +\n  else 2")
    assert (refusal.value.line, refusal.value.column) == (3, 8)
    with use_locale("en"):
        assert "line 3, character 8" in refusal.value.sentence()


def test_a_range_is_stored_as_its_text():
    assert to_json(Span(1, date(2026, 1, 2), True, False)) == '[1.."2026-01-02")'


@pytest.mark.parametrize(
    "text",
    [
        "= function(x) x",
        "= [function(x) x]",
        "= {f: function(x) x}",
        "= sort([2, 1], function(x) x)",
        "= sort([2, 1], 'x')",
        "= for i in [1..100000] return i",
        "= [[1]..2]",
        "= sort(for i in 1..9000 return i, function(a, b) count(for k in 1..99 return k) > 5)",
    ],
)
def test_definitions_and_ranges_do_not_escape_or_run_away(text):
    with pytest.raises(ExpressionError):
        compile(text).evaluate({})
