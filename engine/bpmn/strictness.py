"""Every word of our own namespace in a file is checked against the vocabulary's table.

A misspelt `ravand:preformer` would otherwise be ignored in silence, and nobody would get
the work. Extensions of tools whose dialect nobody translated are left alone, with a note.
"""

from __future__ import annotations

from engine.bpmn.dialects import SPACES
from engine.bpmn.source import (
    Element,
    Source,
    attribute,
    children,
    local,
    namespace,
)
from engine.bpmn.vocabulary import BPMN, ELEMENTS, ON_BPMN, RAVAND, Attribute
from engine.bpmn.vocabulary import Element as Word
from kernel.expressions import is_expression

# What drawing tools write about colours and themselves.
_HARMLESS = (
    "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    "http://camunda.org/schema/modeler/1.0",
    "http://www.w3.org/",
)


def check_vocabulary(source: Source) -> None:
    """Report every word that is unknown, misplaced, incomplete or has a wrong value."""
    for element in source.root.iter():
        space = namespace(element)
        if space == RAVAND:
            _check_word(source, element)
        elif space == BPMN:
            _check_attributes_on_bpmn(source, element)
            _note_foreign(source, element)


def _check_word(source: Source, element: Element) -> None:
    word = ELEMENTS.get(local(element))
    if word is None:
        source.report("bpmn.unknown-extension", element, word=local(element))
        return
    _check_place(source, element, word)
    for name in element.attrib:
        if word.attribute(str(name)) is None:
            bare = str(name).rpartition("}")[2]
            source.report("bpmn.unknown-attribute", element, word=word.name, attribute=bare)
    for wanted in word.attributes:
        _check_value(source, element, word.name, wanted)
    passed = word.name in ("in", "out") and attribute(element, "source") != "*"
    if passed and not attribute(element, "target"):
        source.report("bpmn.missing-attribute", element, word=word.name, attribute="target")
    given = [name for name in word.one_of if element.get(name) is not None]
    if word.one_of and len(given) != 1:
        source.report("bpmn.one-of", element, word=word.name, choices=", ".join(word.one_of))


def _check_place(source: Source, element: Element, word: Word) -> None:
    parent = element.getparent()
    if parent is None:
        return
    if namespace(parent) == RAVAND:
        holder = ELEMENTS.get(local(parent))
        if holder is not None and word.name in holder.children:
            return
    elif local(parent) == "extensionElements":
        owner = parent.getparent()
        tag = "" if owner is None else local(owner)
        if "*" in word.on or tag in word.on:
            _check_repeated(source, element, word)
            return
    allowed = ", ".join(word.on)
    source.report("bpmn.misplaced-extension", element, word=word.name, allowed=allowed)


def _check_repeated(source: Source, element: Element, word: Word) -> None:
    earlier = next(element.itersiblings(str(element.tag), preceding=True), None)
    if earlier is not None and not word.many:
        source.report("bpmn.repeated-extension", element, word=word.name)


def _check_value(source: Source, element: Element, word: str, wanted: Attribute) -> None:
    written = element.get(wanted.name)
    if written is None:
        if wanted.required:
            source.report("bpmn.missing-attribute", element, word=word, attribute=wanted.name)
        return
    empty = wanted.required and not str(written).strip()
    computed = wanted.expression and is_expression(str(written))
    listed = computed or not wanted.values or attribute(element, wanted.name) in wanted.values
    if empty or not listed:
        choices = ", ".join(wanted.values or (wanted.example,))
        source.report(
            "bpmn.bad-value",
            element,
            word=word,
            attribute=wanted.name,
            value=str(written),
            choices=choices,
        )


def _check_attributes_on_bpmn(source: Source, element: Element) -> None:
    allowed = {one.name: one for one in ON_BPMN.get(local(element), ())}
    for name, written in element.attrib.items():
        space, _, bare = str(name)[1:].partition("}") if str(name)[0] == "{" else ("", "", "")
        if space != RAVAND:
            continue
        known = allowed.get(bare)
        if known is None:
            source.report("bpmn.unknown-attribute", element, word=local(element), attribute=bare)
        elif known.values and str(written).strip() not in known.values:
            source.report(
                "bpmn.bad-value",
                element,
                word=local(element),
                attribute=bare,
                value=str(written),
                choices=", ".join(known.values),
            )


def _note_foreign(source: Source, element: Element) -> None:
    """One note for each element that carries settings of another tool."""
    spaces = {str(name)[1:].partition("}")[0] for name in element.attrib if str(name)[0] == "{"}
    for holder in children(element, "extensionElements"):
        spaces |= {namespace(found) for found in holder}
    foreign = sorted(
        space
        for space in spaces - {RAVAND, BPMN, ""} - SPACES.keys()
        if not space.startswith(_HARMLESS)
    )
    if foreign:
        source.report("bpmn.foreign-extension", element, namespace=", ".join(foreign))
