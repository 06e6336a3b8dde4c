"""Business rule tasks ask a decision within the step; what it cannot decide is an incident."""

import pytest

import engine
from engine import queries
from engine.bundle import Bundle
from engine.connectors import connectors
from engine.verbs.deploy import RefusedBundle
from kernel.i18n import use_locale
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from tests.engine import drawing
from tests.engine.dmn.drawing import decision, definitions, literal, table
from tests.requirements import bpmn
from web import history_words

DISCOUNT = definitions(
    decision(
        "discount",
        table(
            ["amount", "kind"],
            [("percent", "number"), ("note", "string")],
            [
                ["< 100", "-", "0", '"small"'],
                [">= 100", '"old"', "amount / 100", '"loyal"'],
                [">= 100", 'not("old")', "5", '"new"'],
            ],
        ),
    ),
    decision("tags", table(["amount"], ["tag"], [["> 1", '"a"'], ["> 2", '"b"']], "RULE ORDER")),
    decision("twice", literal("amount * 2")),
)


def rule(**attributes: str) -> str:
    told = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return drawing.element("businessRuleTask", "rule", "", f"<ravand:decision{told}/>")


def model(**attributes: str) -> str:
    return drawing.process(
        drawing.start(),
        rule(**attributes),
        drawing.user("ask"),
        drawing.end(),
        drawing.chain("start", "rule", "ask", "end"),
    )


MAPS = [
    ({"key": "discount"}, {"percent": 3, "note": "loyal"}),
    ({"key": "discount", "result": "d"}, {"d": {"percent": 3, "note": "loyal"}}),
    ({"key": "twice"}, {"twice": 600}),
    ({"key": "twice", "result": "x", "map": "singleEntry"}, {"x": 600}),
    ({"key": "tags", "result": "x", "map": "collectEntries"}, {"x": ["a", "b"]}),
    ({"key": "tags", "result": "x", "map": "resultList"}, {"x": [{"tag": "a"}, {"tag": "b"}]}),
]


@bpmn("task.rule")
@pytest.mark.parametrize(("attributes", "variables"), MAPS)
def test_a_rule_task_sets_what_its_decision_gives(play, attributes, variables):
    play.deploy(model(**attributes), **{"d.dmn": DISCOUNT})
    root = play.start(amount=300, kind="old")
    play.complete(root, "ask")
    found = play.instance(root).variables
    assert {name: found[name] for name in variables} == variables
    assert play.trace(root) == ["start", "rule", "ask", "end"]


def test_the_history_says_which_rules_held_in_which_version(play_both):
    play_both.deploy(model(key="discount"), **{"d.dmn": DISCOUNT})
    root = play_both.start(amount=300, kind="x")
    [line] = play_both.happened(root, "decided")
    assert line.facts == {
        "decision": "discount",
        "name": "discount",
        "version": 1,
        "rules": [{"decision": "discount", "rules": [3]}],
    }


def test_no_rule_gives_null_outputs(play):
    play.deploy(model(key="discount"), **{"d.dmn": DISCOUNT})
    root = play.start(amount=None, kind="x")
    assert play.instance(root).variables["percent"] is None


@bpmn("task.rule")
def test_a_decision_that_cannot_be_taken_is_an_incident_that_names_the_cell(play):
    play.deploy(model(key="discount"), **{"d.dmn": DISCOUNT})
    root = play.start(amount="much", kind="old")
    assert play.trace(root) == ["start", "!rule"]
    [incident] = play.incidents(root)
    assert incident.code == "engine.decision"
    assert (incident.facts["decision"], incident.facts["rule"]) == ("discount", "1")
    assert incident.facts["column"] == "amount"
    assert incident.expression == "< 100"
    play.retry(incident.id, amount=10)
    play.complete(root, "ask")
    assert play.trace(root) == ["start", "!rule", "rule", "ask", "end"]


BROKEN = [
    ({"key": "tags", "result": "x", "map": "singleEntry"}, "several"),
    ({"key": "discount", "result": "x", "map": "singleEntry"}, "outputs"),
]


@pytest.mark.parametrize(("attributes", "word"), BROKEN)
def test_a_result_that_does_not_fit_its_map_is_an_incident(play, attributes, word):
    play.deploy(model(**attributes), **{"d.dmn": DISCOUNT})
    root = play.start(amount=300, kind="old")
    assert [one.code for one in play.incidents(root)] == ["engine.decision"]
    assert play.trace(root) == ["start", "!rule"]


