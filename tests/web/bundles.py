"""A small process for tests of pages: a form, a division that a zero stops, two outcomes."""

import json

from engine.bundle import Bundle, read_files

KEY = "daily_cost"
_BOXES = {
    "start": (160, 142, 36, 36),
    "ask": (250, 120, 110, 80),
    "divide": (420, 120, 110, 80),
    "review": (590, 120, 110, 80),
    "end": (760, 142, 36, 36),
}
_FLOWS = (("start", "ask"), ("ask", "divide"), ("divide", "review"), ("review", "end"))


def model(*, name: str = "برآورد هزینهٔ روزانه", expression: str = "total / days") -> str:
    """The diagram, drawn; `expression` is what the machine works out."""
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}">'
        f'<dc:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/></bpmndi:BPMNShape>'
        for key, (x, y, w, h) in _BOXES.items()
    )
    edges = "".join(_edge(source, target) for source, target in _FLOWS)
    flows = "".join(
        f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in _FLOWS
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
  xmlns:ravand="urn:ravand:bpmn:1" id="d" targetNamespace="t">
<bpmn:process id="{KEY}" name="{name}" isExecutable="true">
  <bpmn:extensionElements><ravand:label en="Estimate of the daily cost"/></bpmn:extensionElements>
  <bpmn:startEvent id="start" name="آغاز"><bpmn:extensionElements>
    <ravand:label en="Start"/></bpmn:extensionElements></bpmn:startEvent>
  <bpmn:userTask id="ask" name="ثبت هزینه"><bpmn:extensionElements>
    <ravand:label en="Record the cost"/><ravand:form key="cost" binding="deployment"/>
    <ravand:performer position="reception.clerk"/>
    <ravand:deadline duration="PT4H" clock="working" reminders="none"/>
    <ravand:notify channel="sms" to="= phone" template="cost_recorded" on="completed"/>
  </bpmn:extensionElements></bpmn:userTask>
  <bpmn:scriptTask id="divide" name="محاسبهٔ سهم هر روز" scriptFormat="ravand">
    <bpmn:extensionElements><ravand:label en="Work out each day"/></bpmn:extensionElements>
    <bpmn:script>per_day = {expression}</bpmn:script></bpmn:scriptTask>
  <bpmn:userTask id="review" name="بررسی"><bpmn:extensionElements>
    <ravand:label en="Review"/><ravand:performer position="subscribers.expert"/>
    <ravand:outcome key="accept" fa="پذیرفته" en="Accepted" style="primary"/>
    <ravand:outcome key="refuse" fa="رد شد" en="Refused" style="danger" requires="reason"/>
  </bpmn:extensionElements></bpmn:userTask>
  <bpmn:endEvent id="end" name="پایان"><bpmn:extensionElements>
    <ravand:label en="End"/></bpmn:extensionElements></bpmn:endEvent>
  {flows}
</bpmn:process>
<bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="pl" bpmnElement="{KEY}">{shapes}{edges}
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"""


def _edge(source: str, target: str) -> str:
    x, y, w, h = _BOXES[source]
    tx, ty, _tw, th = _BOXES[target]
    return (
        f'<bpmndi:BPMNEdge id="{source}_{target}_di" bpmnElement="{source}_{target}">'
        f'<di:waypoint x="{x + w}" y="{y + h / 2}"/><di:waypoint x="{tx}" y="{ty + th / 2}"/>'
        "</bpmndi:BPMNEdge>"
    )


def form() -> str:
    """Total and number of days."""
    return json.dumps(
        {
            "title": {"fa": "هزینه", "en": "Cost"},
            "schema": {
                "type": "object",
                "required": ["total", "days", "phone"],
                "properties": {
                    "total": {"type": "integer", "title": "هزینهٔ همه"},
                    "days": {"type": "integer", "title": "شمار روزها"},
                    "phone": {"type": "string", "format": "phone", "title": "همراه مشترک"},
                },
            },
            "ui": {
                "fields": {
                    "total": {"en": "Total cost"},
                    "days": {"en": "Days"},
                    "phone": {"en": "Subscriber's mobile"},
                }
            },
        },
        ensure_ascii=False,
    )


def files(**changes: str) -> list[tuple[str, bytes]]:
    """The files of the bundle, as somebody uploads them."""
    return [
        (f"{KEY}.bpmn", model(**changes).encode()),
        ("cost.json", form().encode()),
        ("cost_recorded.sms.fa.txt", "هزینهٔ {money(total)} ثبت شد.".encode()),
        ("cost_recorded.sms.en.txt", b"The cost of {money(total)} was recorded."),
    ]


def bundle(**changes: str) -> Bundle:
    """The bundle itself."""
    return read_files(files(**changes))
