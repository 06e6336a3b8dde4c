"""Reading the XML of a decision model: children by name, texts, languages, problems."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.bpmn.source import Element, attribute, line_of, local
from engine.dmn.model import Text
from engine.dmn.namespaces import language_of
from engine.problems import Fact, Problem

__all__ = [
    "DmnSource",
    "Element",
    "attribute",
    "child",
    "children",
    "line_of",
    "local",
    "text_of",
]


def children(element: Element, tag: str) -> Iterator[Element]:
    """The direct children of that name, in the document's own namespace."""
    space = etree.QName(element).namespace
    return (one for one in element if one.tag == f"{{{space}}}{tag}")


def child(element: Element, tag: str) -> Element | None:
    """The first of them."""
    return next(children(element, tag), None)


def text_of(element: Element | None) -> str:
    """The text of an element, without space around it."""
    return "" if element is None else "".join(map(str, element.itertext())).strip()


class DmnSource:
    """One document; `owner` names the part that is being read."""

    def __init__(self, root: Element, file: str) -> None:
        self.root = root
        self.file = file
        self.owner = ""
        self.problems: list[Problem] = []

    def report(self, code: str, element: Element, **facts: Fact) -> None:
        """One thing to mend."""
        line = line_of(element)
        self.problems.append(
            Problem(code, "", self.owner, self.file, line, {"decision": self.owner, **facts})
        )

    def text(self, element: Element) -> Text:
        """The `text` of an expression, in the language that it or the document names."""
        written = attribute(element, "expressionLanguage")
        language = language_of(written or attribute(self.root, "expressionLanguage"))
        if language is None:
            self.report(
                "dmn.language",
                element,
                language=written or attribute(self.root, "expressionLanguage"),
            )
        holder = child(element, "text")
        text = text_of(holder)
        juel = language == "juel" or text.startswith(("${", "#{"))
        return Text(text, line_of(element if holder is None else holder), juel)