@bpmn("task.rule")
def test_the_binding_says_which_version_is_asked(play):
    def file(value: str) -> bytes:
        return definitions(decision("v", literal(value)))

    play.deploy(model(key="v", binding="deployment"), **{"d.dmn": file("1")})
    pinned = model(key="v", binding="version", version="2").replace('id="p"', 'id="q"')
    latest = model(key="v").replace('id="p"', 'id="r"')
    play.deploy(pinned, latest, **{"d.dmn": file("2")})
    play.deploy_bundle(Bundle({"d.dmn": file("3")}))
    answers = {}
    for key in ("p", "q", "r"):
        root = play.start(key)
        assert play.trace(root) == ["start", "rule"]
        answers[key] = play.instance(root).variables["v"]
    assert answers == {"p": 1, "q": 2, "r": 3}


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"key": "nowhere"}, "reference.decision"),
        ({}, "bpmn.missing-attribute"),
        ({"key": "discount", "map": "resultList"}, "bpmn.bad-value"),
        ({"key": "discount", "version": "2"}, "bpmn.bad-value"),
        ({"key": "discount", "map": "anything"}, "bpmn.bad-value"),
    ],
)
def test_a_rule_task_that_asks_nothing_sensible_is_refused(play, attributes, code):
    with pytest.raises(RefusedBundle) as refusal:
        play.deploy(model(**attributes), **{"d.dmn": DISCOUNT})
    assert code in [problem.code for problem in refusal.value.report.errors]


def test_a_rule_task_without_decision_and_connector_is_refused(play):
    empty = drawing.element("businessRuleTask", "rule")
    shape = (drawing.start(), empty, drawing.end(), drawing.chain("start", "rule", "end"))
    with pytest.raises(RefusedBundle) as refusal:
        play.deploy(drawing.process(*shape))
    assert [problem.code for problem in refusal.value.report.errors] == ["rule.no-decision"]


def test_a_deployed_decision_may_be_asked_by_a_later_bundle(play):
    play.deploy_bundle(Bundle({"rules/d.dmn": DISCOUNT}))
    with unit_of_work() as uow:
        report = engine.verbs.deploy.preflight(uow, drawing.bundle(model(key="twice")))
    assert report.ok
    with pytest.raises(RefusedBundle), unit_of_work() as uow:
        local = drawing.bundle(model(key="twice", binding="deployment"))
        engine.deploy(uow, local, by=SYSTEM)


def test_a_file_with_a_bad_cell_is_refused_and_leaves_nothing(play):
    bad = definitions(decision("v", table(["x"], ["y"], [["1 +", "1"]])))
    with pytest.raises(RefusedBundle) as refusal:
        play.deploy(model(key="v"), **{"d.dmn": bad})
    assert "dmn.bad-expression" in [problem.code for problem in refusal.value.report.errors]


@bpmn("task.rule")
def test_a_rule_task_may_have_a_connector_instead(play):
    class Doubles:
        def run(self, uow, call):
            return {"y": call.inputs["x"] * 2}

    connectors.add("test.doubles", Doubles())
    work = '<ravand:in target="x" source="amount"/><ravand:out target="double" source="y"/>'
    ext = f'<ravand:connector type="test.doubles">{work}</ravand:connector>'
    task = drawing.element("businessRuleTask", "rule", "", ext)
    shape = (drawing.start(), task, drawing.user("ask"), drawing.end())
    play.deploy(drawing.process(*shape, drawing.chain("start", "rule", "ask", "end")))
    root = play.start(amount=4)
    assert play.trace(root) == ["start"]
    play.run()
    assert play.trace(root) == ["start", "rule"]
    assert play.instance(root).variables["double"] == 8


def test_the_case_page_says_which_rules_held(play):
    play.deploy(model(key="discount"), **{"d.dmn": DISCOUNT})
    root = play.start(amount=300, kind="x")
    with read_only() as session, use_locale("en"):
        [line] = [one for one in queries.history(session, root) if one.kind == "decided"]
        told = history_words.lines([line], [], [], history_words.names(session, [line]))
    assert told[0].text == "decided “rule” with “discount”, version 1."
    assert told[0].quote == "discount: rule 3"
