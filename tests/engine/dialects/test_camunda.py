"""A process as the Camunda 7 modeler writes it runs to its end here."""

from tests.engine.conftest import Play
from tests.engine.dialects.conftest import Worker, begin, model
from tests.engine.drawing import chain, element, end, process, start
from tests.requirements import bpmn

TOLD = b'{"title": "t", "schema": {"properties": {"words": {"type": "string", "title": "w"}}}}'


@bpmn("dialect.camunda")
def test_a_camunda_process_runs_to_its_end(play: Play, worker: Worker) -> None:
    play.deploy(model("loan.camunda"), **{"forms/told.json": TOLD})
    root = begin("loan", {"loan.asked": {"amount": 900}}, business_key="K-1", hours=3)

    play.run()
    [job] = worker.jobs("scoring")
    assert {"sum": 900, "text": "loan of 900 euro", "amount": 900}.items() <= job.inputs.items()
    worker.finish(job, score=70, note="fine")

    [item] = play.items(root, "approve")
    assert item.principals == ["position:finance.head"]
    assert item.priority == "urgent"
    assert (item.due_at - item.opened_at).days == 2
    answers = {"loan.approve": {"approved": True, "way_of_pay": "bank"}}
    play.complete(root, "approve", by="finance.head", answers=answers)
    assert play.open(root) == []
    play.move(hours=3)
    assert play.message("Paid", "K-1", bill=7) == 1
    play.complete(root, "tell", answers={"told": {"words": "yes"}})

    assert play.trace(root) == [
        "asked", "check", "way", "approve", "fee", "pause", "paid", "tell", "done",
    ]  # fmt: skip
    case = play.instance(root)
    assert case.status == "completed"
    wanted = {"good": True, "score": 70, "note": "fine", "fee": 1801, "way_of_pay": "bank"}
    assert wanted.items() <= case.variables.items()
    assert "sum" not in case.variables


CAUGHT = """
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
  <bpmn:error id="Error_1" name="bad" errorCode="BAD" camunda:errorMessage="bad" />
  <bpmn:process id="p" isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="do" />
    <bpmn:serviceTask id="do" camunda:type="external" camunda:topic="do" />
    <bpmn:boundaryEvent id="bad" attachedToRef="do">
      <bpmn:errorEventDefinition errorRef="Error_1" camunda:errorCodeVariable="code"
          camunda:errorMessageVariable="words" />
    </bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="bad" targetRef="told" />
    <bpmn:endEvent id="told">
      <bpmn:messageEventDefinition camunda:type="external" camunda:topic="tell" />
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="f3" sourceRef="do" targetRef="end" />
    <bpmn:endEvent id="end" />
  </bpmn:process>
</bpmn:definitions>"""


def test_the_code_and_the_words_of_an_error_become_the_variables_named(
    play: Play, worker: Worker
) -> None:
    play.deploy(CAUGHT)
    root = begin("p")

    [job] = worker.jobs("do")
    worker.fail(job, "BAD", "no paper")
    [job] = worker.jobs("tell")
    assert {"code": "BAD", "words": "no paper"}.items() <= job.inputs.items()
    worker.finish(job)

    assert play.trace(root) == ["start", "-do", "bad", "told"]
    assert play.instance(root).status == "completed"


def test_what_a_step_takes_in_is_its_own(play: Play) -> None:
    inputs = (
        '<camunda:inputOutput><camunda:inputParameter name="amount">${amount + 1}'
        '</camunda:inputParameter><camunda:inputParameter name="all"><camunda:map>'
        '<camunda:entry key="a">${amount}</camunda:entry></camunda:map></camunda:inputParameter>'
        '<camunda:outputParameter name="seen">${amount}</camunda:outputParameter>'
        '<camunda:outputParameter name="also">${all.a}</camunda:outputParameter>'
        "</camunda:inputOutput>"
    )
    space = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    step = element("userTask", "t", "", inputs).replace(
        " id=", f' {space} camunda:candidateGroups="reception.clerk" id='
    )
    play.deploy(process(start(), step, end(), chain("start", "t", "end")))
    root = begin("p", amount=4)

    play.complete(root, "t")

    assert play.trace(root) == ["start", "t", "end"]
    assert play.instance(root).variables == {"amount": 4, "seen": 5, "also": 4}
