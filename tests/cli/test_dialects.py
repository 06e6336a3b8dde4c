"""`ravand check` says in words what becomes of another tool's file."""

from pathlib import Path

from tests.cli.conftest import Terminal

FILE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">
  <process id="p" name="p" isExecutable="true" camunda:historyTimeToLive="30">
    <startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
    <serviceTask id="t" name="t" camunda:class="org.Do"/>
    <sequenceFlow id="g" sourceRef="t" targetRef="e"/><endEvent id="e"/>
  </process>
</definitions>"""


def test_notes_and_refusals_of_another_tools_file_are_printed(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "p.bpmn"
    file.write_text(FILE)

    said = terminal("check", file)

    assert said.status == 1
    assert "org.Do" in said.out
    assert "camunda:historyTimeToLive" in said.out
    assert "problem." not in said.out
    assert "dialect." not in said.out
