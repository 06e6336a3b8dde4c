"""Small diagrams for tests, written as the lines of a process."""

from itertools import pairwise

from engine.bpmn.model import ProcessModel
from engine.bpmn.reader import Reading, read
from engine.xml import parse

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:ravand="urn:ravand:bpmn:1" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'targetNamespace="urn:test">'
)
DRAWN = (
    '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">'
    '<bpmndi:BPMNShape bpmnElement="start"><dc:Bounds x="10" y="20" width="36" height="36"/>'
    "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
)
START = '<startEvent id="start"/>'
END = '<endEvent id="end"/>'
MESSAGE = '<message id="m" name="Reply"/>'


def document(inside: str, *, shared: str = "", key: str = "p", drawn: str = DRAWN) -> bytes:
    """A BPMN file with one process."""
    process = f'<process id="{key}" name="آزمایش" isExecutable="true">{inside}</process>'
    return f"{HEAD}{shared}{process}{drawn}</definitions>".encode()


def flow(source: str, target: str, condition: str = "") -> str:
    """A sequence flow `source-target`."""
    inside = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return (
        f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
        f"{inside}</sequenceFlow>"
    )


def extended(tag: str, inside: str = "", ravand: str = "", **attributes: str) -> str:
    """An element with our own elements in it."""
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    ours = f"<extensionElements>{ravand}</extensionElements>" if ravand else ""
    return f"<{tag} {written}>{ours}{inside}</{tag}>"


def task(
    id: str = "work", ravand: str = '<ravand:performer position="chief"/>', inside: str = ""
) -> str:
    """A user task."""
    return extended("userTask", inside, ravand, id=id, name=f"گام {id}")


def line(*elements: str) -> str:
    """Start, one element after the other, end. An element's id is its first `id`."""
    ids = ["start", *(one.split('id="', 1)[1].split('"', 1)[0] for one in elements), "end"]
    flows = [flow(a, b) for a, b in pairwise(ids)]
    return "".join([START, *elements, END, *flows])


def reading(data: bytes) -> Reading:
    """What the reader makes of a file."""
    return read(parse(data, "p.bpmn"), "p.bpmn")


def model(inside: str, *, shared: str = "") -> ProcessModel:
    """The one process, read without a problem."""
    found = reading(document(inside, shared=shared))
    assert not [p for p in found.problems if p.severity != "note"], found.problems
    return found.models[0]
