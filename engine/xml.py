"""The only door through which XML enters: bytes in, a harmless BPMN tree out.

What an attacker's file could do is refused, not repaired: entities, DOCTYPE in whatever
encoding, includes, instructions, sizes. Reading stops at the first limit passed, so a
hostile file costs no more than the limit.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from lxml import etree

from engine.bpmn.vocabulary import BPMN
from engine.dmn.namespaces import MODELS
from engine.problems import Refused

Kind = Literal["bpmn", "dmn"]
_ROOTS: Final = {
    "bpmn": frozenset({f"{{{BPMN}}}definitions"}),
    "dmn": frozenset(f"{{{space}}}definitions" for space in MODELS),
}
MAX_BYTES: Final = 2_000_000
MAX_ELEMENTS: Final = 40_000
MAX_ATTRIBUTES: Final = 64
_CHUNK: Final = 65_536
_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"
_ENCODINGS: Final = frozenset({"utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii"})
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_STARTS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"<")
_DOCTYPE: Final = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_UTF32: Final = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\x00\x00\x00<", b"<\x00\x00\x00")


def parse(data: bytes, file: str = "", kind: Kind = "bpmn") -> etree._Element:
    """The root of a BPMN or DMN document.

    Raises: Refused, with the one problem that stopped the reading.
    """
    _check_bytes(data, file)
    parser = etree.XMLPullParser(
        events=("start", "pi"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
    )
    root = _read(parser, data, file, kind)
    encoding = (root.getroottree().docinfo.encoding or "utf-8").lower()
    if encoding not in _ENCODINGS:
        raise Refused("xml.encoding", file=file, encoding=encoding)
    return root


def _check_bytes(data: bytes, file: str) -> None:
    """What can be refused before a parser sees the file."""
    if len(data) > MAX_BYTES:
        raise Refused("xml.too-large", file=file, limit=MAX_BYTES // 1_000_000)
    text = data.lstrip(b" \t\r\n")
    if not text:
        raise Refused("xml.empty", file=file)
    if text.startswith(_UTF32):
        raise Refused("xml.encoding", file=file, encoding="utf-32")
    if not text.startswith(_STARTS):
        raise Refused("xml.malformed", file=file, reason="<", line=1)
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:300])
    if declared and declared[1].decode().lower() not in _ENCODINGS:
        raise Refused("xml.encoding", file=file, encoding=declared[1].decode())
    if any(mark in data for mark in _DOCTYPE):
        raise Refused("xml.doctype", file=file)  # so that no declaration is even read


def _read(parser: etree.XMLPullParser, data: bytes, file: str, kind: Kind) -> etree._Element:
    seen = 0
    try:
        for begin in range(0, len(data), _CHUNK):
            parser.feed(data[begin : begin + _CHUNK])
            seen = _watch(parser, seen, file, kind)
        root = parser.close()
        _watch(parser, seen, file, kind)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise Refused("xml.malformed", file=file, reason=error.msg or "", line=line) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("xml.doctype", file=file)
    return root


def _watch(parser: etree.XMLPullParser, seen: int, file: str, kind: Kind) -> int:
    """Look at what the last chunk brought; returns how many elements there are so far."""
    for event, node in parser.read_events():
        if not isinstance(node, etree._Element):
            continue
        if event == "pi":
            raise Refused("xml.instruction", file=file, name=str(node.text or ""), line=_line(node))
        if seen == 0:
            _check_root(node, file, kind)
        seen += 1
        if seen > MAX_ELEMENTS:
            raise Refused("xml.too-many-elements", file=file, limit=MAX_ELEMENTS)
        if len(node.attrib) > MAX_ATTRIBUTES:
            raise Refused(
                "xml.too-many-attributes", file=file, limit=MAX_ATTRIBUTES, line=_line(node)
            )
        if str(node.tag).startswith(f"{{{_XINCLUDE}}}"):
            raise Refused("xml.include", file=file, line=_line(node))
    return seen


def _line(node: etree._Element) -> int:
    found = node.sourceline
    return found if isinstance(found, int) else 0


def _check_root(root: etree._Element, file: str, kind: Kind) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("xml.doctype", file=file)
    if root.tag not in _ROOTS[kind]:
        raise Refused(f"xml.not-{kind}", file=file, root=etree.QName(root).localname)


def to_bytes(root: etree._Element) -> bytes:
    """The document as UTF-8, written anew from the tree: never the uploaded bytes."""
    written: bytes = etree.tostring(
        root.getroottree(), xml_declaration=True, encoding="UTF-8", with_tail=False
    )
    return written


def stored_text(data: bytes, file: str = "", kind: Kind = "bpmn") -> str:
    """The document as it is kept: whatever its encoding was, UTF-8 text without remarks.

    Raises: Refused.
    """
    return to_bytes(parse(data, file, kind)).decode()
