"""Parse and preflight of a large drawing: 150 KB with its shapes, as a modeller saves it."""

from __future__ import annotations

import statistics
import time

from benchmarks.result import Result
from engine.bundle import Bundle
from engine.preflight import Catalogue, Report, check

ROUNDS = 7
_SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:ravand="urn:ravand:bpmn:1"'
)
_CHART = Catalogue(positions=frozenset({"chief"}))


def run() -> list[Result]:
    """CPU of one check of a sound 150 KB file; that it is accepted is asserted."""
    times = []
    for salt in range(ROUNDS):  # so that no expression was ever read before
        data = drawing(150_000, salt)
        began = time.process_time()
        report = check(Bundle({"large.bpmn": data}), _CHART)
        times.append(time.process_time() - began)
        _assert_accepted(report, data)
    return [
        Result("parse and preflight of a 150 KB file", statistics.median(times), "s CPU", 1.0, 0.3)
    ]


def _assert_accepted(report: Report, data: bytes) -> None:
    if not report.ok or len(report.models) != 1 or not 145_000 < len(data) < 155_000:
        raise AssertionError(report.blocking[:3])


def drawing(size: int, salt: int = 0) -> bytes:
    """A process of about that many bytes: stretches of a user task with two outcomes, a
    gateway, a service task, a timer, and a way back."""
    bound, stretches = 0, 0
    while bound < size:
        stretches += 1
        bound = len(_document(stretches, salt))
        if stretches == 1:
            stretches = max(1, size // bound)
    return _document(stretches - 1, salt)


def _document(stretches: int, salt: int) -> bytes:
    parts = [_stretch(number, salt) for number in range(stretches)]
    nodes = "".join(part[0] for part in parts)
    shapes = "".join(part[1] for part in parts)
    last = f"ask{stretches}"
    nodes += f'    <bpmn:endEvent id="{last}" name="پایان" />\n    <bpmn:startEvent id="start" />\n'
    nodes += _flow("start", "ask0")
    shapes += _shape(last, 0, stretches) + _shape("start", 0, 0)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions {_SPACES} id="d">\n'
        f'  <bpmn:process id="large" name="نقشهٔ بزرگ" isExecutable="true">\n{nodes}'
        f'  </bpmn:process>\n  <bpmndi:BPMNDiagram id="di"><bpmndi:BPMNPlane id="plane" '
        f'bpmnElement="large">\n{shapes}  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>\n'
        "</bpmn:definitions>\n"
    ).encode()


def _stretch(n: int, salt: int) -> tuple[str, str]:
    ask, gate, work, wait = (f"{word}{n}" for word in ("ask", "gate", "work", "wait"))
    nodes = (
        f'    <bpmn:userTask id="{ask}" name="بررسی درخواست {n}"><bpmn:extensionElements>'
        '<ravand:performer position="chief"/><ravand:outcome key="yes" fa="بله" en="Yes"/>'
        '<ravand:outcome key="no" fa="خیر" en="No"/></bpmn:extensionElements></bpmn:userTask>\n'
        f'    <bpmn:exclusiveGateway id="{gate}" name="تأیید؟" default="{gate}_{wait}" />\n'
        f'    <bpmn:scriptTask id="{work}" scriptFormat="ravand"><bpmn:script>total{n} = '
        f"count * {n} + {salt}</bpmn:script></bpmn:scriptTask>\n"
        f'    <bpmn:intermediateCatchEvent id="{wait}" name="یک روز بعد">'
        "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
        "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>\n"
    )
    condition = f'= outcomes.{ask} = "yes" and amount > {n + 10_000 * salt}'
    ways = ((ask, gate, ""), (gate, work, condition), (gate, wait, ""), (wait, ask, ""),
            (work, f"ask{n + 1}", ""))  # fmt: skip
    nodes += "".join(_flow(*way) for way in ways)
    shapes = "".join(_shape(one, place, n) for place, one in enumerate((ask, gate, work, wait)))
    return nodes, shapes + "".join(_edge(f"{way[0]}_{way[1]}", n) for way in ways)


def _flow(source: str, target: str, condition: str = "") -> str:
    escaped = condition.replace(">", "&gt;")
    inside = f"<bpmn:conditionExpression>{escaped}</bpmn:conditionExpression>" if condition else ""
    return (
        f'    <bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" '
        f'targetRef="{target}">{inside}</bpmn:sequenceFlow>\n'
    )


def _shape(element: str, x: int, y: int) -> str:
    return (
        f'    <bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}"><dc:Bounds '
        f'x="{160 + 150 * x}" y="{80 + 120 * y}" width="100" height="80" /></bpmndi:BPMNShape>\n'
    )


def _edge(flow: str, y: int) -> str:
    return (
        f'    <bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}"><di:waypoint x="260" '
        f'y="{120 + 120 * y}" /><di:waypoint x="310" y="{120 + 120 * y}" /></bpmndi:BPMNEdge>\n'
    )
