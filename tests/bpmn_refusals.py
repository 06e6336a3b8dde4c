"""What lies outside of the list of `tests.bpmn_list`: a diagram of each, to see it refused."""

from engine.preflight.catalogue import Catalogue
from tests.engine.drawing import chain, element, end, process, start, timer, user

NOWHERE = Catalogue(positions=frozenset({"reception.clerk"}))

TWO = timer("duration", "PT1H") * 2
GO = '<bpmn:message id="M" name="go"/>'
CAMUNDA = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
SEVERAL = (
    '<bpmn:multiInstanceLoopCharacteristics behavior="{}"><bpmn:loopCardinality>3'
    "</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
)
COMPENSATED = element("startEvent", "undo", "<bpmn:compensateEventDefinition/>")
CANCELLED = "<bpmn:cancelEventDefinition/>"


def between(step: str, *more: str, head: str = "") -> str:
    """A process of one step, `x`."""
    return process(start(), step, end(), chain("start", "x", "end"), *more, head=head)


def _camunda(step: str) -> str:
    return between(step).replace(' id="d"', f' {CAMUNDA} id="d"', 1)


REFUSALS: dict[str, str] = {
    "Several definitions on one event (multiple, parallel multiple)": between(
        element("intermediateCatchEvent", "x", TWO)
    ),
    "A start or completion quantity other than one": between(
        element("task", "x", startQuantity="2")
    ),
    "Events of single runs of a multi-instance activity (`behavior` other than All)": between(
        user("x", inside=SEVERAL.format("One"))
    ),
    "An event gateway that begins a case when all of its events came (Parallel)": process(
        element("eventBasedGateway", "x", instantiate="true", eventGatewayType="Parallel"),
        element("intermediateCatchEvent", "a", '<bpmn:messageEventDefinition messageRef="M"/>'),
        end(),
        chain("x", "a", "end"),
        head=GO,
    ),
    "A compensation event subprocess of a whole process": between(
        user("x"),
        element(
            "subProcess",
            "undoing",
            COMPENSATED + end("undone") + chain("undo", "undone"),
            triggeredByEvent="true",
        ),
    ),
    "A cancel end event outside of a transaction": process(
        start(), end("x", CANCELLED), chain("start", "x")
    ),
    "Scripts in a programming language": between(
        element("scriptTask", "x", "<bpmn:script>a.b(1)</bpmn:script>", scriptFormat="javascript")
    ),
    "Java classes and delegates (`camunda:class`)": _camunda(
        element("serviceTask", "x", **{"camunda:class": "org.example.Pay"})
    ),
    "Choreographies": process(
        start(), element("choreographyTask", "talk"), end(), chain("start", "end")
    ),
}
