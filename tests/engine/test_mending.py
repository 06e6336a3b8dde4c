"""Edits of a diagram's text touch only the places they are about."""

import difflib

import pytest
from lxml import etree

from engine.mending.edits import Declare, Extend, PutChild, Remove, Retag, SetAttribute
from engine.mending.write import EditsContradict, apply

DIAGRAM = """\
<?xml version='1.0' encoding="UTF-8"?>
<!-- drawn by hand: keep me -->
<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:other="urn:other" id='d'>
  <b:process id="p">
    <b:startEvent   id="start" name='a > b' />
    <b:userTask id="work" other:colour="red">
      <b:documentation>سلام &amp; درود</b:documentation>
      <b:incoming>f1</b:incoming>
    </b:userTask>
    <b:sendTask id="machine"><b:extensionElements><other:x/></b:extensionElements></b:sendTask>
    <b:sequenceFlow id="f1" sourceRef="start" targetRef="work" />
    <!-- <b:userTask id="work"/> -->
  </b:process>
  <di:BPMNDiagram><di:BPMNEdge bpmnElement="f1" /></di:BPMNDiagram>
</b:definitions>
"""


def changed(*edits: object) -> list[str]:
    """The lines that went (-) and came (+)."""
    after = apply(DIAGRAM.encode(), edits).decode()
    etree.fromstring(after.encode())
    lines = difflib.unified_diff(DIAGRAM.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_without_edits_every_byte_stays():
    assert apply(DIAGRAM.encode(), []) == DIAGRAM.encode()


def test_an_attribute_is_written_into_its_own_tag():
    assert changed(SetAttribute("start", "name", 'x "y" <z>')) == [
        """-    <b:startEvent   id="start" name='a > b' />""",
        """+    <b:startEvent   id="start" name='x "y" &lt;z&gt;' />""",
    ]


def test_extensions_go_behind_the_documentation_and_the_namespace_to_the_root():
    lines = changed(Extend("work", "performer", {"role": "r"}))

    assert [line.strip("+- ") for line in lines] == [
        """xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:other="urn:other" id='d'>""",
        """xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:other="urn:other" id='d'"""
        ' xmlns:ravand="urn:ravand:bpmn:1">',
        "<b:extensionElements>",
        '<ravand:performer role="r"/>',
        "</b:extensionElements>",
    ]


def test_existing_extensions_are_kept_beside_new_ones():
    after = apply(DIAGRAM.encode(), [Extend("machine", "connector", {"type": "t"})]).decode()

    assert '<other:x/><ravand:connector type="t"/></b:extensionElements>' in after


def test_a_flow_goes_with_its_edge_and_the_words_that_name_it():
    assert changed(Remove("f1")) == [
        "-      <b:incoming>f1</b:incoming>",
        '-    <b:sequenceFlow id="f1" sourceRef="start" targetRef="work" />',
        '-  <di:BPMNDiagram><di:BPMNEdge bpmnElement="f1" /></di:BPMNDiagram>',
        "+  <di:BPMNDiagram></di:BPMNDiagram>",
    ]


def test_an_element_becomes_another_at_both_of_its_ends():
    after = apply(DIAGRAM.encode(), [Retag("work", "manualTask"), Retag("start", "task")]).decode()

    assert '<b:manualTask id="work" other:colour="red">' in after
    assert "</b:manualTask>" in after
    assert "<b:task   id=\"start\" name='a > b' />" in after


def test_a_declaration_and_a_child_are_written_once():
    edits = [
        Declare("message", "m", {"name": "M"}),
        Declare("message", "m", {"name": "M"}),
        PutChild("f1", "conditionExpression", "= a < b", instead_of=("conditionExpression",)),
        PutChild("f1", "conditionExpression", "= a < b", instead_of=("conditionExpression",)),
    ]

    after = apply(DIAGRAM.encode(), edits).decode()

    assert after.count('<b:message id="m" name="M"/>') == 1
    assert after.count("<b:conditionExpression>= a &lt; b</b:conditionExpression>") == 1


@pytest.mark.parametrize(
    "edits",
    [
        (SetAttribute("work", "name", "a"), SetAttribute("work", "name", "b")),
        (Remove("work"), SetAttribute("work", "name", "b")),
        (SetAttribute("work", "name", "b"), Remove("work")),
        (Retag("work", "task"), Retag("work", "manualTask")),
        (PutChild("f1", "c", "a", instead_of=("c",)), PutChild("f1", "c", "b", instead_of=("c",))),
        (Declare("message", "m", {"name": "a"}), Declare("message", "m", {"name": "b"})),
    ],
)
def test_edits_that_want_different_things_are_refused(edits):
    with pytest.raises(EditsContradict):
        apply(DIAGRAM.encode(), edits)


def test_other_encodings_become_utf_8_and_a_byte_order_mark_stays():
    wide = DIAGRAM.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    marked = b"\xef\xbb\xbf" + DIAGRAM.encode()

    assert "درود" in apply(wide, [Retag("work", "task")]).decode()
    assert apply(marked, [Retag("work", "task")]).startswith(b"\xef\xbb\xbf<?xml")
