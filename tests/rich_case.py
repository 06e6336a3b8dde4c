"""A drawn process in which nearly everything happens: its page shows most waits and lines.

A decision, a transaction that is cancelled and undone, then seven things at once: an external
worker, a message, a signal, a condition, a time, work for each of a list, an ad-hoc subprocess.
"""

from itertools import pairwise
from uuid import UUID

import engine
from engine import queries
from engine.bundle import Bundle
from kernel import jobs
from kernel.ids import new_id
from kernel.uow import unit_of_work
from people import SYSTEM
from tests.engine.dmn.drawing import decision, definitions, table
from tests.small_cases import at

KEY = "home_care"
SPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:ravand="urn:ravand:bpmn:1" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
TARIFF = definitions(
    decision(
        "tariff",
        table(
            [("hours", "number"), ("kind", "string", '"nurse", "helper"')],
            [("rate", "number"), ("note", "string")],
            [
                ["<= 12", '"nurse"', "900000", '"شیفت روز"'],
                ["> 12", '"nurse"', "1500000", '"شبانه‌روزی"'],
                ["-", '"helper"', "600000", '"همراه"'],
            ],
        ),
        name="نرخ مراقبت",
    )
)
EXPERT = '<ravand:performer position="subscribers.expert"/>'

Box = tuple[int, int, int, int]
BOXES: dict[str, Box] = {
    "start": (40, 382, 36, 36), "rate": (110, 360, 110, 80),
    "booking": (260, 250, 430, 300), "s": (280, 382, 36, 36), "reserve": (350, 360, 110, 80),
    "reserved": (420, 422, 36, 36), "release": (380, 465, 110, 70), "off": (620, 382, 36, 36),
    "cancelled": (672, 382, 36, 36), "confirm": (750, 360, 110, 80), "split": (900, 375, 50, 50),
    "lab": (1010, 20, 110, 80), "payment": (1047, 142, 36, 36), "holiday": (1047, 232, 36, 36),
    "deposit": (1047, 322, 36, 36), "pause": (1047, 412, 36, 36), "visit": (1010, 480, 110, 80),
    "care": (1000, 590, 330, 130), "call": (1020, 620, 130, 80), "see": (1180, 620, 130, 80),
    "join": (1400, 375, 50, 50), "end": (1510, 382, 36, 36),
    "heard": (260, 600, 330, 130), "complaint": (280, 652, 36, 36), "note": (350, 630, 110, 80),
    "noted": (510, 652, 36, 36),
}  # fmt: skip
MANY = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false" ravand:collection="= patients" '
    'ravand:element="patient"/>'
)


def model() -> str:
    """The diagram."""
    transaction = (
        _node("startEvent", "s")
        + _node("task", "reserve", "رزرو پرستار", "Reserve a nurse")
        + _node("boundaryEvent", "reserved", inside="<bpmn:compensateEventDefinition/>",
                more='attachedToRef="reserve"')
        + _node("task", "release", "آزاد کردن پرستار", "Release the nurse",
                more='isForCompensation="true"')
        + '<bpmn:association id="undo" sourceRef="reserved" targetRef="release"/>'
        + _node("endEvent", "off", "لغو", "Cancelled", "<bpmn:cancelEventDefinition/>")
        + _flows("s", "reserve", "off")
    )  # fmt: skip
    adhoc = _node("userTask", "call", "تماس با خانواده", "Call the family", ext=EXPERT) + _node(
        "userTask", "see", "بازدید در منزل", "Visit at home", ext=EXPERT
    )
    heard = (
        _node("startEvent", "complaint", "شکایت رسید", "A complaint came",
              '<bpmn:messageEventDefinition messageRef="Complaint"/>',
              '<ravand:correlation key="= kind"/>', 'isInterrupting="false"')
        + _node("task", "note", "ثبت شکایت", "Note the complaint")
        + _node("endEvent", "noted") + _flows("complaint", "note", "noted")
    )  # fmt: skip
    waits = "".join(_waits())
    parts = (
        _node("startEvent", "start", "درخواست", "Request")
        + _node("businessRuleTask", "rate", "تعیین نرخ", "Find the rate",
                ext='<ravand:decision key="tariff"/>')
        + _node("transaction", "booking", "رزرو", "Booking", transaction)
        + _node("boundaryEvent", "cancelled", "رزرو لغو شد", "Booking cancelled",
                "<bpmn:cancelEventDefinition/>", more='attachedToRef="booking"')
        + _node("userTask", "confirm", "تأیید درخواست", "Confirm the request", ext=EXPERT)
        + _node("parallelGateway", "split") + waits
        + _node("adHocSubProcess", "care", "مراقبت موردی", "Care as needed", adhoc,
                ext='<ravand:adhoc start="none"/>')
        + _node("parallelGateway", "join", "همه رسید", "All has come")
        + _node("endEvent", "end", "پایان", "End")
        + _node("subProcess", "heard", "شکایت", "Complaint", heard,
                more='triggeredByEvent="true"')
        + _flows("start", "rate", "booking") + _flows("cancelled", "confirm", "split")
        + _flows("booking", "confirm") + _flows("join", "end")
    )  # fmt: skip
    for one in ("lab", "payment", "holiday", "deposit", "pause", "visit", "care"):
        parts += _flows("split", one, "join")
    return (
        f'<bpmn:definitions {SPACES} id="d" targetNamespace="t">'
        '<bpmn:message id="Payment" name="payment"/><bpmn:signal id="Holiday" name="holiday"/>'
        '<bpmn:message id="Complaint" name="complaint"/>'
        f'<bpmn:process id="{KEY}" name="مراقبت در منزل" isExecutable="true">'
        '<bpmn:extensionElements><ravand:label en="Care at home"/></bpmn:extensionElements>'
        f'{parts}</bpmn:process><bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="pl" '
        f'bpmnElement="{KEY}">{_drawn()}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        "</bpmn:definitions>"
    )


