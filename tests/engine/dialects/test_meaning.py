"""What a setting of another tool does when it runs, where the words alone do not show it."""

from datetime import timedelta

import orjson
import pytest

import forms
from engine import answers, queries
from engine.bundle import Bundle
from engine.preflight.check import check
from engine.problem_codes import CODES
from kernel.uow import read_only
from tests.engine.conftest import Play
from tests.engine.dialects.conftest import Worker, begin
from tests.engine.drawing import chain, element, end, flow, process, start, user
from tests.engine.preflight.conftest import CATALOGUE

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
FLOWABLE = "http://flowable.org/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
FAMILY = pytest.mark.parametrize("space", [CAMUNDA, FLOWABLE], ids=["camunda", "flowable"])


def drawn(space: str, *parts: str, key: str = "p", head: str = "") -> str:
    """A process whose `x:` words are of that namespace."""
    return process(*parts, key=key, head=head).replace(" id=", f' xmlns:x="{space}" id=', 1)


def tool(tag: str, id: str, attributes: str = "", ext: str = "", inside: str = "") -> str:
    """An element with a dialect's attributes."""
    return element(tag, id, inside, ext).replace(" id=", f" {attributes} id=", 1)


def io(inputs: dict[str, str], outputs: dict[str, str]) -> str:
    given = "".join(
        f'<x:inputParameter name="{name}">{text}</x:inputParameter>'
        for name, text in inputs.items()
    ) + "".join(
        f'<x:outputParameter name="{name}">{text}</x:outputParameter>'
        for name, text in outputs.items()
    )
    return f"<x:inputOutput>{given}</x:inputOutput>"


def mapping(inputs: dict[str, str], outputs: dict[str, str]) -> str:
    """Zeebe's, by target."""
    given = [f'<x:input source="{text}" target="{name}"/>' for name, text in inputs.items()]
    given += [f'<x:output source="{text}" target="{name}"/>' for name, text in outputs.items()]
    return f"<x:ioMapping>{''.join(given)}</x:ioMapping>"


def around(step: str, space: str = CAMUNDA, first: str = "") -> str:
    return drawn(space, first or start(), step, end(), chain("start", "t", "end"))


CLERK = 'x:candidateGroups="reception.clerk"'


# -- counters ------------------------------------------------------------------------------


@FAMILY
def test_camunda_and_flowable_count_the_runs_of_an_activity_from_nought(
    play: Play, space: str
) -> None:
    loop = '<bpmn:multiInstanceLoopCharacteristics isSequential="true">'
    loop += "<bpmn:loopCardinality>3</bpmn:loopCardinality>"
    loop += "<bpmn:completionCondition>${loopCounter == 1}</bpmn:completionCondition>"
    loop += (
        "</bpmn:multiInstanceLoopCharacteristics><bpmn:script>seen * 10 + loopCounter</bpmn:script>"
    )
    written = 'scriptFormat="groovy" x:resultVariable="seen"'
    play.deploy(around(tool("scriptTask", "t", written, "", loop), space))

    root = begin("p", seen=9)

    assert play.trace(root) == ["start", "t", "t", "t", "end"]
    assert play.instance(root).variables["seen"] == 901


def test_zeebe_counts_them_from_one(play: Play) -> None:
    ext = '<x:script expression="=string(loopCounter)" resultVariable="last"/>'
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:extensionElements>'
        '<x:loopCharacteristics inputCollection="=[5, 6]" outputCollection="all" '
        'outputElement="=last"/></bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>'
    )
    play.deploy(around(tool("scriptTask", "t", "", ext, loop), ZEEBE))

    root = begin("p")

    assert play.instance(root).variables["all"] == ["1", "2"]


# -- who started it ------------------------------------------------------------------------


@FAMILY
@pytest.mark.parametrize("name", ["who", "initiator"])
def test_the_variable_of_the_starter_holds_their_user_name_everywhere(
    play: Play, space: str, name: str
) -> None:
    begun = tool("startEvent", "start", f'x:initiator="{name}"')
    asked = f"${{'by ' + {name} + ' initiator'}}"
    script = tool(
        "scriptTask",
        "t",
        'scriptFormat="juel" x:resultVariable="told"',
        "",
        f"<bpmn:script>{asked}</bpmn:script>",
    )
    choice = element("exclusiveGateway", "way", default="way__end")
    work = tool("userTask", "do", f'x:assignee="${{{name}}}"')
    play.deploy(
        drawn(
            space, begun, script, choice, work, end(), end("done"),
            chain("start", "t", "way"), flow("way", "do", f"${{{name} != null}}"),
            flow("way", "end"), flow("do", "done"),
        )
    )  # fmt: skip

    root = begin("p", by="reception.clerk")
    [item] = play.items(root, "do")
    play.complete(root, "do")

    person = play.actor("reception.clerk")
    user_name = play.instance(root).variables[name]
    assert item.principals == [f"person:{person.person_id}"]
    assert play.instance(root).variables["told"] == f"by {user_name} initiator"
    assert play.trace(root) == ["start", "t", "way", "do", "done"]


