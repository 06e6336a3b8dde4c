"""What lies outside of the list of `tests.bpmn_list`: a diagram of each, to see it refused."""

from engine.preflight.catalogue import Catalogue
from tests.engine.drawing import chain, element, end, process, start, timer

NOWHERE = Catalogue()

TWO = timer("duration", "PT1H") * 2

REFUSALS: dict[str, str] = {
    "Several definitions on one event (multiple, parallel multiple)": process(
        start(),
        element("intermediateCatchEvent", "both", TWO),
        end(),
        chain("start", "both", "end"),
    ),
    "Choreographies": process(
        start(), element("choreographyTask", "talk"), end(), chain("start", "end")
    ),
    "A start or completion quantity other than one": process(
        start(), element("task", "many", startQuantity="2"), end(), chain("start", "many", "end")
    ),
}
