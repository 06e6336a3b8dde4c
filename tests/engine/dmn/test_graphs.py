"""Requirements graphs and boxed expressions; what a file may not say is refused."""

import pytest

from engine.dmn.errors import DecisionError
from kernel.i18n import use_locale
from tests.engine.dmn.drawing import (
    decide,
    decision,
    definitions,
    input_data,
    knowledge,
    literal,
    problems,
    table,
    text,
)

LOAN = definitions(
    input_data("age", "Applicant Age", "number"),
    input_data("income", "Monthly Income", "number"),
    knowledge(
        "rate",
        ["amount", "months"],
        literal("decimal(amount / months, 0)"),
        name="Monthly Rate",
    ),
    decision(
        "risk",
        table(["Applicant Age"], [("risk", "string")], [["< 25", '"high"'], [">= 25", '"low"']]),
        "input:age",
        name="Risk Level",
    ),
    decision(
        "afford",
        literal("Monthly Rate(amount, 12) < Monthly Income / 3"),
        "input:income",
        "knowledge:rate",
        name="Affordable",
        kind="boolean",
    ),
    decision(
        "loan",
        table(
            ["Risk Level", "Affordable"],
            ["grant"],
            [['"low"', "true", "true"], ["-", "-", "false"]],
            "FIRST",
        ),
        "risk",
        "afford",
        kind="boolean",
    ),
)


def test_required_decisions_are_taken_once_each_and_first():
    answer = decide(LOAN, "loan", **{"Applicant Age": 30, "Monthly Income": 900, "amount": 1200})
    assert answer.value is True
    assert [(one.decision, one.rules) for one in answer.found] == [
        ("Risk Level", (1 + 1,)),
        ("loan", (1,)),
    ]


def test_input_data_may_be_a_variable_named_by_its_id():
    answer = decide(LOAN, "loan", age=20, income=900, amount=1200)
    assert answer.value is False


def test_a_shared_requirement_is_evaluated_once():
    shared = definitions(
        decision("base", table(["x"], ["b"], [["-", "x + 1"]])),
        decision("left", literal("base * 2"), "base"),
        decision("right", literal("base * 3"), "base"),
        decision("top", literal("left + right"), "left", "right", "base"),
    )
    answer = decide(shared, "top", x=1)
    assert answer.value == 10
    assert [one.decision for one in answer.found] == ["base"]


def entry(name: str, logic: str) -> str:
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def binding(name: str, logic: str) -> str:
    return f'<binding><parameter name="{name}"/>{logic}</binding>'


BOXES = [
    (
        f"<context>{entry('a', literal('x'))}{entry('b', literal('a + 1'))}</context>",
        {"a": 2, "b": 3},
    ),
    (f"<context>{entry('a', literal('x'))}{entry('', literal('a * 10'))}</context>", 20),
    (f"<list>{literal('x')}{literal('x + 1')}</list>", [2, 3]),
    (
        '<relation><column name="k"/><column name="v"/>'
        f"<row>{literal('1')}{literal('x')}</row><row>{literal('2')}{literal('null')}</row></relation>",
        [{"k": 1, "v": 2}, {"k": 2, "v": None}],
    ),
    (
        "<context>"
        + entry(
            "twice",
            f'<functionDefinition><formalParameter name="n"/>{literal("n * 2")}'
            "</functionDefinition>",
        )
        + entry("", literal("twice(x) + twice(1)"))
        + "</context>",
        6,
    ),
    (
        f"<invocation>{literal('double it')}{binding('number', literal('x + 1'))}</invocation>",
        6,
    ),
]


@pytest.mark.parametrize(("logic", "value"), BOXES)
def test_a_boxed_expression_has_its_value(logic, value):
    data = definitions(
        knowledge("double", ["number"], literal("number * 2"), name="double it"),
        decision("d", logic, "knowledge:double"),
    )
    assert decide(data, "d", x=2).value == value


def test_knowledge_may_be_a_table_and_use_other_knowledge():
    data = definitions(
        knowledge("k", ["n"], table(["n"], ["out"], [["> 5", '"big"'], ["-", '"small"']], "FIRST")),
        knowledge("l", ["n"], literal('k(n) + "!"'), "knowledge:k"),
        decision("d", literal("for i in [1, 9] return l(i)"), "knowledge:l"),
    )
    assert decide(data, "d").value == ["small!", "big!"]


