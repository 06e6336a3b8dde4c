"""Rules about the files beside the diagram."""

import json

import pytest

from engine.bundle import Bundle
from engine.preflight import Catalogue, check
from tests.engine.bpmn.drawing import line, task

SOUND = line(task(ravand='<ravand:performer position="chief"/><ravand:outcome key="ok" fa="شد"/>'))
FORM = json.dumps(
    {
        "title": {"fa": "فرم", "en": "Form"},
        "schema": {"type": "object", "properties": {"a": {"type": "string", "title": "الف"}}},
    }
).encode()


def case(**changes: object) -> bytes:
    given = {"process": "p", "by": "chief"}
    steps = [{"complete": "work", "by": "chief", "outcome": "ok"}]
    whole = {"name": "c", "given": given, "steps": steps, "then": {"status": "completed"}}
    return json.dumps([whole | changes]).encode()


MISTAKES = {
    "file.not-json": ("forms/f.json", b"{"),
    "form.invalid": ("forms/f.json", b'{"schema": {"$ref": "http://example.org/x"}}'),
    "form.unused": ("forms/f.json", FORM),
    "template.invalid": ("templates/a.sms.fa.txt", "سلام {name".encode()),
    "template.language": ("templates/a.sms.de.txt", b"hallo"),
    "template.one-language": ("templates/a.sms.fa.txt", "سلام".encode()),
    "template.name": ("templates/hello.txt", b"hi"),
    "template.encoding": ("templates/a.sms.en.txt", b"\xff\xfe\xfa"),
    "template.no-subject": ("templates/a.email.en.txt", b"hi"),
    "reference.channel": ("templates/a.pigeon.en.txt", b"hi"),
    "cases.invalid": ("cases.json", case(given=[])),
    "cases.unknown-task": ("cases.json", case(steps=[{"complete": "gone"}])),
    "cases.unknown-process": ("cases.json", case(given={"process": "gone"})),
    "bundle.file-ignored": ("notes.docx", b"x"),
    "bundle.no-process": (
        "q.bpmn",
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>',
    ),
    "bundle.duplicate-process": (
        "q.bpmn",
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">'
        b'<startEvent id="s"/></process></definitions>',
    ),
}


@pytest.mark.parametrize("code", MISTAKES)
def test_the_mistake_is_found_in_its_file(preflight, code):
    name, data = MISTAKES[code]

    report = preflight(SOUND, **{name: data})

    found = {problem.file for problem in report.problems if problem.code == code}
    assert found == {name}, [(p.code, p.file) for p in report.problems]


def test_sound_cases_and_forms_are_accepted(preflight):
    inside = SOUND.replace("<ravand:outcome", '<ravand:form key="f"/><ravand:outcome')
    files = {
        "cases.json": case(),
        "forms/f.json": FORM,
        "templates/a.sms.fa.txt": "سلام {name}".encode(),
        "templates/a.sms.en.txt": b"Hello {name}",
        "README.md": b"about",
    }

    report = preflight(inside, **files)

    assert not report.problems


def test_forms_and_texts_may_come_without_a_diagram():
    report = check(Bundle({"forms/f.json": FORM}), Catalogue())

    assert report.ok


def test_a_bundle_of_nothing_useful_is_refused():
    report = check(Bundle({"README.md": b"x"}, "empty"), Catalogue())

    assert [problem.code for problem in report.errors] == ["bundle.no-diagram"]


def test_a_process_marked_as_a_drawing_is_left_aside(preflight):
    other = (
        b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        b'<process id="customer" isExecutable="false"><userTask id="x"/></process>'
        b'<process id="q" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>'
        b'<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>'
    )

    report = preflight(SOUND, **{"q.bpmn": other})

    assert [model.key for model in report.models] == ["p", "q"]
    assert ("read.drawing-only", "customer") in [(p.code, p.element_id) for p in report.problems]
    assert report.ok
