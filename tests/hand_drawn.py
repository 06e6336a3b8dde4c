"""A process as people draw it by hand: nothing but boxes, arrows and names, in one lane.

Its upload asks six questions; two of them are about flows.
"""

from io import BytesIO

from flask import Flask

from tests.engine.bpmn.drawing import END, HEAD, START, flow
from tests.product.visitor import Visitor

BOXES = {
    "start": (60, 182, 36, 36), "ask": (150, 160, 110, 80), "g": (310, 175, 50, 50),
    "pay": (440, 60, 110, 80), "wait": (477, 282, 36, 36), "call": (620, 60, 110, 80),
    "end": (800, 182, 36, 36), "l": (20, 20, 860, 340),
}  # fmt: skip
WAYS = {
    "start-ask": ((96, 200), (150, 200)), "ask-g": ((260, 200), (310, 200)),
    "yes": ((360, 200), (400, 200), (400, 100), (440, 100)),
    "no": ((360, 200), (400, 200), (400, 300), (477, 300)),
    "pay-call": ((550, 100), (620, 100)), "wait-end": ((513, 300), (818, 300), (818, 218)),
    "call-end": ((730, 100), (818, 100), (818, 182)),
}  # fmt: skip
INSIDE = (
    '<laneSet id="ls"><lane id="l" name="مالی"><flowNodeRef>ask</flowNodeRef></lane></laneSet>'
    + START
    + '<userTask id="ask" name="بررسی" camunda:asyncBefore="true"/>'
    + '<exclusiveGateway id="g" name="تأیید؟"/><serviceTask id="pay" name="پرداخت"/>'
    + '<intermediateCatchEvent id="wait" name="پس از ۲ روز"><timerEventDefinition/>'
    + '</intermediateCatchEvent><callActivity id="call" name="Order parts"/>'
    + END
    + "".join(flow(*pair.split("-")) for pair in WAYS if "-" in pair)
    + '<sequenceFlow id="yes" name="بله" sourceRef="g" targetRef="pay"/>'
    + '<sequenceFlow id="no" name="خیر" sourceRef="g" targetRef="wait"/>'
)


def hand_drawn() -> bytes:
    """The file."""
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{key}"{_HORIZONTAL if key == "l" else ""}>'
        f'<dc:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/></bpmndi:BPMNShape>'
        for key, (x, y, w, h) in BOXES.items()
    )
    edges = "".join(
        f'<bpmndi:BPMNEdge bpmnElement="{key}">'
        + "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in way)
        + "</bpmndi:BPMNEdge>"
        for key, way in WAYS.items()
    )
    head = HEAD.replace("xmlns:dc=", 'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:dc=')
    return (
        f'{head}<process id="purchase" name="درخواست خرید" isExecutable="true">{INSIDE}</process>'
        f'<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="purchase">{shapes}{edges}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></definitions>"
    ).encode()


_HORIZONTAL = ' isHorizontal="true"'


def upload_by_hand(app: Flask) -> Visitor:
    """Upload it as the designer; the page of its questions is open."""
    designer = Visitor(app).login_at("platform.designer")
    designer.get("/processes/upload")
    chosen = [(BytesIO(hand_drawn()), "purchase.bpmn")]
    designer.post("/processes/upload", {"files": chosen}, status=422)
    return designer