def test_item_definitions_are_types_of_their_own():
    types = (
        '<itemDefinition name="Grade"><typeRef>string</typeRef>'
        + text("allowedValues", '"A", "B"')
        + '</itemDefinition><itemDefinition name="Person"><itemComponent name="Full Name">'
        "<typeRef>string</typeRef></itemComponent></itemDefinition>"
    )
    data = definitions(
        types,
        input_data("p", "Person", "Person"),
        decision("g", literal("grade"), kind="Grade"),
        decision("n", literal("Person.Full Name"), "input:p"),
    )
    assert decide(data, "g", grade="A").value == "A"
    assert decide(data, "n", p={"Full Name": "Sara"}).value == "Sara"
    with pytest.raises(DecisionError):
        decide(data, "g", grade="C")
    with pytest.raises(DecisionError):
        decide(data, "n", p={"Full Name": 5})


def test_a_function_that_makes_ever_more_work_is_stopped():
    data = definitions(
        knowledge("k", ["n"], literal("count(for i in 1..2000 return i)")),
        decision("d", literal("for i in 1..2000 return k(i)"), "knowledge:k"),
    )
    with pytest.raises(DecisionError):
        decide(data, "d")


CAMUNDA = b"""
<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="d" name="d"
  xmlns:camunda="http://camunda.org/schema/1.0/dmn" namespace="http://camunda.org/schema/1.0/dmn">
  <decision id="dish" name="Dish">
    <decisionTable id="t" hitPolicy="UNIQUE">
      <input id="i" label="Guests" camunda:inputVariable="guests">
        <inputExpression typeRef="integer"><text>guestCount</text></inputExpression>
      </input>
      <output id="o" name="dish" typeRef="string"/>
      <rule id="r">
        <inputEntry id="e" expressionLanguage="juel">
          <text>${guests &gt; 8 &amp;&amp; season == 'winter'}</text>
        </inputEntry>
        <outputEntry id="f" expressionLanguage="juel"><text>${'Soup'}</text></outputEntry>
      </rule>
      <rule id="s">
        <inputEntry id="g"><text>&lt;= 8</text></inputEntry>
        <outputEntry id="h"><text>"Steak"</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
"""


def test_a_table_as_camunda_writes_it_is_read_with_its_juel_cells():
    assert decide(CAMUNDA, "dish", guestCount=10, season="winter").value == "Soup"
    assert decide(CAMUNDA, "dish", guestCount=4, season="winter").value == "Steak"


WRONG = {
    "no-decision": definitions(input_data("x")),
    "duplicate-id": definitions(decision("d", literal("1")), decision("d", literal("2"))),
    "unsupported": definitions("<import/>", decision("d", literal("1"))),
    "no-logic": definitions(decision("d", "")),
    "reference": definitions(decision("d", literal("1"), "nowhere")),
    "cycle": definitions(decision("a", literal("b"), "b"), decision("b", literal("a"), "a")),
    "language": definitions(decision("d", literal("1", 'expressionLanguage="python"'))),
    "hit-policy": definitions(decision("d", table(["x"], ["y"], [["-", "1"]], "LUCKY"))),
    "aggregation": definitions(decision("d", table(["x"], ["y"], [["-", "1"]], "FIRST", "SUM"))),
    "output-names": definitions(decision("d", table(["x"], ["y", "y"], [["-", "1", "2"]]))),
    "priority": definitions(decision("d", table(["x"], ["y"], [["-", "1"]], "PRIORITY"))),
    "columns": definitions(decision("d", table(["x"], ["y"], [["-"]]))),
    "unknown-type": definitions(decision("d", literal("1"), kind="Unicorn")),
    "bad-expression": definitions(decision("d", table(["x"], ["y"], [["> ", "1"]]))),
    "unknown-function": definitions(decision("d", literal("open('/etc/passwd')"))),
    "too-large": definitions(
        decision("d", table(["x"], ["y"], [["-", "1"]] * 2001)),
    ),
}


@pytest.mark.parametrize("code", WRONG)
def test_what_a_model_may_not_say_is_refused_in_both_languages(code):
    found = [one for one in problems(WRONG[code]) if one.severity == "error"]
    assert {one.code for one in found} == {f"dmn.{code}"}
    for language in ("fa", "en"):
        with use_locale(language):
            assert "%(" not in found[0].sentence()


def test_a_bad_cell_is_named_with_its_rule_column_and_place():
    [found] = problems(
        definitions(decision("d", table(["x"], ["y"], [["-", "1"], ["1 +", "1"]], "FIRST")))
    )
    assert (found.facts["cell"], found.facts["text"], found.facts["position"]) == (
        "2 / x",
        "1 +",
        4,
    )


def test_a_chain_of_requirements_has_a_bound():
    parts = [decision("d0", literal("1"))]
    parts += [decision(f"d{n}", literal(f"d{n - 1} + 1"), f"d{n - 1}") for n in range(1, 60)]
    assert "dmn.too-large" in [one.code for one in problems(definitions(*parts))]
