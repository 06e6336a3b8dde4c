"""The XML of a decision model becomes a `DecisionModel`, with problems for what it cannot say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from lxml import etree

from engine.dmn.boxes import BoxReader
from engine.dmn.model import Boxed, DecisionModel, ItemType, Part
from engine.dmn.source import (
    DmnSource,
    Element,
    attribute,
    child,
    children,
    line_of,
    local,
    text_of,
)
from engine.problems import Problem

_KINDS: Final[dict[str, Literal["decision", "input", "knowledge"]]] = {
    "decision": "decision",
    "inputData": "input",
    "businessKnowledgeModel": "knowledge",
}
# Remarks and drawing: they decide nothing.
_SILENT: Final = frozenset(
    {
        "knowledgeSource",
        "DMNDI",
        "description",
        "extensionElements",
        "textAnnotation",
        "association",
        "group",
        "organizationUnit",
        "performanceIndicator",
        "elementCollection",
        "itemDefinition",
    }
)
_REQUIRED: Final = ("requiredDecision", "requiredInput", "requiredKnowledge")


def read(root: etree._Element, file: str = "") -> tuple[DecisionModel, list[Problem]]:
    """The model of one document, and what is wrong with its form."""
    source = DmnSource(root, file)
    parts: dict[str, Part] = {}
    for element in root:
        tag = local(element)
        if tag in _KINDS:
            part = _part(source, element, _KINDS[tag])
            if not part.id or part.id in parts:
                source.report("dmn.duplicate-id", element, id=part.id or "?")
                continue
            parts[part.id] = part
        elif tag not in _SILENT:
            source.report("dmn.unsupported", element, what=tag)
    types = {one.name: one for one in _types(source)}
    return DecisionModel(attribute(root, "name"), parts, types, file), source.problems


def _part(
    source: DmnSource, element: Element, kind: Literal["decision", "input", "knowledge"]
) -> Part:
    id, label = attribute(element, "id"), " ".join(attribute(element, "name").split())
    variable = child(element, "variable")
    named = "" if variable is None else attribute(variable, "name")
    kind_of = "" if variable is None else attribute(variable, "typeRef")
    source.owner = label or id
    reader = BoxReader(source, id)
    logic = child(element, "encapsulatedLogic") if kind == "knowledge" else element
    body: Boxed | None = None
    if kind == "knowledge" and logic is not None:
        body = reader.function(logic)
    elif kind == "decision":
        body = reader.inside(element)
    if body is None and kind != "input":
        source.report("dmn.no-logic", element)
    return Part(
        kind=kind,
        id=id,
        name=" ".join((named or label or id).split()),
        label=label or id,
        type=kind_of or None,
        body=body,
        requires=tuple(_requirements(source, element)),
        line=line_of(element),
    )


def _requirements(source: DmnSource, element: Element) -> Iterator[str]:
    for tag in ("informationRequirement", "knowledgeRequirement"):
        for requirement in children(element, tag):
            for target in requirement:
                if local(target) not in _REQUIRED:
                    continue
                href = attribute(target, "href")
                if not href.startswith("#"):
                    source.report("dmn.reference", target, target=href)
                    continue
                yield href[1:]


def _types(source: DmnSource) -> Iterator[ItemType]:
    for element in children(source.root, "itemDefinition"):
        yield _type(source, element, 0)


def _type(source: DmnSource, element: Element, depth: int) -> ItemType:
    allowed = child(element, "allowedValues")
    text = None if allowed is None else source.text(allowed)
    if depth > 10:
        source.report("dmn.too-large", element, what="itemComponent", limit=10)
        return ItemType(attribute(element, "name"))
    components = [_type(source, one, depth + 1) for one in children(element, "itemComponent")]
    return ItemType(
        name=" ".join(attribute(element, "name").split()),
        base=text_of(child(element, "typeRef")) or attribute(element, "typeRef") or None,
        collection=attribute(element, "isCollection") == "true",
        allowed=text if text and text.text else None,
        components={one.name: one for one in components},
    )
