"""Where each element stands in the text of a document."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat


@dataclass
class Spot:
    """One element: `data[begin:opened]` is its start tag, `data[closing:end]` its end tag.

    A self-closing one has `opened == closing == end`. Attributes are as the parser read them,
    with the prefixes of the file.
    """

    name: str
    space: str
    attributes: dict[str, str]
    parent: Spot | None
    begin: int
    opened: int
    closing: int = 0
    end: int = 0
    children: list[Spot] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The tag without its prefix."""
        return self.name.rpartition(":")[2]

    @property
    def prefix(self) -> str:
        """The prefix with its colon, empty when there is none."""
        return self.name[: len(self.name) - len(self.local)]

    @property
    def self_closing(self) -> bool:
        """Whether it is written `<a/>`."""
        return self.opened == self.end


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.spots: list[Spot] = []
        self.open: list[Spot] = []
        self.spaces: list[dict[str, str]] = [{}]
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.Parse(data, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        spaces = self.spaces[-1]
        declared = {
            key.partition(":")[2]: value
            for key, value in attributes.items()
            if key == "xmlns" or key.startswith("xmlns:")
        }
        spaces = {**spaces, **declared} if declared else spaces
        self.spaces.append(spaces)
        begin = self.parser.CurrentByteIndex
        opened = _end_of_tag(self.data, begin)
        prefix = name.rpartition(":")[0]
        parent = self.open[-1] if self.open else None
        spot = Spot(name, spaces.get(prefix, ""), attributes, parent, begin, opened)
        if parent is not None:
            parent.children.append(spot)
        self.open.append(spot)
        self.spots.append(spot)

    def _end(self, name: str) -> None:
        spot = self.open.pop()
        self.spaces.pop()
        if self.data[spot.opened - 2 : spot.opened] == b"/>":
            spot.closing = spot.end = spot.opened
            return
        spot.closing = self.parser.CurrentByteIndex
        spot.end = self.data.index(b">", spot.closing) + 1


def _end_of_tag(data: bytes, begin: int) -> int:
    """Just after the `>` of the start tag; one inside of quotes does not count."""
    quote = 0
    for index in range(begin, len(data)):
        byte = data[index]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in b"\"'":
            quote = byte
        elif byte == 0x3E:
            return index + 1
    return len(data)


def spots(data: bytes) -> list[Spot]:
    """Every element of a UTF-8 document that `engine.xml.parse` accepted, in its order."""
    return _Reader(data).spots
