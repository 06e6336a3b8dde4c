"""A small intake process that uses every connector of this package."""

import engine
from engine.bundle import read_files
from kernel.uow import UnitOfWork
from people import SYSTEM

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:ravand="urn:ravand:bpmn:1" id="d" targetNamespace="urn:ravand:models">
"""


def connector(key: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
    lines = [f"<ravand:in target='{to}' expression='{text}'/>" for to, text in inputs.items()]
    lines += [f"<ravand:out source='{name}' target='{to}'/>" for name, to in outputs.items()]
    return f"<ravand:connector type='{key}'>{''.join(lines)}</ravand:connector>"


def service(key: str, name: str, work: str) -> str:
    return (
        f"<bpmn:serviceTask id='{key}' name='{name}'><bpmn:extensionElements>{work}"
        "</bpmn:extensionElements></bpmn:serviceTask>"
    )


def user(key: str, name: str) -> str:
    return (
        f"<bpmn:userTask id='{key}' name='{name}'><bpmn:extensionElements>"
        "<ravand:performer position='reception.clerk'/>"
        "</bpmn:extensionElements></bpmn:userTask>"
    )


def caught(key: str, at: str, code: str) -> str:
    return (
        f"<bpmn:boundaryEvent id='{key}' name='{code}' attachedToRef='{at}'>"
        f"<bpmn:errorEventDefinition errorRef='E_{code}'/></bpmn:boundaryEvent>"
    )


def flow(*pairs: tuple[str, str]) -> str:
    return "".join(
        f"<bpmn:sequenceFlow id='f_{a}_{b}' sourceRef='{a}' targetRef='{b}'/>" for a, b in pairs
    )


def model(key: str, body: str, *errors: str) -> bytes:
    declared = "".join(
        f"<bpmn:error id='E_{code}' name='{code}' errorCode='{code}'/>" for code in errors
    )
    return (
        f"{HEAD}{declared}<bpmn:process id='{key}' name='{key}' isExecutable='true'>"
        f"<bpmn:startEvent id='start' name='شروع'/>{body}"
        "<bpmn:endEvent id='end' name='پایان'/></bpmn:process></bpmn:definitions>"
    ).encode()


INTAKE = model(
    "intake_ticket",
    service(
        "match",
        "تطبیق",
        connector(
            "crm.match_contact",
            {"mobile": "= mobile", "melli_code": "= melli_code"},
            {"contact": "contact", "candidates": "candidates"},
        ),
    )
    + caught("several", "match", "DUPLICATE")
    + user("choose", "گزینش")
    + user("complete_file", "تکمیل")
    + service(
        "save",
        "ذخیره",
        connector(
            "crm.save_contact",
            {
                "contact_id": "= contact.id",
                "name": "= caller_name",
                "mobile": "= mobile",
                "roles": '= ["subscriber"]',
                "patient": '= {name: "زهره محمدی", relation: "child", birth_date: "1941-05-02"}',
            },
            {"contact": "subscriber", "patient": "patient"},
        ),
    )
    + service("note", "یادداشت", connector("crm.log", {"text": '= "پرونده باز شد"'}, {}))
    + service(
        "carry_on",
        "تیکت",
        connector("crm.update_ticket", {"status": '= "closed"', "outcome": '= "continue"'}, {}),
    )
    + flow(
        ("start", "match"),
        ("match", "complete_file"),
        ("several", "choose"),
        ("choose", "complete_file"),
        ("complete_file", "save"),
        ("save", "note"),
        ("note", "carry_on"),
        ("carry_on", "end"),
    ),
    "DUPLICATE",
)

PAPERS = model(
    "papers",
    service(
        "check",
        "بررسی",
        connector(
            "identity.check",
            {"subscriber_melli_code": "= code", "centre_sheba": "= sheba"},
            {"subscriber_melli_code": "code"},
        ),
    )
    + caught("wrong", "check", "IDENTITY_INVALID")
    + user("mend", "اصلاح")
    + service(
        "print",
        "سند",
        connector(
            "document.render",
            {"document": '= "letter"', "name": '= "نامه"', "who": "= who"},
            {"file": "letter_file"},
        ),
    )
    + caught("broken", "print", "RENDER_FAILED")
    + user("tell_admin", "خبر")
    + user("hand_over", "تحویل")
    + flow(
        ("start", "check"),
        ("wrong", "mend"),
        ("mend", "check"),
        ("check", "print"),
        ("broken", "tell_admin"),
        ("tell_admin", "end"),
        ("print", "hand_over"),
        ("hand_over", "end"),
    ),
    "IDENTITY_INVALID",
    "RENDER_FAILED",
)

LETTER = b'#let data = json("data.json")\n= Letter for #data.who\n'


def deploy(uow: UnitOfWork, key: str, *files: tuple[str, bytes]) -> None:
    engine.deploy(uow, read_files(files, key), by=SYSTEM)
    engine.release(uow, key, by=SYSTEM)
