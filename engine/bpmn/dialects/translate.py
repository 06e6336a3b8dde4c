"""Every element's foreign settings to their dialect's translators; the rest is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.bpmn.dialects import camunda, flowable, spiff, zeebe
from engine.bpmn.dialects.sheet import Desk, Sheet
from engine.bpmn.dialects.table import Dialect
from engine.bpmn.source import Element, Source, child, local, namespace
from engine.bpmn.vocabulary import BPMN
from kernel.types import JsonObject

DIALECTS: Final = (camunda.DIALECT, zeebe.DIALECT, flowable.DIALECT, spiff.DIALECT)
SPACES: Final = {space: dialect for dialect in DIALECTS for space in dialect.namespaces}
_PLATFORM: Final = "{http://camunda.org/schema/modeler/1.0}executionPlatform"
_PLATFORMS: Final = {"Camunda Platform": camunda.DIALECT, "Camunda Cloud": zeebe.DIALECT}
_FIRST: Final = ("message", "startEvent")  # what others refer to
_SHOWN: Final = 12


@dataclass(frozen=True)
class Translation:
    """Forms made from the diagram or the files it names, and the paths of those files."""

    forms: Mapping[str, JsonObject]
    used: frozenset[str]


@dataclass
class _Settings:
    attributes: dict[str, str]
    elements: list[Element]


def translate(source: Source, files: Mapping[str, bytes]) -> Translation:
    """Write what the dialects of a file say in our own words, into its tree."""
    desk = Desk(source, files)
    found = {element: _foreign(element) for element in source.root.iter(f"{{{BPMN}}}*")}
    spoken = _spoken(source.root, found)
    if spoken:
        for element in sorted(found, key=lambda one: local(one) not in _FIRST):
            for sheet in _sheets(desk, element, found[element], spoken):
                for step in sheet.dialect.translators.get(sheet.tag, ()):
                    step(sheet)
                sheet.leftovers()
        _tell(desk)
    return Translation(desk.forms, frozenset(desk.used))


def _foreign(element: Element) -> dict[str, _Settings]:
    """What known dialects say on one element, by dialect."""
    found: dict[str, _Settings] = {}
    for name in element.attrib:
        text = str(name)
        if text[0] != "{":
            continue
        space, _, bare = text[1:].partition("}")
        if space in SPACES:
            settings = found.setdefault(SPACES[space].name, _Settings({}, []))
            settings.attributes[bare] = str(element.attrib[name])
    holder = child(element, "extensionElements")
    for one in () if holder is None else holder:
        dialect = SPACES.get(namespace(one))
        if dialect is not None:
            found.setdefault(dialect.name, _Settings({}, [])).elements.append(one)
    return found


def _spoken(root: Element, found: Mapping[Element, Mapping[str, _Settings]]) -> tuple[Dialect, ...]:
    """The dialects that the file uses, or says it was drawn for."""
    names = {name for settings in found.values() for name in settings}
    platform = _PLATFORMS.get(str(root.get(_PLATFORM)))
    if platform is not None:
        names.add(platform.name)
    if spiff.DIALECT.namespaces[0] in root.nsmap.values():
        names.add(spiff.DIALECT.name)
    return tuple(dialect for dialect in DIALECTS if dialect.name in names)


def _sheets(
    desk: Desk, element: Element, settings: Mapping[str, _Settings], spoken: tuple[Dialect, ...]
) -> Iterator[Sheet]:
    tag = local(element)
    for dialect in spoken:
        own = _foreign(element).get(dialect.name) if dialect.name in settings else None
        if own is not None:  # read anew: an event may have taken over what its definition says
            yield Sheet(desk, dialect, element, own.attributes, own.elements)
        elif tag in dialect.translators:
            yield Sheet(desk, dialect, element, {}, [])


def _tell(desk: Desk) -> None:
    """One note for each dialect: how many settings were read, and which."""
    for name, words in desk.read.items():
        shown = [word.lstrip("@") for word in list(words)[:_SHOWN]]
        more = "…" if len(words) > _SHOWN else ""
        desk.source.report(
            "dialect.translated",
            desk.source.root,
            tool=name,
            count=sum(words.values()),
            words=", ".join(shown) + more,
        )
