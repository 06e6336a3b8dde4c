"""Each kind of mistake is found once, at its element."""

import pytest

from tests.engine.bpmn.drawing import END, MESSAGE, START, extended, flow, line, task

PERFORMER = '<ravand:performer position="chief"/>'
OUTCOMES = (
    '<ravand:outcome key="yes" fa="آری"/><ravand:outcome key="no" fa="نه"/>'
    '<ravand:outcome key="later" fa="بعد"/>'
)


def wrong(inside: str, ravand: str) -> str:
    """A task with these extras."""
    return line(task(ravand=PERFORMER + ravand, inside=inside))


def choice(condition: str, outcomes: str = OUTCOMES) -> str:
    """A task with outcomes, and a gateway that reads them."""
    return (
        START
        + task(ravand=PERFORMER + outcomes)
        + '<exclusiveGateway id="ok" name="شد؟" default="ok-other"/>'
        + END
        + '<endEvent id="other"/>'
        + flow("start", "work")
        + flow("work", "ok")
        + flow("ok", "end", condition)
        + flow("ok", "other")
    )


def catch(inside: str, ravand: str = "") -> str:
    """A flow through one catching event."""
    return line(extended("intermediateCatchEvent", inside, ravand, id="wait"))


def timer(kind: str, text: str) -> str:
    return catch(f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>")


def script(text: str, language: str = "ravand") -> str:
    return line(
        f'<scriptTask id="calc" scriptFormat="{language}"><script>{text}</script></scriptTask>'
    )


def throw(inside: str, ravand: str = "") -> str:
    return line(extended("intermediateThrowEvent", inside, ravand, id="tell"))


def repeated(inside: str) -> str:
    return line(
        task(
            inside=f"<multiInstanceLoopCharacteristics>{inside}</multiInstanceLoopCharacteristics>"
        )
    )


def call(key: str) -> str:
    return line(f'<callActivity id="call" calledElement="{key}"/>')


MESSAGE_IN = '<messageEventDefinition messageRef="m"/>'
MESSAGE_START = '<startEvent id="{0}"><messageEventDefinition messageRef="m"/></startEvent>'
NOTIFY = '<ravand:notify channel="{0}" to="= mobile" template="{1}"/>'
SILENT_BOUNDARY = (
    '<boundaryEvent id="late" attachedToRef="work"><timerEventDefinition><timeDuration>PT1H'
    "</timeDuration></timerEventDefinition></boundaryEvent>"
)

UNDO = task("undo") + '<association id="a" sourceRef="late" targetRef="undo"/>'


def boundary(inside: str, marks: str = "") -> str:
    return f'<boundaryEvent id="late" attachedToRef="work" {marks}>{inside}</boundaryEvent>'


MISTAKES = {
    # our own words
    "bpmn.unknown-extension": (wrong("", "<ravand:preformer/>"), "work"),
    "bpmn.unknown-attribute": (wrong("", '<ravand:form key="known_form" kee="x"/>'), "work"),
    "bpmn.missing-attribute": (wrong("", "<ravand:form/>"), "work"),
    "bpmn.bad-value": (wrong("", '<ravand:deadline duration="PT1H" clock="sun"/>'), "work"),
    "bpmn.misplaced-extension": (wrong("", '<ravand:connector type="identity.check"/>'), "work"),
    "bpmn.repeated-extension": (wrong("", PERFORMER), "work"),
    "bpmn.one-of": (line(task(ravand='<ravand:performer role="staff" unit="finance"/>')), "work"),
    "bpmn.bad-reminder": (
        wrong("", '<ravand:deadline duration="PT1H" reminders="75>head"/>'), "work"),
    "bpmn.foreign-extension": (
        line('<userTask id="work" name="w" xmlns:t="urn:tool" t:who="x"><extensionElements>'
             f"{PERFORMER}</extensionElements></userTask>"), "work"),
    # how it is drawn
    "bpmn.duplicate-id": (line(task()) + task(), "work"),
    "bpmn.missing-id": (line(task()) + "<userTask/>", "p"),
    "bpmn.bad-id": (line(task()) + '<userTask id="1 2"/>', "1 2"),
    "bpmn.dangling-flow": (line(task()) + flow("work", "nowhere"), "work-nowhere"),
    "bpmn.dangling-reference": (
        catch('<messageEventDefinition messageRef="none"/>', '<ravand:correlation key="= a"/>'),
        "wait"),
    "bpmn.unknown-element": (line(task()) + '<magicTask id="c"/>', "c"),
    "support.standard": (line(task()) + '<callChoreography id="c"/>', "c"),
    "support.standard-attribute": (line('<task id="t" startQuantity="2"/>'), "t"),
    "read.not-carried-out": (
        line(task(inside="<ioSpecification><dataInput id='d'/></ioSpecification>")), "work"),
    "bpmn.flow-crosses-scope": (
        line('<subProcess id="sub"><startEvent id="s2"/><endEvent id="e2"/>'
             + flow("s2", "e2") + "</subProcess>") + flow("start", "e2"), "start-e2"),
    "bpmn.boundary-host": (
        line(task()) + SILENT_BOUNDARY.replace('"work"', '"gone"') + flow("late", "end"), "late"),
    "flow.no-start": (task("a") + task("b") + flow("a", "b") + flow("b", "a"), "p"),
    "flow.no-end": (START + task() + '<exclusiveGateway id="x"/>' + flow("start", "work")
                    + flow("work", "x") + flow("x", "work"), "p"),
    "flow.unreachable": (line(task()) + task("alone"), "alone"),
    "flow.stuck": (line(task()) + SILENT_BOUNDARY, "late"),
    "flow.start-incoming": (line(task()) + flow("work", "start"), "start"),
    "flow.end-outgoing": (line(task()) + flow("end", "work"), "end"),
    "flow.no-condition": (
        START + '<exclusiveGateway id="x" default="x-work"/>' + END + task() + flow("start", "x")
        + flow("x", "end") + flow("x", "work") + flow("work", "end"), "x-end"),
    "flow.default-unknown": (
        line('<exclusiveGateway id="x" default="start-x"/>'), "x"),
    "flow.event-gateway-target": (line('<eventBasedGateway id="race"/>', task()), "race"),
    "flow.event-gateway-receive": (
        line('<eventBasedGateway id="race"/>', '<receiveTask id="work" messageRef="m"/>')
        + SILENT_BOUNDARY + flow("late", "end"), "race"),
    "flow.link-target": (
        line(task()) + '<intermediateThrowEvent id="go"><linkEventDefinition name="L"/>'
        "</intermediateThrowEvent>" + flow("work", "go"), "go"),
    "flow.subprocess-starts": (
        line('<subProcess id="sub"><startEvent id="s1"/><startEvent id="s2"/>'
             '<endEvent id="e1"/>' + flow("s1", "e1") + flow("s2", "e1") + "</subProcess>"),
        "sub"),
    "flow.automatic-cycle": (
        START + '<exclusiveGateway id="a"/><exclusiveGateway id="b" default="b-a"/>' + END
        + flow("start", "a") + flow("a", "b") + flow("b", "a") + flow("b", "end", "= x"), "a"),
    "flow.too-many-nodes": (line(*(f'<task id="t{i}"/>' for i in range(2000))), "p"),
    "flow.too-deep": (
        "".join(f'<subProcess id="s{i}">' for i in range(13)) + "</subProcess>" * 13, "s12"),
    # what is not carried out
    "adhoc.content": (line('<adHocSubProcess id="x"/>'), "x"),
    "support.event": (throw("<cancelEventDefinition/>"), "tell"),
    "support.marker": (
        line('<subProcess id="sub" triggeredByEvent="true"><startEvent id="s2">'
             '<signalEventDefinition signalRef="s"/></startEvent></subProcess>'), "sub"),
    "support.script-language": (script("x = 1", "javascript"), "calc"),
    "support.expression-language": (
        choice("= a").replace("<conditionExpression>",
                              '<conditionExpression language="http://java.sun.com/java">'),
        "ok-end"),
    "support.boundary-on": (
        line('<exclusiveGateway id="work"/>') + SILENT_BOUNDARY + flow("late", "end"), "late"),
    # expressions and times
    "expression.bad": (choice("= a &gt;"), "ok-end"),
    "expression.unknown-function": (script("x = system(1)"), "calc"),
    "timer.missing": (catch("<timerEventDefinition/>"), "wait"),
    "timer.invalid": (timer("timeDuration", "24 hours"), "wait"),
    "timer.catchup": (
        timer("timeDuration", "PT1H").replace(
            "<timerEventDefinition>", '<timerEventDefinition ravand:catchup="all">'),
        "wait"),
    "timer.too-fast": (timer("timeCycle", "R/PT2S"), "wait"),
    # what is referred to
    "gateway.no-activation": (
        START + '<parallelGateway id="split"/><complexGateway id="gate"/>' + END
        + flow("start", "split") + flow("split", "gate")
        + '<sequenceFlow id="again" sourceRef="split" targetRef="gate"/>' + flow("gate", "end"),
        "gate"),
    "service.no-topic": (
        line(extended("serviceTask", "", '<ravand:connector type="external"/>', id="fly")), "fly"),
    "reference.form": (wrong("", '<ravand:form key="none"/>'), "work"),
    "reference.position": (line(task(ravand='<ravand:performer position="boss"/>')), "work"),
    "reference.unit": (script('x = head_of("moon")'), "calc"),
    "reference.role": (line(task(ravand='<ravand:performer role="king"/>')), "work"),
    "reference.person": (line(task(ravand='<ravand:performer person="omid"/>')), "work"),
    "reference.channel": (throw("", NOTIFY.format("pigeon", "t")), "tell"),
    "reference.template": (throw("", NOTIFY.format("sms", "none")), "tell"),
    "reference.connector": (
        line(extended("serviceTask", "", '<ravand:connector type="rocket"/>', id="fly")), "fly"),
    "reference.process": (call("unknown"), "call"),
    "reference.task": (
        line(task(ravand='<ravand:performer position="chief" exclude="none"/>')), "work"),
    "reference.attachment": (wrong("", '<ravand:attachment path="files/none.pdf"/>'), "work"),
    "reference.document": (
        line(extended("serviceTask", "", '<ravand:connector type="identity.check"><ravand:in '
                      'target="document" expression="= \'none\'"/></ravand:connector>', id="x")),
        "x"),
    "task.nobody": (line(task(ravand="")), "work"),
    "task.duplicate-outcome": (
        choice('= outcomes.work = "yes"', OUTCOMES + '<ravand:outcome key="yes" fa="باز"/>'),
        "work"),
    "task.exclude-itself": (
        line(task(ravand='<ravand:performer position="chief" exclude="work"/>')), "work"),
    "task.no-form": (line(task()), "work"),
    "name.missing": (line('<userTask id="work"><extensionElements>'
                          f"{PERFORMER}</extensionElements></userTask>"), "work"),
    "notify.moment": (wrong("", NOTIFY.format("sms", "t")), "work"),
    "notify.policy": (
        throw("", NOTIFY.format("sms", "t").replace("/>", ' policy="rsend"/>')), "tell"),
    "outcome.unknown": (choice('= outcomes.work = "maybe"'), "ok-end"),
    "outcome.unused": (choice("= amount &gt; 5"), "work"),
    "message.no-name": (line('<receiveTask id="wait"/>'), "wait"),
    "message.no-correlation": (catch(MESSAGE_IN), "wait"),
    "message.start-twice": (
        START + MESSAGE_START.format("one") + MESSAGE_START.format("two") + END
        + flow("start", "end") + flow("one", "end") + flow("two", "end"), "two"),
    "timer.day-of-week": (timer("timeCycle", "0 0 8 ? * 6"), "wait"),
    "error.no-code": (
        START + '<endEvent id="end"><errorEventDefinition/></endEvent>' + flow("start", "end"),
        "end"),
    "event.always-interrupts": (
        line(task()) + boundary('<errorEventDefinition/>', 'cancelActivity="false"')
        + flow("late", "end"), "late"),
    "compensation.no-handler": (
        line(task()) + boundary("<compensateEventDefinition/>"), "late"),
    "compensation.handler": (
        line(task()) + boundary("<compensateEventDefinition/>") + UNDO, "late"),
    "compensation.activity": (throw('<compensateEventDefinition activityRef="tell"/>'), "tell"),
    "compensation.top-level": (
        line(task()) + '<subProcess id="sub" triggeredByEvent="true"><startEvent id="s2">'
        '<compensateEventDefinition/></startEvent></subProcess>', "s2"),
    "transaction.none": (
        START + '<endEvent id="end"><cancelEventDefinition/></endEvent>' + flow("start", "end"),
        "end"),
    "transaction.no-boundary": (
        line('<transaction id="t"><startEvent id="s2"/><endEvent id="e2"><cancelEventDefinition/>'
             "</endEvent>" + flow("s2", "e2") + "</transaction>"), "e2"),
    "call.missing": (line('<callActivity id="call"/>'), "call"),
    "call.cycle": (call("p"), "p"),
    "repeat.missing": (repeated(""), "work"),
    "support.repeat-behavior": (
        line(task(inside="<multiInstanceLoopCharacteristics behavior='None'><loopCardinality>3"
                  "</loopCardinality></multiInstanceLoopCharacteristics>")), "work"),
    "repeat.too-many": (repeated("<loopCardinality>50000</loopCardinality>"), "work"),
    "service.no-connector": (line('<serviceTask id="calc"/>'), "calc"),
}  # fmt: skip


@pytest.mark.parametrize("code", MISTAKES)
def test_the_mistake_is_found_at_its_element(preflight, code):
    inside, element = MISTAKES[code]

    report = preflight(inside, shared=MESSAGE)

    found = [problem.element_id for problem in report.problems if problem.code == code]
    assert found == [element], [(p.code, p.element_id) for p in report.problems]


@pytest.mark.parametrize("word", ["in", "out"])
def test_a_value_that_is_passed_has_a_name_on_the_other_side(preflight, word):
    call_known = extended(
        "callActivity", "", f'<ravand:{word} source="a"/>', id="call", calledElement="known"
    )

    report = preflight(line(call_known))

    assert [problem.facts["attribute"] for problem in report.errors] == ["target"]


def test_a_sound_process_has_no_problem(preflight):
    two = '<ravand:outcome key="yes" fa="آری"/><ravand:outcome key="no" fa="نه"/>'

    report = preflight(choice('= outcomes.work = "yes"', two))

    assert report.ok
    assert not report.problems


@pytest.mark.parametrize(
    "condition",
    [
        'outcomes["work"] = "maybe"',
        "${outcomes.work == 'maybe'}",
        '= outcomes.work in ("yes", "maybe")',
        '= outcome = "maybe"',
    ],
)
def test_an_unknown_outcome_is_found_in_every_way_of_writing(preflight, condition):
    report = preflight(choice(condition))

    assert [problem.facts["key"] for problem in report.errors] == ["maybe"]


@pytest.mark.parametrize("written", ["none", "= &quot;none&quot;", "= 'none'"])
def test_a_text_that_a_connector_sends_must_exist(preflight, written):
    ravand = (
        '<ravand:connector type="identity.check"><ravand:in target="channel" expression="sms"/>'
        f'<ravand:in target="template" expression="{written}"/></ravand:connector>'
    )

    report = preflight(line(extended("sendTask", "", ravand, id="tell")))

    assert [problem.code for problem in report.errors] == ["reference.template"]


def test_all_problems_come_in_one_list_with_the_errors_first(preflight):
    inside = line(task(ravand='<ravand:form key="none"/>'), task("other", "<ravand:preformer/>"))

    report = preflight(inside, drawn="")

    assert {problem.code for problem in report.errors} == {
        "bpmn.unknown-extension",
        "reference.form",
    }
    assert [problem.code for problem in report.blocking[2:]] == ["task.nobody", "task.nobody"]
    assert [problem.severity for problem in report.problems][-2:] == ["note", "note"]
    assert not report.ok


def test_chains_of_calls_deeper_than_eight_are_refused(preflight):
    processes = "".join(
        f'<process id="c{i}"><startEvent id="s{i}"/><callActivity id="a{i}" '
        f'calledElement="c{i + 1}"/><endEvent id="e{i}"/>'
        f'<sequenceFlow id="x{i}" sourceRef="s{i}" targetRef="a{i}"/>'
        f'<sequenceFlow id="y{i}" sourceRef="a{i}" targetRef="e{i}"/></process>'
        for i in range(8)
    )
    last = '<process id="c8"><startEvent id="s8"/><endEvent id="e8"/><sequenceFlow id="x8" '
    last += 'sourceRef="s8" targetRef="e8"/></process>'

    report = preflight(call("c0"), shared=processes + last)

    assert {p.element_id for p in report.problems if p.code == "call.too-deep"} == {"p", "c0"}


def test_a_circle_through_other_processes_is_shown_with_its_way(preflight):
    other = (
        '<process id="q"><startEvent id="qs"/><callActivity id="qc" calledElement="p"/>'
        '<endEvent id="qe"/><sequenceFlow id="q1" sourceRef="qs" targetRef="qc"/>'
        '<sequenceFlow id="q2" sourceRef="qc" targetRef="qe"/></process>'
    )

    report = preflight(call("q"), shared=other)

    paths = {p.element_id: p.facts["path"] for p in report.problems if p.code == "call.cycle"}
    assert paths == {"p": "p → q → p", "q": "q → p → q"}


def test_the_place_of_a_wrong_expression_is_counted_in_characters(preflight):
    report = preflight(choice("= amount &gt; &gt; 5"))

    [problem] = report.errors
    assert problem.facts["position"] == len("= amount > ") + 1
    assert problem.element_id == "ok-end"