def _waits() -> list[str]:
    connector = '<ravand:connector type="external" topic="lab-result"/>'
    payment = '<ravand:correlation key="= patients[1]"/>'
    condition = "<bpmn:condition>= hours &gt; 100</bpmn:condition>"
    return [
        _node("serviceTask", "lab", "جواب آزمایش", "Laboratory's answer", ext=connector),
        _node("intermediateCatchEvent", "payment", "پرداخت رسید", "Payment came",
              '<bpmn:messageEventDefinition messageRef="Payment"/>', ext=payment),
        _node("intermediateCatchEvent", "holiday", "پایان تعطیلی", "Holidays end",
              '<bpmn:signalEventDefinition signalRef="Holiday"/>'),
        _node("intermediateCatchEvent", "deposit", "ساعت‌ها از صد گذشت", "Over a hundred hours",
              f"<bpmn:conditionalEventDefinition>{condition}</bpmn:conditionalEventDefinition>"),
        _node("intermediateCatchEvent", "pause", "سه روز بعد", "Three days later",
              "<bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration>"
              "</bpmn:timerEventDefinition>"),
        _node("userTask", "visit", "دیدار بیمار", "Visit the patient", MANY, ext=EXPERT),
    ]  # fmt: skip


def _node(
    tag: str, id: str, fa: str = "", en: str = "", inside: str = "", ext: str = "", more: str = ""
) -> str:
    if en:
        ext = f'<ravand:label en="{en}"/>{ext}'
    ours = f"<bpmn:extensionElements>{ext}</bpmn:extensionElements>" if ext else ""
    named = f' name="{fa}"' if fa else ""
    return f'<bpmn:{tag} id="{id}"{named} {more}>{ours}{inside}</bpmn:{tag}>'


def _flows(*ids: str) -> str:
    return "".join(
        f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>'
        for a, b in pairwise(ids)
    )


def _drawn() -> str:
    opened = ' isExpanded="true"'
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{key}_di" bpmnElement="{key}"'
        f"{opened if key in ('booking', 'care', 'heard') else ''}>"
        f'<dc:Bounds x="{x}" y="{y}" width="{w}" height="{h}"/></bpmndi:BPMNShape>'
        for key, (x, y, w, h) in BOXES.items()
    )
    pairs = [("start", "rate"), ("rate", "booking"), ("s", "reserve"), ("reserve", "off"),
             ("cancelled", "confirm"), ("confirm", "split"), ("join", "end"),
             ("complaint", "note"), ("note", "noted")]  # fmt: skip
    for one in ("lab", "payment", "holiday", "deposit", "pause", "visit", "care"):
        pairs += [("split", one), (one, "join")]
    return shapes + "".join(_edge(a, b) for a, b in pairs)


def _edge(source: str, target: str) -> str:
    x, y, w, h = BOXES[source]
    tx, ty, _w, th = BOXES[target]
    points = [(x + w, y + h // 2), (tx, ty + th // 2)]
    if source == "split":
        points.insert(1, (x + w + 20, ty + th // 2))
    if target == "join":
        points.insert(1, (1370, y + h // 2))
    way = "".join(f'<di:waypoint x="{a}" y="{b}"/>' for a, b in points)
    return (
        f'<bpmndi:BPMNEdge id="{source}_{target}_di" bpmnElement="{source}_{target}">'
        f"{way}</bpmndi:BPMNEdge>"
    )


def rich_bundle() -> Bundle:
    """The diagram and its decision."""
    return Bundle({f"{KEY}.bpmn": model().encode(), "tariff.dmn": TARIFF}, KEY)


def start_rich() -> UUID:
    """Release it, start a case as an expert and confirm its request: all that waits, waits.

    Some of it has happened: two of five visits, a complaint, a worker that failed once.
    """
    with unit_of_work() as uow:
        engine.deploy(uow, rich_bundle(), by=SYSTEM)
        engine.release(uow, KEY, by=SYSTEM)
        expert = at(uow, "subscribers.expert")
        given = {"hours": 10, "kind": "nurse", "patients": ["مریم", "علی", "زهرا", "حسن", "نرگس"]}
        case = engine.start(uow, KEY, variables=given, by=expert).id
    for _step in range(3):
        _finish(case)
    with unit_of_work() as uow:
        engine.correlate(uow, "complaint", "nurse", {}, by=SYSTEM, instance_id=case)
        [task] = engine.fetch_and_lock(uow, "lab-result", "lab-1", by=SYSTEM)
        engine.fail_external(uow, task.id, "lab-1", "آزمایشگاه بسته است", retries=2, by=SYSTEM)
    jobs.run_until_idle()
    return case


def _finish(case: UUID) -> None:
    """Close the case's first open work as an expert."""
    with unit_of_work() as uow:
        by = at(uow, "subscribers.expert")
        item = queries.inbox(uow.session, by, root_id=case)[0]
        revision = queries.item(uow.session, by, item.id).item.revision
        engine.complete(uow, item.id, {}, by=by, revision=revision, request_id=new_id())
