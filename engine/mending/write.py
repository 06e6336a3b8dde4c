"""Apply edits to the bytes of a document by cutting and inserting, never by writing it anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import ClassVar, Final
from xml.sax.saxutils import escape, quoteattr

from engine.bpmn.vocabulary import BPMN, RAVAND
from engine.mending.edits import (
    Declare,
    DiagramEdit,
    Extend,
    PutChild,
    Remove,
    Retag,
    SetAttribute,
)
from engine.mending.spots import Spot, spots
from engine.xml import stored_text
from kernel.errors import Invalid

_OTHER: Final = re.compile(
    rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["'](?!utf-?8|us-ascii)""", re.IGNORECASE
)
_BOM: Final = b"\xef\xbb\xbf"


class EditsContradict(Invalid):
    """Two answers want different things of one place."""

    code: ClassVar[str] = "fix.contradiction"


@dataclass
class _Plan:
    """What changes at one element."""

    attributes: dict[str, str] = field(default_factory=dict)
    tag: str = ""
    words: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    gone: bool = False


def apply(data: bytes, edits: Iterable[DiagramEdit]) -> bytes:
    """The document with the edits in it. One in another encoding than UTF-8 becomes UTF-8.

    Raises: EditsContradict; KeyError for an element that is not there.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or _OTHER.match(data):
        data = stored_text(data).encode()
    text = data.removeprefix(_BOM)
    document = _Document(text)
    for edit in edits:
        document.plan(edit)
    return data[: len(data) - len(text)] + document.written()


class _Document:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.spots = spots(data)
        self.root = self.spots[0]
        self.plans: dict[int, _Plan] = {}
        self.by_id = {
            spot.attributes["id"]: spot
            for spot in reversed(self.spots)
            if "id" in spot.attributes and spot.space == BPMN
        }
        spaces = {v: k.partition(":")[2] for k, v in self.root.attributes.items() if "xmlns" in k}
        self.ravand = spaces.get(RAVAND) or "ravand"
        self._declared = RAVAND in spaces

    # -- planning ------------------------------------------------------------------------

    def plan(self, edit: DiagramEdit) -> None:
        """Note down one edit at the element that it is about."""
        if isinstance(edit, Declare):
            self._declare(edit)
            return
        spot = self._find(edit.target, getattr(edit, "inside", ""))
        plan = self._at(spot)
        if isinstance(edit, Remove):
            self._remove(spot, edit)
        elif plan.gone:
            raise EditsContradict(element=edit.target)
        elif isinstance(edit, SetAttribute):
            self._set(plan, edit)
        elif isinstance(edit, Retag):
            if plan.tag not in ("", edit.tag):
                raise EditsContradict(element=edit.target)
            plan.tag = edit.tag
        elif isinstance(edit, Extend):
            self._extend(spot, edit)
        else:
            self._put(spot, plan, edit)

    def _at(self, spot: Spot) -> _Plan:
        return self.plans.setdefault(spot.begin, _Plan())

    def _find(self, target: str, inside: str) -> Spot:
        spot = self.by_id[target]
        if not inside:
            return spot
        below = (one for one in spot.children if one.local == inside and one.space == BPMN)
        found = next(below, None)
        if found is None:
            raise KeyError(inside)
        return found

    def _set(self, plan: _Plan, edit: SetAttribute) -> None:
        name = edit.name
        if name.startswith("ravand:"):
            name = f"{self._ours()}:{name.partition(':')[2]}"
        if plan.attributes.get(name, edit.value) != edit.value:
            raise EditsContradict(element=edit.target)
        plan.attributes[name] = edit.value

    def _ours(self) -> str:
        """The prefix of our namespace, declared at the root when it was not."""
        if not self._declared:
            self._at(self.root).attributes[f"xmlns:{self.ravand}"] = RAVAND
            self._declared = True
        return self.ravand

    def _extend(self, spot: Spot, edit: Extend) -> None:
        word = _written(f"{self._ours()}:{edit.word}", edit.attributes)
        holder = next((one for one in spot.children if one.local == "extensionElements"), None)
        plan = self._at(holder or spot)
        target = plan.children if holder else plan.words
        if word not in target:
            target.append(word)

    def _put(self, spot: Spot, plan: _Plan, edit: PutChild) -> None:
        for old in spot.children:
            if old.local in edit.instead_of and old.space == BPMN:
                self._at(old).gone = True
        child = _written(spot.prefix + edit.tag, edit.attributes, edit.text)
        twins = [one for one in plan.children if one.startswith(f"<{spot.prefix}{edit.tag}")]
        if edit.instead_of and any(one != child for one in twins):
            raise EditsContradict(element=edit.target)
        if child not in plan.children:
            plan.children.append(child)

    def _declare(self, edit: Declare) -> None:
        before = next(
            (one for one in self.root.children if one.local in ("process", "collaboration")),
            self.root.children[0],
        )
        child = _written(before.prefix + edit.tag, {"id": edit.id, **edit.attributes})
        plan = self._at(self.root)
        twins = [one for one in plan.words if f" id={quoteattr(edit.id)}" in one]
        if any(one != child for one in twins):
            raise EditsContradict(element=edit.id)
        if child not in plan.words:
            plan.words.append(child)

    def _remove(self, spot: Spot, edit: Remove) -> None:
        plan = self._at(spot)
        if plan.attributes or plan.tag or plan.words or plan.children:
            raise EditsContradict(element=edit.target)
        plan.gone = True
        if edit.inside:
            return
        for one in self.spots:
            drawn = one.attributes.get("bpmnElement", "").rpartition(":")[2] == edit.target
            named = one.local in ("incoming", "outgoing", "flowNodeRef") and (
                self.data[one.opened : one.closing].decode().strip() == edit.target
            )
            if drawn or named:
                self._at(one).gone = True

    # -- writing -------------------------------------------------------------------------

    def written(self) -> bytes:
        """The whole text, with every plan carried out."""
        cuts: list[tuple[int, int, bytes]] = []
        past = -1
        for spot in self.spots:
            plan = self.plans.get(spot.begin)
            if plan is None or spot.begin < past:
                continue
            if plan.gone:
                cuts.append((spot.begin - len(self._indent(spot)), spot.end, b""))
                past = spot.end
            else:
                cuts += self._cuts(spot, plan)
        places = [(begin, end, order) for order, (begin, end, _) in enumerate(cuts)]
        for begin, end, order in sorted(places, reverse=True):
            self.data = self.data[:begin] + cuts[order][2] + self.data[end:]
        return self.data

    def _cuts(self, spot: Spot, plan: _Plan) -> list[tuple[int, int, bytes]]:
        tag = spot.prefix + (plan.tag or spot.local)
        start = _retagged(self.data[spot.begin : spot.opened].decode(), spot.name, tag)
        for name, value in plan.attributes.items():
            start = _with_attribute(start, name, value)
        indent = self._indent(spot).decode()
        first, last = self._words(spot, plan, indent), self._children(plan, indent)
        if spot.self_closing:
            if first or last:
                start = f"{start[:-2].rstrip()}>{first}{last}{indent}</{tag}>"
            return [(spot.begin, spot.end, start.encode())]
        cuts = [(spot.begin, spot.opened, start.encode())]
        if first:
            at = self._after_documentation(spot)
            cuts.append((at, at, first.encode()))
        if last:
            at = spot.closing - len(self._space_before(spot.closing))
            cuts.append((at, at, last.encode()))
        if plan.tag:
            cuts.append((spot.closing, spot.end, f"</{tag}>".encode()))
        return cuts

    def _words(self, spot: Spot, plan: _Plan, indent: str) -> str:
        """New extensions of an element that has none; of the root, declarations."""
        step = _deeper(indent)
        if not plan.words:
            return ""
        if spot is self.root:
            return "".join(f"{step}{one}" for one in plan.words)
        inner = "".join(f"{_deeper(step)}{one}" for one in plan.words)
        tag = f"{spot.prefix}extensionElements"
        return f"{step}<{tag}>{inner}{step}</{tag}>"

    def _children(self, plan: _Plan, indent: str) -> str:
        return "".join(f"{_deeper(indent)}{one}" for one in plan.children)

    def _after_documentation(self, spot: Spot) -> int:
        notes = [one.end for one in spot.children if one.local == "documentation"]
        return max(notes, default=spot.opened)

    def _indent(self, spot: Spot) -> bytes:
        """The line break and blanks before an element that stands on a line of its own."""
        return b"\n" if spot is self.root else self._space_before(spot.begin)

    def _space_before(self, at: int) -> bytes:
        found = re.search(rb"\r?\n[ \t]*$", self.data[max(0, at - 400) : at])
        return found[0] if found else b""


def _deeper(indent: str) -> str:
    return f"{indent}  " if indent else ""


def _written(tag: str, attributes: object, text: str = "") -> str:
    given = dict(attributes) if isinstance(attributes, dict) else {}
    said = "".join(f" {name}={quoteattr(str(value))}" for name, value in given.items())
    return f"<{tag}{said}>{escape(text)}</{tag}>" if text else f"<{tag}{said}/>"


def _retagged(start: str, old: str, new: str) -> str:
    return f"<{new}{start[1 + len(old) :]}"


def _with_attribute(start: str, name: str, value: str) -> str:
    """The start tag with that attribute; the others keep their place and quotes."""
    wanted = re.compile(rf"""(\s){re.escape(name)}\s*=\s*("[^"]*"|'[^']*')""")
    written = f"{name}={quoteattr(value)}"
    if wanted.search(start):
        return wanted.sub(lambda found: found[1] + written, start, count=1)
    cut = len(start) - (2 if start.endswith("/>") else 1)
    return f"{start[:cut].rstrip()} {written}{start[cut:]}"
