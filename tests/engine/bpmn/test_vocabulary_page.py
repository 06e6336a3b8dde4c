"""`docs/reference/vocabulary.md` says everything that the parser accepts."""

from pathlib import Path

import pytest

from engine.bpmn.vocabulary import ELEMENTS, ON_BPMN, Attribute
from tests.engine.bpmn.drawing import document, reading

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "vocabulary.md"
TABLE_HEAD = "| attribute | | says | example |\n|---|---|---|---|"


def row(attribute: Attribute) -> str:
    """The attribute's line on the page."""
    facts = ["**required**"] if attribute.required else []
    if attribute.values:
        facts.append(" / ".join(f"`{value}`" for value in attribute.values))
    if attribute.default:
        facts.append(f"else `{attribute.default}`")
    if attribute.expression:
        facts.append("expression")
    about, example = attribute.about.replace("|", r"\|"), attribute.example
    return f"| `{attribute.name}` | {', '.join(facts)} | {about} | `{example}` |"


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_stands_on_the_page_with_all_its_attributes(name):
    element = ELEMENTS[name]
    section = PAGE.read_text().partition(f"### ravand:{name}\n")[2].partition("\n## ")[0]
    section = section.partition("\n### ")[0]

    assert element.about in section
    assert element.example in section
    assert all(row(attribute) in section for attribute in element.attributes)
    assert element.on == ("*",) or all(f"`{tag}`" in section for tag in element.on)


@pytest.mark.parametrize("tag", ON_BPMN)
def test_attributes_on_bpmns_own_elements_stand_on_the_page(tag):
    section = PAGE.read_text().partition(f"### {tag}\n")[2]

    assert all(row(attribute) in section for attribute in ON_BPMN[tag])


def test_the_page_names_no_word_that_the_parser_refuses():
    headings = [line[12:] for line in PAGE.read_text().splitlines() if line[:12] == "### ravand:"]

    assert set(headings) <= ELEMENTS.keys()


@pytest.mark.parametrize("name", ELEMENTS)
def test_every_example_is_accepted(name):
    element = ELEMENTS[name]
    tag = "userTask" if element.on == ("*",) else element.on[0]
    inside = f"<extensionElements>{element.example}</extensionElements>"
    holder = f'<{tag} id="x">{inside}</{tag}>'
    if tag == "lane":
        holder = f'<laneSet id="lanes">{holder}</laneSet>'
    if tag == "process":
        holder = inside

    read = reading(document(f'<startEvent id="s"/>{holder}'))

    assert not [p for p in read.problems if p.severity != "note"]
