"""What expressions mean, on both surfaces."""

from collections import ChainMap
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from kernel.expressions import (
    COMPUTED,
    ExpressionError,
    Months,
    compile,
    compile_condition,
    from_json,
    is_expression,
    to_json,
)
from kernel.i18n import use_locale
from kernel.phone import PhoneInvalid

VARIABLES = {
    "amount": 5000,
    "status": "ok",
    "rate": 0.1,
    "nothing": None,
    "urgent": True,
    "outcomes": {"decide": "continue", "the-task": "yes"},
    "items": [{"name": "a", "price": 10, "q": 2}, {"name": "b", "price": 30, "q": 1}],
    "numbers": [3, 1, 2],
    "next_date": "2026-12-01",
    "today": date(2026, 11, 22),
    "now": datetime(2026, 11, 22, 5, 30, tzinfo=UTC),
    "نام": "علی",
}

CASES = [
    # literals, in both scripts
    ("= 12.50", Decimal("12.50")),
    ("= ۱۰۰۰ + 1", 1001),
    ("= 'a\\n\\u0041\\''", "a\nA'"),
    ("= [1, 'a', null, true]", [1, "a", None, True]),
    ('= {a: 1, "b c": {d: 2}}', {"a": 1, "b c": {"d": 2}}),
    ('= @"2026-11-22"', date(2026, 11, 22)),
    ('= @"PT4H"', timedelta(hours=4)),
    # comparison
    ('= amount > 1000 and status = "ok"', True),
    ("${amount > 1000 && status == 'ok'}", True),
    ("#{amount le 5000 and status ne 'x' or not urgent}", True),
    ("= 1 = 1.0", True),
    ("= nothing = null", True),
    ("= missing = null", True),
    ("= missing != 'x'", True),
    ("= [1, [2]] = [1.0, [2]]", True),
    ("= {a: 1} = {a: 2}", False),
    ("= amount between 1 and 5000", True),
    ("= amount between 1 and 10 or urgent", True),
    ("= amount in [1..5000]", True),
    ("= amount in [1..5000)", False),
    ("= amount in ]5000..6000]", False),
    ("= amount in (< 10, >= 5000)", True),
    ("= amount in (5000, 7)", True),
    ("= status in ['ok', 'fine']", True),
    ("= status in ('no', 'never')", False),
    ("= amount in > 100", True),
    # arithmetic
    ("= 1 + 2 * 3 - 4 / 2", 5),
    ("= 1 - 2 - 3", -4),
    ("= 0.1 + 0.2", Decimal("0.3")),
    ("= 10 / 4", Decimal("2.5")),
    ("= -amount + 1", -4999),
    ("= 7 % 3 + 7 mod 4 + 8 div 2", 8),
    ("= rate * 3", Decimal("0.3")),
    ("= 'a' + 'b' + 'c'", "abc"),
    # truth
    ("= not(urgent) or urgent", True),
    ("= not amount = 5000", False),
    ("${!urgent || urgent}", True),
    ("${not empty items}", True),
    ("${empty nothing && empty '' && empty missing}", True),
    ("= false and missing > 1", False),
    # choice
    ('= if amount > 10 then "big" else "small"', "big"),
    ("${amount > 10 ? 'big' : 'small'}", "big"),
    ("= if false then 1 else if true then 2 else 3", 2),
    # paths
    ('= outcomes.decide = "continue"', True),
    ('= outcomes["the-task"]', "yes"),
    ("= outcomes.missing.deeper", None),
    ("= items[1].name", "a"),
    ("= items[-1].name", "b"),
    ("= items[9]", None),
    ("${items[0].name}", "a"),
    ("= items.price", [10, 30]),
    ("= items[price > 20].name", ["b"]),
    ("= items[item.price > 20][1].name", "b"),
    ("= items[price * q >= amount / 250]", VARIABLES["items"]),
    ("= نام", "علی"),
    # loops
    ("= for i in numbers return i * 2", [6, 2, 4]),
    ("= for i in 1..3, j in 1..2 return i * 10 + j", [11, 12, 21, 22, 31, 32]),
    ("= sum(for i in items return i.q * i.price)", 50),
    ("= some i in items satisfies i.price > 20", True),
    ("= every i in items satisfies i.price > 20", False),
    ("= for i in missing return i", []),
    # dates
    ("= next_date > today", True),
    ('= today < date("2027-01-01")', True),
    ("= today + duration('P10D') >= next_date", True),
    ("= date(next_date) - today", timedelta(days=9)),
    ("= today + @'P1M'", date(2026, 12, 22)),
    ("= now + duration('PT4H')", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
    ("= now < date('2026-11-23')", True),
    ("= today().year + now().hour", 2026 + 9),  # instants speak the organisation's clock
    ("= duration('P1D') * 2 + duration('PT12H')", timedelta(days=2, hours=12)),
    ("= duration('PT3H') / duration('PT2H')", Decimal("1.5")),
    ("= time('08:30') + duration('PT45M')", time(9, 15)),
]


@pytest.mark.parametrize(("text", "value"), CASES)
def test_an_expression_has_its_value(text, value):
    found = compile(text).evaluate(VARIABLES)
    assert found == value
    assert type(found) is type(value)


# What cannot be decided is an error with its place, never a wrong branch.
ERRORS = [
    ("= missing > 1", "not-comparable", 10),
    ("= status > 1", "not-comparable", 9),
    ("= status = 1", "not-comparable", 9),
    ("= true = 1", "not-comparable", 7),
    ("= 'soon' < today", "not-comparable", 9),
    ("= status + 1", "no-operator", 9),
    ("= nothing + 1", "no-operator", 10),
    ("= 1 / (amount - 5000)", "divided-by-zero", 4),
    ("= amount % 0", "divided-by-zero", 9),
    ("= status and true", "wrong-kind", 9),
    ("= not status", "wrong-kind", 2),
    ("= 2 ** 200", "number-too-large", 4),
    ("= 0 ** -1", "divided-by-zero", 4),
    ("= {a: {b: [1]}}.a.b.c", "wrong-kind", 20),
    ("= if status then 1 else 2", "wrong-kind", 5),
    ("= amount.field", "wrong-kind", 9),
    ("= today.century", "no-member", 8),
    ("= items['a']", "wrong-kind", 7),
    ("= items[0]", "counted-from-one", 7),
    ("= sum(['a'])", "wrong-kind", 2),
    ("= unheard('x')", "unknown-function", 2),
    ("= date('22 November')", "not-temporal", 2),
    ("= number('abc')", "not-a-number", 2),
    ("= matches('a', '(')", "bad-pattern", 2),
    ("= 9999999999999999999999999999999999 + 1", "number-too-large", 37),
    ("= date('9999-12-31') + duration('P2D')", "out-of-calendar", 21),
]


@pytest.mark.parametrize(("text", "problem", "position"), ERRORS)
def test_what_has_no_value_is_refused_with_its_place(text, problem, position):
    with pytest.raises(ExpressionError) as refusal:
        compile(text).evaluate(VARIABLES)
    assert refusal.value.problem == f"expression.{problem}"
    assert refusal.value.position == position
    assert refusal.value.text == text


UNREADABLE = [
    ("=", "incomplete", 1),
    ("", "incomplete", 0),
    ("= 1 +", "incomplete", 5),
    ("= (1", "expected", 4),
    ("= 1 2", "unexpected", 4),
    ("= a ; b", "unexpected", 4),
    ("= 'open", "unexpected", 2),
    ("= a.1", "name-expected", 4),
    ("= if a then b", "expected", 13),
    ("= a.upper()", "no-methods", 4),
    ("= substring('a')", "wrong-count", 2),
    ("= a *** 2", "unexpected", 6),
    ("= lambda x: x", "unexpected", 9),
    ("= ${a}", "unexpected", 2),
    ("a ${b", "open-gap", 4),
    ("= [1..]", "incomplete", 7),
    ("= x instance of unicorn", "no-such-kind", 16),
    ("= substring(text: 'a', 2)", "mixed-arguments", 23),
    ("= substring(text: 'a', beginning: 2)", "no-such-parameter", 2),
    ("= f(function(a) external {})", "external-function", 16),
]


@pytest.mark.parametrize(("text", "problem", "position"), UNREADABLE)
def test_what_cannot_be_read_is_refused_with_its_place(text, problem, position):
    with pytest.raises(ExpressionError) as refusal:
        compile(text)
    assert refusal.value.problem == f"expression.{problem}"
    assert refusal.value.position == position


def test_an_error_is_a_sentence_in_both_languages_and_tells_no_values():
    with pytest.raises(ExpressionError) as refusal:
        compile("= secret + 1").evaluate({"secret": "باران"})
    with use_locale("fa"):
        assert "عدد" in refusal.value.sentence()
    with use_locale("en"):
        assert "a text and a number" in refusal.value.sentence()
        assert "باران" not in refusal.value.sentence()
        assert "باران" not in str(refusal.value)


def test_names_and_calls_are_known_without_evaluating():
    expression = compile(
        "= position('subscribers.head') in (for p in people return p.post) and upper(x) = y.z"
    )
    assert expression.names == ("people", "x", "y")
    assert [(call.name, call.arguments) for call in expression.calls] == [
        ("position", ("subscribers.head",)),
        ("upper", (COMPUTED,)),
    ]
    assert expression.foreign == ("position",)


def test_functions_are_given_by_the_caller():
    expression = compile("= [position('a.b'), head_of(unit)]")
    given = {"position": lambda key: f"position:{key}", "head_of": lambda unit: f"{unit}.head"}
    assert expression.evaluate({"unit": "finance"}, functions=given) == [
        "position:a.b",
        "finance.head",
    ]


@pytest.mark.parametrize("raised", [KeyError("none"), ValueError(), PhoneInvalid(text="12")])
def test_a_refusal_inside_a_given_function_is_an_expression_error(raised):
    def position(key):
        raise raised

    with pytest.raises(ExpressionError) as refusal:
        compile("= position('none')").evaluate({}, functions={"position": position})
    assert "position" in refusal.value.sentence()
    if isinstance(raised, PhoneInvalid):
        assert raised.sentence() in refusal.value.sentence()


def test_variables_may_be_any_mapping_and_hold_what_python_has():
    variables = ChainMap({"id": UUID(int=1)}, {"pair": (1, 2.5)})
    assert compile("= id").evaluate(variables) == "00000000-0000-0000-0000-000000000001"
    assert compile("= pair[2]").evaluate(variables) == Decimal("2.5")


@pytest.mark.parametrize("value", [object(), float("nan"), len, {1, 2}, Decimal("NaN"), 10.0**40])
def test_values_with_behaviour_or_without_meaning_are_refused(value):
    for text in ("= x", "= x.name", "= [x]", "= list contains([1], x)"):
        with pytest.raises(ExpressionError):
            compile(text).evaluate({"x": value})


def test_an_answer_shares_nothing_with_the_variables():
    variables = {"a": {"b": [1]}}
    answer = compile("= a").evaluate(variables)
    answer["b"].append(2)
    assert variables == {"a": {"b": [1]}}


def test_a_condition_is_true_or_false_and_nothing_else():
    assert compile_condition("= 1 < 2").evaluate({}) is True
    with pytest.raises(ExpressionError):
        compile_condition("= 1").evaluate({})
    with pytest.raises(ExpressionError):
        compile("= null").test({})
    for undecided in ("= missing and true", "= not(missing)", "= missing or false"):
        assert compile(undecided).evaluate({}) is None
        with pytest.raises(ExpressionError):
            compile_condition(undecided).evaluate({})
    with pytest.raises(ExpressionError):
        compile_condition("${a} and ${b}")


def test_texts_say_whether_they_are_expressions():
    assert is_expression("= a")
    assert is_expression(" ${a}")
    assert is_expression("#{a}")
    assert not is_expression("PT24H")
    assert not is_expression("== a")


def test_compiling_twice_gives_the_same_object():
    assert compile("= a + 1") is compile("= a + 1")


@pytest.mark.parametrize(
    ("value", "json"),
    [
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 5, 30, tzinfo=UTC), "2026-11-22T05:30:00Z"),
        (timedelta(days=1, hours=2, minutes=-30), "P1DT1H30M"),
        (timedelta(0), "PT0S"),
        (-timedelta(minutes=90), "-PT1H30M"),
        (Months(14), "P1Y2M"),
        (Decimal("2.50"), 2.5),
        (Decimal("3.00"), 3),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        ([Decimal("1.5"), {"d": date(2026, 1, 1)}], [1.5, {"d": "2026-01-01"}]),
    ],
)
def test_values_become_json(value, json):
    assert to_json(value) == json


def test_dates_that_came_back_from_json_still_compare():
    stored = from_json({"due": "2026-12-01", "at": "2026-11-22T05:30:00Z", "rate": 0.1})
    assert compile("= due = date('2026-12-01') and at < now and rate = 0.1").evaluate(
        {**stored, "now": datetime(2026, 11, 22, 6, tzinfo=UTC)}
    )
