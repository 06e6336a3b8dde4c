"""What another tool's file says and Ravand cannot do alike is said at its element."""

import json

import pytest

from engine.bundle import Bundle
from engine.preflight.check import check
from engine.problems import Problem
from kernel.i18n import use_locale
from tests.engine.dialects.conftest import model
from tests.engine.preflight.conftest import CATALOGUE

SPACES = {
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "flowable": "http://flowable.org/bpmn",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t" {}>'
AROUND = (
    '<process id="p" isExecutable="true"><startEvent id="s"/>{}<endEvent id="e"/>'
    '<sequenceFlow id="f1" sourceRef="s" targetRef="t"/>'
    '<sequenceFlow id="f2" sourceRef="t" targetRef="e"/></process></definitions>'
)


def told(prefix: str, inside: str, **files: object) -> list[Problem]:
    head = HEAD.format(f'xmlns:{prefix}="{SPACES[prefix]}"')
    named = {path.replace("__", "."): json.dumps(data).encode() for path, data in files.items()}
    document = (head + AROUND.replace("{}", inside)).encode()
    return list(check(Bundle({"p.bpmn": document, **named}), CATALOGUE).problems)


def step(tag: str, attributes: str = "", inside: str = "") -> str:
    held = f"<extensionElements>{inside}</extensionElements>" if inside else ""
    return f'<{tag} id="t" {attributes}>{held}</{tag}>'


def script(language: str, text: str) -> str:
    drawn = f'scriptFormat="{language}" camunda:asyncBefore="1" xmlns:camunda="{SPACES["camunda"]}"'
    return f'<scriptTask id="t" {drawn}><script>{text}</script></scriptTask>'


HTTP = "<camunda:connector><camunda:connectorId>http</camunda:connectorId></camunda:connector>"
SARA = '<zeebe:assignmentDefinition assignee="sara"/>'
IN_PROCESS = '<zeebe:formDefinition formKey="camunda-forms:bpmn:x"/>'
REFUSED = {
    "a Java class": ("camunda", step("serviceTask", 'camunda:class="org.Do"'), "dialect.code"),
    "a bean": (
        "camunda",
        step("serviceTask", 'camunda:expression="${b.do(x)}" camunda:resultVariable="r"'),
        "dialect.code",
    ),
    "a connector": ("camunda", step("serviceTask", "", HTTP), "dialect.connector"),
    "a listener": (
        "camunda",
        step(
            "userTask",
            'camunda:assignee="sara"',
            '<camunda:taskListener event="create" class="org.L"/>',
        ),
        "dialect.listener",
    ),
    "a script with a loop": (
        "camunda",
        script("groovy", "for (x in y) { z(x) }"),
        "dialect.script",
    ),
    "an index that counts from another number": (
        "camunda",
        script("javascript", "a = b[0]"),
        "dialect.script",
    ),
    "a page of another program": (
        "camunda",
        step("userTask", 'camunda:assignee="sara" camunda:formKey="embedded:app:f.html"'),
        "dialect.form-kind",
    ),
    "an unknown group": (
        "camunda",
        step("userTask", 'camunda:candidateGroups="nobody"'),
        "reference.group",
    ),
    "an unknown user": ("flowable", step("userTask", 'flowable:assignee="x"'), "reference.person"),
    "a mail task": ("flowable", step("serviceTask", 'flowable:type="mail"'), "dialect.connector"),
    "a skipped step": (
        "flowable",
        step("userTask", 'flowable:assignee="sara" flowable:skipExpression="${x}"'),
        "dialect.no-equivalent",
    ),
    "an outbound connector": (
        "zeebe",
        step("serviceTask", "", '<zeebe:taskDefinition type="io.camunda:http-json:1"/>'),
        "dialect.connector",
    ),
    "an embedded form that is not there": (
        "zeebe",
        step("userTask", "", SARA + IN_PROCESS),
        "dialect.form-missing",
    ),
    "a job listener": (
        "zeebe",
        step("userTask", "", f"{SARA}<zeebe:executionListeners/>"),
        "dialect.listener",
    ),
    "an import": ("spiffworkflow", script("", "import os"), "dialect.script"),
    "a call of Python": (
        "spiffworkflow",
        step("userTask", "", "<spiffworkflow:postScript>x = open(y)</spiffworkflow:postScript>"),
        "dialect.python",
    ),
    "an operator": (
        "spiffworkflow",
        step("serviceTask", "", '<spiffworkflow:serviceTaskOperator id="http/Get"/>'),
        "dialect.connector",
    ),
}
NAMED_FILE = (
    '<spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" '
    'value="a-schema.json"/></spiffworkflow:properties>'
)


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_alike_is_refused_with_a_sentence(case: str) -> None:
    prefix, inside, code = REFUSED[case]

    found = [p for p in told(prefix, inside) if p.code == code]

    assert [p.element_id for p in found] == ["t"]
    for locale in ("fa", "en"):
        with use_locale(locale):
            assert "%(" not in found[0].sentence()


def test_a_field_that_no_form_of_ours_asks_is_refused_by_name() -> None:
    task = step("userTask", "", NAMED_FILE)
    fields = {"who": {"type": "object", "properties": {}}, "why": {"type": "string"}}

    found = told("spiffworkflow", task, **{"a-schema__json": {"properties": fields}})

    [problem] = [p for p in found if p.code == "dialect.form-field"]
    assert (problem.facts["form"], problem.facts["field"]) == ("a", "who")


def test_a_file_that_a_diagram_brings_into_a_form_is_not_taken_for_one_of_ours() -> None:
    task = step("userTask", "", NAMED_FILE)
    fields = {"why": {"type": "string"}}

    found = told("spiffworkflow", task, **{"a-schema__json": {"properties": fields}})

    assert {p.code for p in found} <= {"dialect.translated", "diagram.missing", "name.missing"}


def test_a_file_may_mix_dialects() -> None:
    document = model("claim.flowable").replace(
        "<receiveTask", '<receiveTask xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        'camunda:asyncBefore="true"'
    )  # fmt: skip

    found = check(Bundle({"p.bpmn": document.encode()}), CATALOGUE).problems

    tools = [p.facts["tool"] for p in found if p.code == "dialect.translated"]
    assert tools == ["Flowable"]
    words = {p.facts["word"] for p in found if p.code == "dialect.no-meaning"}
    assert {"camunda:asyncBefore", "flowable:async", "flowable:exclusive"} <= words


def test_our_own_word_beside_another_tools_counts() -> None:
    ours = '<ravand:performer xmlns:ravand="urn:ravand:bpmn:1" position="chief"/>'
    task = step("userTask", 'camunda:assignee="nobody"', ours)

    [note] = [p for p in told("camunda", task) if p.code == "dialect.no-meaning"]

    assert note.facts["because"] == "dialect.because.own"
