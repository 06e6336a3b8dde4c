"""Decision tables: every hit policy, defaults, types, and errors that name rule and cell."""

from datetime import date
from typing import Any

import pytest

from engine.dmn.errors import DecisionError
from kernel.i18n import use_locale
from tests.engine.dmn.drawing import decide, decision, definitions, problems, table

RULES = [
    ["< 100", '"small"'],
    ["[50..1000]", '"middle"'],
    ["> 500", '"large"'],
]
ORDER = ("size", "string", '"large", "middle", "small"')


def asked(logic: str, **variables: Any) -> Any:
    return decide(definitions(decision("d", logic)), "d", **variables)


@pytest.mark.parametrize(
    ("hit", "amount", "value", "rules"),
    [
        ("UNIQUE", 10, "small", (1,)),
        ("UNIQUE", 400, "middle", (2,)),
        ("UNIQUE", None, None, ()),
        ("FIRST", 70, "small", (1,)),
        ("FIRST", 700, "middle", (2,)),
        ("PRIORITY", 70, "middle", (2,)),
        ("PRIORITY", 700, "large", (3,)),
        ("RULE ORDER", 700, ["middle", "large"], (2, 3)),
        ("OUTPUT ORDER", 70, ["middle", "small"], (2, 1)),
        ("OUTPUT ORDER", 700, ["large", "middle"], (3, 2)),
        ("COLLECT", 70, ["small", "middle"], (1, 2)),
        ("COLLECT", None, [], ()),
    ],
)
def test_a_hit_policy_chooses_among_the_rules_that_hold(hit, amount, value, rules):
    answer = asked(table(["amount"], [ORDER], RULES, hit), amount=amount)
    assert answer.value == value
    assert [one.rules for one in answer.found] == [rules]


@pytest.mark.parametrize(
    ("aggregation", "value", "nothing"),
    [("SUM", 12, None), ("MIN", 2, None), ("MAX", 10, None), ("COUNT", 2, 0)],
)
def test_collect_aggregates_the_answers(aggregation, value, nothing):
    logic = table(["x"], ["points"], [["> 1", "2"], ["> 2", "10"]], "COLLECT", aggregation)
    assert asked(logic, x=5).value == value
    assert asked(logic, x=0).value == nothing


def test_any_takes_equal_answers_and_refuses_different_ones():
    logic = table(["x"], ["ok"], [["> 1", "true"], ["> 2", "true"], ["> 9", "false"]], "ANY")
    answer = asked(logic, x=5)
    assert (answer.value, answer.found[0].rules) == (True, (1, 2))
    with pytest.raises(DecisionError) as refusal:
        asked(logic, x=10)
    assert refusal.value.problem == "decision.not-any"
    assert refusal.value.facts["rules"] == "1, 2, 3"


def test_unique_refuses_two_rules_that_hold():
    with pytest.raises(DecisionError) as refusal:
        asked(table(["amount"], ["size"], RULES), amount=700)
    assert refusal.value.problem == "decision.not-unique"
    assert refusal.value.facts["rules"] == "2, 3"


def test_overlapping_rules_are_noted_before_anything_runs():
    found = problems(definitions(decision("d", table(["amount"], ["size"], RULES))))
    assert [(p.code, p.facts["first"], p.facts["second"]) for p in found] == [
        ("dmn.overlap", 1, 2),
        ("dmn.overlap", 2, 3),
    ]
    apart = [["< 50", "1"], ["[50..100]", "2"], ["> 100", "3"], ["null", "4"]]
    assert problems(definitions(decision("d", table(["amount"], ["size"], apart)))) == []


def test_several_outputs_are_a_context_and_a_default_answers_when_no_rule_does():
    logic = table(
        ["x", "kind"],
        ["discount", "note"],
        [["> 5", '"a", "b"', "x * 2", '"two"'], ["-", 'not("a")', "1", '"one"']],
        "FIRST",
        defaults=["0", '"none"'],
    )
    assert asked(logic, x=6, kind="b").value == {"discount": 12, "note": "two"}
    assert asked(logic, x=1, kind="c").value == {"discount": 1, "note": "one"}
    answer = asked(logic, x=1, kind="a")
    assert (answer.value, answer.found[0].rules) == ({"discount": 0, "note": "none"}, ())


def test_a_typed_column_reads_dates_and_refuses_other_kinds():
    logic = table(
        [("due", "date")], ["late"], [['< date("2026-01-01")', "true"], ["-", "false"]], "FIRST"
    )
    assert asked(logic, due="2025-12-31").value is True
    assert asked(logic, due=date(2026, 5, 1)).value is False
    with pytest.raises(DecisionError) as refusal:
        asked(logic, due=7)
    with use_locale("en"):
        assert refusal.value.sentence() == "“d”: the value of “due” is not a date."


def test_values_outside_of_a_columns_values_are_errors():
    logic = table([("kind", "string", '"a", "b"')], [("n", "number", "[1..5]")], [["-", "x"]])
    assert asked(logic, kind="a", x=5).value == 5
    for variables, problem in (({"kind": "z", "x": 1}, "input"), ({"kind": "a", "x": 9}, "output")):
        with pytest.raises(DecisionError) as refusal:
            asked(logic, **variables)
        assert refusal.value.problem == f"decision.{problem}-value"


def test_an_error_names_decision_rule_column_text_and_place():
    logic = table(["x"], ["y"], [["< 1", "1"], ["> limit + 'a'", "2"]], "FIRST")
    with pytest.raises(DecisionError) as refusal:
        asked(logic, x=5, limit=3)
    facts = refusal.value.facts
    assert (facts["decision"], facts["rule"], facts["column"]) == ("d", 2, "x")
    assert refusal.value.text == "> limit + 'a'"
    assert facts["error"].position == 8
    with use_locale("en"):
        assert "rule 2, column “x”" in refusal.value.sentence()


def test_a_cell_that_compares_different_kinds_is_an_error_not_a_rule_passed_over():
    with pytest.raises(DecisionError):
        asked(table(["x"], ["y"], [["> 5", "1"]]), x="seven")


def test_a_large_table_is_asked_within_its_bound_and_an_endless_one_is_stopped():
    rules = [[f"{n}", "-", f"{n * 2}"] for n in range(1500)]
    assert asked(table(["x", "y"], ["z"], rules), x=1234, y=0).value == 2468
    slow = [["count(for a in 1..900, b in 1..900 return a) > 5", "1"]] * 3
    with pytest.raises(DecisionError) as refusal:
        asked(table(["x"], ["z"], slow, "COLLECT"), x=1)
    assert refusal.value.facts["rule"] == 1