# -- scripts -------------------------------------------------------------------------------


@FAMILY
@pytest.mark.parametrize("declares", ["def", "var", "String", "final int"])
def test_what_a_script_declares_stays_its_own(play: Play, space: str, declares: str) -> None:
    text = (
        f'{declares} half = amount / 2\nhalf = half + 1\nexecution.setVariable("fee", half * 3)\n'
    )
    step = tool(
        "scriptTask", "t", 'scriptFormat="groovy"', "", f"<bpmn:script>{text}</bpmn:script>"
    )
    play.deploy(around(step, space, tool("startEvent", "start", 'x:initiator="who"')))

    root = begin("p", amount=10, half="mine")

    variables = play.instance(root).variables
    assert (variables["fee"], variables["half"]) == (18, "mine")


# -- work ----------------------------------------------------------------------------------


@FAMILY
@pytest.mark.parametrize(("given", "shown"), [(51, "urgent"), (50, "normal"), (None, "normal")])
def test_a_priority_may_be_computed(play: Play, space: str, given: int | None, shown: str) -> None:
    play.deploy(around(tool("userTask", "t", f'{CLERK} x:priority="${{level}}"'), space))

    root = begin("p", level=given)

    assert play.items(root, "t")[0].priority == shown


def test_a_priority_that_is_none_is_an_incident(play: Play) -> None:
    play.deploy(around(tool("userTask", "t", f'{CLERK} x:priority="${{level}}"')))

    root = begin("p", level="very")

    [incident] = play.incidents(root)
    assert (incident.code, incident.element_id) == ("engine.priority", "t")


def test_a_follow_up_date_is_kept_with_the_work(play: Play) -> None:
    dates = 'x:dueDate="${dateTime().plusDays(5)}" x:followUpDate="P2D"'
    play.deploy(around(tool("userTask", "t", f"{CLERK} {dates}")))

    [item] = play.items(begin("p"), "t")

    assert item.follow_up_at - item.opened_at == timedelta(days=2)
    assert item.due_at - item.opened_at == timedelta(days=5)


def test_zeebe_says_when_work_is_to_be_taken_up(play: Play) -> None:
    ext = '<x:userTask/><x:assignmentDefinition candidateGroups="reception.clerk"/>'
    ext += '<x:taskSchedule followUpDate="=later"/><x:priorityDefinition priority="=20 * 4"/>'
    play.deploy(around(tool("userTask", "t", "", ext), ZEEBE))

    [item] = play.items(begin("p", later="2030-05-01T08:00:00Z"), "t")

    assert item.follow_up_at.isoformat() == "2030-05-01T08:00:00+00:00"
    assert (item.due_at, item.priority) == (None, "urgent")


@pytest.mark.parametrize(("written", "told"), [("5", 5), ("=tries + 1", 3)])
def test_workers_are_told_how_often_they_may_try(
    play: Play, worker: Worker, written: str, told: int
) -> None:
    ext = f'<x:taskDefinition type="w" retries="{written}"/>'
    play.deploy(around(tool("serviceTask", "t", "", ext), ZEEBE))

    begin("p", tries=2)

    assert worker.jobs("w")[0].retries == told


# -- values handed in and back -----------------------------------------------------------------


def test_the_inputs_of_a_call_are_its_own_and_what_it_hands_in_reads_them(play: Play) -> None:
    called = drawn(CAMUNDA, start(), end(), chain("start", "end"), key="q")
    passed = '<x:in source="net" target="sum"/><x:in sourceExpression="${net + 1}" target="more"/>'
    passed += '<x:out variables="all"/>'
    call = tool("callActivity", "t", 'calledElement="q"', io({"net": "${amount * 2}"}, {}) + passed)
    play.deploy(around(call), called)

    root = begin("p", amount=4)

    assert play.trace(root)[-1] == "end"
    assert play.instance(root).variables == {"amount": 4, "sum": 8, "more": 9}


def test_a_task_that_only_computes_has_inputs_and_outputs(play: Play) -> None:
    ext = io({"a": "${amount + 1}"}, {"twice": "${r * 2}"})
    step = tool("serviceTask", "t", 'x:expression="${a * 10}" x:resultVariable="r"', ext)
    play.deploy(around(step))

    root = begin("p", amount=4)

    assert play.instance(root).variables == {"amount": 4, "r": 50, "twice": 100}


def test_inputs_see_what_was_outside_in_camunda_and_each_other_in_zeebe(play: Play) -> None:
    own = io({"amount": "${amount + 1}", "b": "${amount}"}, {"seen": "${b}"})
    play.deploy(around(tool("userTask", "t", CLERK, own)))
    ext = '<x:assignmentDefinition candidateGroups="reception.clerk"/>'
    ext += mapping({"amount": "=amount + 1", "b": "=amount"}, {"seen": "=b", "more": "=seen + 1"})
    play.deploy(drawn(ZEEBE, start(), tool("userTask", "t", "", ext), end(),
                      chain("start", "t", "end"), key="z"))  # fmt: skip
    camunda, zeebe = begin("p", amount=4), begin("z", amount=4)

    play.complete(camunda, "t")
    play.complete(zeebe, "t")

    assert play.instance(camunda).variables == {"amount": 4, "seen": 4}
    assert play.instance(zeebe).variables == {"amount": 4, "seen": 5, "more": 6}


