"""One element with one dialect's settings, while they are being translated.

A translator takes what it understands; what is left over is named or refused by the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from lxml import etree

from engine.bpmn.dialects.spelling import nearest
from engine.bpmn.dialects.table import Dialect, Word
from engine.bpmn.source import Element, Source, attribute, child, children, local, text_of
from engine.bpmn.vocabulary import BPMN, RAVAND
from engine.problems import Fact
from kernel.types import JsonObject

T = TypeVar("T")
SHOWN = 80  # characters of a setting that a sentence repeats
MOST_UNKNOWN = 500  # words of one file that are compared with the known ones


@dataclass
class Desk:
    """What the translation of one file has found and made so far.

    Attributes:
        files: the bundle's other files, for forms that a diagram names.
        forms: forms made from the diagram or such files, by key.
        used: paths of the files that were read.
        initiators: variables that hold whoever started the case.
        keys: a message's id -> the expression of its correlation key.
        payloads: a message's id -> what it carries, as written.
        variables: a message's id -> the variable that takes what it carries.
        read: the words that were translated, by dialect.
        unknown: how many words no table has.
    """

    source: Source
    files: Mapping[str, bytes]
    forms: dict[str, JsonObject] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    initiators: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)
    payloads: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    read: dict[str, dict[str, int]] = field(default_factory=dict)
    unknown: int = 0
    memory: dict[str, Any] = field(default_factory=dict)

    def once(self, key: str, find: Callable[[], T]) -> T:
        """What is looked for in the whole file or bundle is looked for once."""
        if key not in self.memory:
            self.memory[key] = find()
        found: T = self.memory[key]
        return found


class Sheet:
    """The settings of one dialect on one BPMN element."""

    def __init__(
        self,
        desk: Desk,
        dialect: Dialect,
        element: Element,
        attributes: dict[str, str],
        elements: list[Element],
    ) -> None:
        self.desk = desk
        self.dialect = dialect
        self.element = element
        self.tag = local(element)
        self._attributes = attributes
        self._elements = elements

    @property
    def id(self) -> str:
        """The element's id."""
        return attribute(self.element, "id")

    @property
    def process(self) -> str:
        """The id of the process around it."""
        around = self.element.iterancestors(f"{{{BPMN}}}process")
        return next((attribute(one, "id") for one in around), self.id)

    # -- reading ---------------------------------------------------------------------------

    def take(self, name: str) -> str:
        """An attribute of the dialect, trimmed, empty when absent; it counts as understood."""
        written = self._attributes.pop(name, "").strip()
        if written:
            self._count(f"@{name}")
        return written

    def peek(self, name: str) -> str:
        """The same, without taking it."""
        return self._attributes.get(name, "").strip()

    def put(self, name: str, value: str) -> None:
        """A setting that the tool writes elsewhere and means for this element."""
        self._attributes[name] = value

    def standing(self, name: str) -> list[Element]:
        """The extension elements of that name, without taking them."""
        return [one for one in self._elements if local(one) == name]

    def taken(self, name: str) -> list[Element]:
        """The extension elements of that name; they count as understood."""
        found = [one for one in self._elements if local(one) == name]
        if found:
            self._elements = [one for one in self._elements if local(one) != name]
            self._count(name)
        return found

    def one(self, name: str) -> Element | None:
        """The first of them."""
        return next(iter(self.taken(name)), None)

    def has(self, name: str) -> bool:
        """Whether there is an extension element of that name."""
        return bool(self.standing(name))

    def inside(self, element: Element | None, name: str) -> Iterator[Element]:
        """The elements of that name inside an extension element."""
        if element is None:
            return iter(())
        return (one for one in element if local(one) == name)

    def fields(self, element: Element | None, *names: str) -> dict[str, str]:
        """The attributes of an extension element, trimmed, all of `names` present. Others are
        named as unknown."""
        if element is None:
            return dict.fromkeys(names, "")
        for name, value in element.attrib.items():
            if str(name) not in names:
                self.unknown(f"{local(element)} {name!s}", str(value), names, element)
        return {name: attribute(element, name) for name in names}

    def _count(self, word: str) -> None:
        counted = self.desk.read.setdefault(self.dialect.name, {})
        counted[word] = counted.get(word, 0) + 1

    # -- telling ---------------------------------------------------------------------------

    def report(self, code: str, at: Element | None = None, **facts: Fact) -> None:
        """A problem of this element."""
        short = {k: v[:SHOWN] if isinstance(v, str) else v for k, v in facts.items()}
        self.desk.source.report(code, self.element if at is None else at, **short)

    def name(self, word: str, value: str, why: str, at: Element | None = None) -> None:
        """Note a setting that has no meaning here."""
        because = f"dialect.because.{why}"
        written = f"{self.dialect.prefix}:{word}"
        shown = value or "…"  # an element that only holds others
        self.report("dialect.no-meaning", at, word=written, value=shown, because=because)

    def unknown(self, word: str, value: str, known: Iterable[str], at: Element) -> None:
        """A setting that no table has: refused when it looks like a misspelt one, else noted."""
        self.desk.unknown += 1
        looked = self.desk.unknown <= MOST_UNKNOWN
        meant = nearest(word.rpartition(" ")[2], known) if looked else None
        if meant is None:
            self.name(word, value, "unknown", at)
        else:
            written = f"{self.dialect.prefix}:{word}"
            self.report("dialect.unknown-word", at, word=written, value=value, meant=meant)

    def refuse(self, code: str, word: str, value: str, at: Element | None = None) -> None:
        """Refuse a setting whose loss would change what happens."""
        self.report(code, at, word=f"{self.dialect.prefix}:{word}", value=value)

    def leftovers(self) -> None:
        """Name or refuse, by the table, whatever no translator understood."""
        for name, value in self._attributes.items():
            self._judge(f"@{name}", name, value, self.element)
        for element in self._elements:
            value = text_of(element) or " ".join(map(str, element.attrib.values()))
            self._judge(local(element), local(element), value, element)

    def _judge(self, key: str, word: str, value: str, at: Element) -> None:
        known: Word | None = self.dialect.words.get(key)
        if known is None:
            self.unknown(word, value, self.dialect.names(attributes=key[0] == "@"), at)
        elif known.carried:
            self.refuse("dialect.misplaced", word, value, at)
        elif known.fate == "translated":
            self.name(word, value, "place", at)
        elif known.fate == "named" or value.strip() in known.harmless:
            self.name(word, value, known.why if known.fate == "named" else "implied", at)
        else:
            self.refuse(known.why, word, value, at)

    # -- writing ---------------------------------------------------------------------------

    def add(self, word: str, parent: Element | None = None, **attributes: str) -> Element:
        """One of our own elements on this element (or inside `parent`); empty texts are left
        out."""
        holder = self._holder() if parent is None else parent
        made = etree.SubElement(holder, f"{{{RAVAND}}}{word}")
        for name, value in attributes.items():
            if value:
                made.set(name, value)
        return made

    def own(self, word: str) -> bool:
        """Whether the element says this in our own words already."""
        holder = child(self.element, "extensionElements")
        return holder is not None and holder.find(f"{{{RAVAND}}}{word}") is not None

    def standard(self, tag: str, parent: Element, text: str = "") -> Element:
        """A BPMN element inside another."""
        made = etree.SubElement(parent, f"{{{BPMN}}}{tag}")
        made.text = text or None
        return made

    def retag(self, tag: str) -> None:
        """Read the element as another one of BPMN's that behaves as this one does there."""
        self.element.tag = f"{{{BPMN}}}{tag}"
        self.tag = tag

    def _holder(self) -> Element:
        found = child(self.element, "extensionElements")
        if found is None:
            found = etree.Element(f"{{{BPMN}}}extensionElements")
            self.element.insert(0, found)
        return found

    def definition(self, name: str) -> Element | None:
        """The event's definition of that kind (`message`, `timer` …)."""
        return next(children(self.element, f"{name}EventDefinition"), None)
