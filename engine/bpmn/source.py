"""The XML tree of one file, with what every reader needs: text, names, a list for problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from engine.bpmn.vocabulary import BPMN, BPMNDI, DC, RAVAND
from engine.problems import Fact, Problem

Element = etree._Element
ENOUGH: Final = 1_000


def local(element: Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The tag's namespace, empty when it has none."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""


def line_of(element: Element) -> int:
    """The line on which the element begins, or what it stands in; 0 when unknown."""
    holder: Element | None = element
    while holder is not None:
        found = holder.sourceline
        if isinstance(found, int):
            return found
        holder = holder.getparent()  # it was put there by the translation of a dialect
    return 0


def children(element: Element, name: str = "*") -> Iterator[Element]:
    """Child elements in BPMN's namespace, of that tag if one is given."""
    return element.iterchildren(f"{{{BPMN}}}{name}")


def child(element: Element, name: str) -> Element | None:
    """The first BPMN child of that tag."""
    return next(children(element, name), None)


def text_of(element: Element | None) -> str:
    """All text inside, trimmed."""
    if element is None:
        return ""
    return "".join(str(part) for part in element.itertext()).strip()


def attribute(element: Element, name: str, default: str = "") -> str:
    """An attribute's text, trimmed."""
    return str(element.get(name, default)).strip()


def flag(element: Element, name: str, default: bool) -> bool:
    """An XML boolean."""
    written = attribute(element, name)
    return written in ("true", "1") if written else default


def extensions(element: Element, name: str = "*") -> Iterator[Element]:
    """Our own elements inside `extensionElements`, of that name if one is given."""
    holder = child(element, "extensionElements")
    return iter(()) if holder is None else holder.iterchildren(f"{{{RAVAND}}}{name}")


def english(element: Element) -> str:
    """The English name, from `ravand:label`."""
    label = next(extensions(element, "label"), None)
    return "" if label is None else attribute(label, "en")


def reference(element: Element, name: str) -> str:
    """An attribute that refers to an id; a namespace prefix before it is dropped."""
    return attribute(element, name).rpartition(":")[2]


_DATA = ("dataObject", "property", "dataInput", "dataOutput")


def variables_of(root: Element) -> dict[str, str]:
    """The variable of everything that holds data, by id: its name where that can stand in an
    expression, else its id. A reference to a data object means the object."""
    named: dict[str, str] = {}
    for tag in _DATA:
        for one in root.iter(f"{{{BPMN}}}{tag}"):
            named[attribute(one, "id")] = _plain(attribute(one, "name"))
    references = {
        attribute(one, "id"): (reference(one, "dataObjectRef"), _plain(attribute(one, "name")))
        for one in root.iter(f"{{{BPMN}}}dataObjectReference")
    }
    for meant, name in references.values():
        if meant in named:
            named[meant] = named[meant] or name
    found = {own: name or own for own, name in named.items() if own}
    return found | {own: found[meant] for own, (meant, _) in references.items() if meant in found}


def _plain(name: str) -> str:
    return name if name.isidentifier() else ""


class Source:
    """One file being read: its tree, its shared declarations, and the problems met so far."""

    def __init__(self, root: Element, file: str) -> None:
        self.root = root
        self.file = file
        self.problems: list[Problem] = []
        self.messages = self._declared("message", "name")
        self.signals = self._declared("signal", "name")
        self.errors = self._declared("error", "errorCode")
        self.escalations = self._declared("escalation", "escalationCode")
        self.definitions = {
            attribute(one, "id"): one
            for one in children(root)
            if local(one).endswith("EventDefinition")
        }
        self._variables: dict[str, str] | None = None
        self.shapes = {
            reference(shape, "bpmnElement"): shape for shape in root.iter(f"{{{BPMNDI}}}BPMNShape")
        }

    def report(self, code: str, element: Element, **facts: Fact) -> None:
        """Note a problem of that element and read on; a file of nothing but problems is
        not worth more than the first thousand."""
        if len(self.problems) >= ENOUGH:
            return
        owner = _owner(element)
        self.problems.append(
            Problem(
                code,
                element_id=attribute(owner, "id"),
                element_name=attribute(owner, "name"),
                file=self.file,
                line=line_of(element),
                facts=facts,
            )
        )

    def bounds(self, element_id: str) -> Element | None:
        """The rectangle of the element's shape."""
        shape = self.shapes.get(element_id)
        return None if shape is None else shape.find(f"{{{DC}}}Bounds")

    def holds_data(self, reference: str) -> bool:
        """Whether an id is that of something that holds data in the process."""
        return self.variable(reference) != reference or reference in (self._variables or {})

    def is_store(self, reference: str) -> bool:
        """Whether an id is that of a data store, which stands for something outside."""
        tags = ("dataStoreReference", "dataStore")
        found = (one for tag in tags for one in self.root.iter(f"{{{BPMN}}}{tag}"))
        return any(attribute(one, "id") == reference for one in found)

    def variable(self, reference: str) -> str:
        """The variable behind the id of a data object, property, input or output; the text
        itself when it is no such id."""
        if self._variables is None:
            self._variables = variables_of(self.root)
        return self._variables.get(reference, reference)

    def _declared(self, tag: str, value: str) -> dict[str, str]:
        found = children(self.root, tag)
        return {attribute(one, "id"): attribute(one, value) for one in found}


def _owner(element: Element) -> Element:
    """The nearest element around it that has an id and a place in the process."""
    owner: Element | None = element
    while owner is not None:
        named = namespace(owner) == BPMN and owner.get("id")
        if named and not local(owner).endswith("EventDefinition"):
            return owner
        owner = owner.getparent()
    return element