@pytest.mark.parametrize("space", [CAMUNDA, ZEEBE], ids=["camunda", "zeebe"])
def test_an_event_that_waits_may_give_outputs(play: Play, space: str) -> None:
    ext = io({}, {"at": "${a * 2}"}) if space == CAMUNDA else mapping({}, {"at": "=a * 2"})
    timer = "<bpmn:timerEventDefinition><bpmn:timeDuration>PT1H</bpmn:timeDuration>"
    step = tool("intermediateCatchEvent", "t", "", ext, f"{timer}</bpmn:timerEventDefinition>")
    play.deploy(around(step, space))

    root = begin("p", a=3)
    play.move(hours=1)

    assert play.trace(root) == ["start", "t", "end"]
    assert play.instance(root).variables == {"a": 3, "at": 6}


# -- what ought not to be lost -----------------------------------------------------------------


def refusals(document: str) -> list[tuple[str, str | None]]:
    found = check(Bundle({"p.bpmn": document.encode()}), CATALOGUE).problems
    return [
        (p.code, p.facts.get("meant"))
        for p in found
        if CODES[p.code] == "error" and p.code.startswith("dialect.")
    ]


def test_an_output_of_a_call_is_refused_with_a_sentence() -> None:
    call = tool("callActivity", "t", 'calledElement="p2"', io({}, {"r": "${x}"}))

    assert ("dialect.call-output", None) in refusals(around(call))


@pytest.mark.parametrize("tag", ["endEvent", "intermediateThrowEvent", "exclusiveGateway"])
def test_data_handed_over_where_nobody_reads_it_is_refused(tag: str) -> None:
    step = tool(tag, "t", "", io({"a": "1"}, {}))

    assert ("dialect.misplaced", None) in refusals(around(step))


@pytest.mark.parametrize(
    ("attributes", "meant"),
    [
        ('x:asignee="sara"', "assignee"),
        ('x:canidateGroups="g"', "candidateGroups"),
        ('x:DueDate="P1D"', "dueDate"),
        ('x:priorty="80"', "priority"),
    ],
)
def test_a_misspelt_word_is_refused_with_the_word_that_was_meant(
    attributes: str, meant: str
) -> None:
    step = tool("userTask", "t", f"{CLERK} {attributes}")

    assert refusals(around(step)) == [("dialect.unknown-word", meant)]


def test_a_word_like_no_other_is_only_named() -> None:
    assert (
        refusals(around(user("t").replace("<bpmn:userTask", '<bpmn:userTask x:colour="red"'))) == []
    )


# -- forms, messages and errors ------------------------------------------------------------------


def test_a_form_of_the_bundle_begins_with_the_inputs_of_its_step(play: Play) -> None:
    form = {"id": "ask", "components": [{"key": "sum", "label": "Sum", "type": "number"}]}
    ext = '<x:assignmentDefinition candidateGroups="reception.clerk"/>'
    ext += '<x:formDefinition formId="ask"/>' + mapping({"sum": "=amount * 2"}, {"paid": "=sum"})
    bundle = Bundle(
        {
            "p.bpmn": around(tool("userTask", "t", "", ext), ZEEBE).encode(),
            "ask.form": orjson.dumps(form),
        }
    )
    play.deploy_bundle(bundle)
    root = begin("p", amount=4)
    [item] = play.items(root, "t")

    with read_only() as session:
        view = queries.item(session, play.actor("reception.clerk"), item.id)
        [asked] = answers.forms_of(session, view.definition, view.node)
        first = forms.first_values(asked, view.variables)
    play.complete(root, "t", answers={"ask": {"sum": 9}})

    assert first == {"sum": 8}
    assert play.instance(root).variables == {"amount": 4, "paid": 9}


def test_the_variable_of_an_error_is_set_where_an_event_subprocess_catches_it(
    play: Play, worker: Worker
) -> None:
    caught = '<bpmn:errorEventDefinition errorRef="E" x:errorCodeVariable="code" '
    caught += 'x:errorMessageVariable="words"/>'
    handler = element(
        "subProcess",
        "handler",
        element("startEvent", "heard", caught) + user("see") + end("seen")
        + chain("heard", "see", "seen"),
        triggeredByEvent="true",
    )  # fmt: skip
    work = tool("serviceTask", "t", 'x:type="external" x:topic="w"')
    head = '<bpmn:error id="E" errorCode="BAD"/>'
    play.deploy(
        drawn(CAMUNDA, start(), work, end(), handler, chain("start", "t", "end"), head=head)
    )
    root = begin("p")

    [job] = worker.jobs("w")
    worker.fail(job, "BAD", "no paper")

    assert play.open(root) == ["see"]
    found = play.instance(root).variables
    assert (found["code"], found["words"]) == ("BAD", "no paper")
