"""Hostile texts at the places where other tools' diagrams may write something: refused with a
sentence or harmless, and never long."""

from time import process_time

import pytest

from engine.bundle import Bundle
from engine.preflight.check import Report, check
from engine.problem_codes import CODES
from tests.engine.dialects.test_refusals import HEAD, SPACES
from tests.engine.preflight.conftest import CATALOGUE

SECONDS = 5.0

PAYLOADS = {
    "a class": "${''.getClass().forName('java.lang.Runtime').getRuntime().exec('id')}",
    "a bean": "${execution.processEngineServices.runtimeService.deleteProcessInstance('x', '')}",
    "a walk": "${().__class__.__mro__[1].__subclasses__()}",
    "an import": "= __import__('os').system('id')",
    "a power": "${9**9**9}",
    "a long text": "${'a' * 10000000000}",
    "deep brackets": "${" + "(" * 3000 + "1" + ")" * 3000 + "}",
    "many gaps": "${a}" * 2000,
    "open gaps": "${" * 4000,
    "backtracking": "${execution.getVariable('" + "a" * 3000,
    "strings": "'" * 4000 + "initiator",
}
CODE = ("a class", "a bean", "a walk", "an import", "a power")
PLACES = {
    "assignee": ("camunda", '<userTask id="t" camunda:assignee="{}"/>'),
    "candidates": ("flowable", '<userTask id="t" flowable:candidateGroups="{}"/>'),
    "due date": ("camunda", '<userTask id="t" camunda:assignee="a" camunda:dueDate="{}"/>'),
    "follow-up date": ("camunda", '<userTask id="t" camunda:followUpDate="{}"/>'),
    "priority": ("flowable", '<userTask id="t" flowable:priority="{}"/>'),
    "expression": (
        "camunda",
        '<serviceTask id="t" camunda:expression="{}" camunda:resultVariable="r"/>',
    ),
    "topic": ("camunda", '<serviceTask id="t" camunda:type="external" camunda:topic="{}"/>'),
    "input": (
        "camunda",
        '<userTask id="t"><extensionElements><camunda:inputOutput><camunda:inputParameter '
        'name="a">{}</camunda:inputParameter></camunda:inputOutput></extensionElements></userTask>',
    ),
    "groovy": (
        "camunda",
        '<scriptTask id="t" camunda:asyncBefore="1" scriptFormat="groovy"><script>{}</script>'
        "</scriptTask>",
    ),
    "declared": (
        "flowable",
        '<scriptTask id="t" flowable:async="1" scriptFormat="javascript"><script>var x = {}'
        "</script></scriptTask>",
    ),
    "job": (
        "zeebe",
        '<serviceTask id="t"><extensionElements><zeebe:taskDefinition type="w" retries="{}"/>'
        "</extensionElements></serviceTask>",
    ),
    "mapping": (
        "zeebe",
        '<userTask id="t"><extensionElements><zeebe:ioMapping><zeebe:input source="{}" target="a"/>'
        '<zeebe:input source="{}" target="b"/></zeebe:ioMapping></extensionElements></userTask>',
    ),
    "python": (
        "spiffworkflow",
        '<scriptTask id="t"><script>x = {}</script></scriptTask>',
    ),
    "condition": (
        "flowable",
        '<userTask id="t" flowable:assignee="a"/><sequenceFlow id="f" sourceRef="s" targetRef="t">'
        "<conditionExpression>{}</conditionExpression></sequenceFlow>",
    ),
}


def judged(prefix: str, inside: str) -> tuple[Report, float]:
    head = HEAD.format(f'xmlns:{prefix}="{SPACES[prefix]}"')
    around = f'<process id="p" isExecutable="true"><startEvent id="s"/>{inside}</process>'
    began = process_time()
    found = check(Bundle({"p.bpmn": f"{head}{around}</definitions>".encode()}), CATALOGUE)
    return found, process_time() - began


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_program_code_is_refused_at_its_element_and_nothing_takes_long(
    place: str, payload: str
) -> None:
    prefix, written = PLACES[place]
    text = PAYLOADS[payload].replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")

    found, seconds = judged(prefix, written.replace("{}", text))

    assert seconds < SECONDS
    errors = [one for one in found.problems if CODES[one.code] == "error"]
    assert payload not in CODE or {"t", "f"} & {one.element_id for one in errors}
    assert all("%(" not in one.sentence() for one in errors)


@pytest.mark.parametrize("prefix", SPACES)
@pytest.mark.parametrize("known", [True, False], ids=["known words", "misspelt words"])
def test_a_large_file_of_nothing_but_settings_is_judged_soon(prefix: str, known: bool) -> None:
    words = ("assignee", "formKey", "priority") if known else ("asignee", "formKye", "priorty")
    given = " ".join(f'{prefix}:{word}{"" if known else "x"}="${{a + 1}}"' for word in words)
    one = f'<userTask id="t%s" {given}/>'

    _, seconds = judged(prefix, "".join(one.replace("%s", str(n)) for n in range(15_000)))

    assert seconds < 4 * SECONDS
