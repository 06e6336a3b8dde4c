"""A bundle: what a designer uploads at once, read within bounds and kept in memory.

Folder, zip or list of files give the same `Bundle`. Names are relative, with `/`;
contents are bytes nobody has interpreted yet. Nothing is unpacked to disk.
"""

from __future__ import annotations

import io
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

import orjson

from engine.problems import Refused
from kernel.types import JsonObject

MAX_FILES: Final = 300
MAX_FILE: Final = 10_000_000
MAX_TOTAL: Final = 30_000_000
MAX_RATIO: Final = 100
MAX_NAME: Final = 200
_FORBIDDEN: Final = frozenset('\\:*?"<>|')
_JUNK_PARTS: Final = frozenset({"__MACOSX"})
_JUNK_NAMES: Final = frozenset({"Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Bundle:
    """The files of one upload. `name` is the folder's or archive's, for people to read."""

    files: Mapping[str, bytes]
    name: str = ""

    def under(self, folder: str, suffix: str) -> dict[str, bytes]:
        """Files directly in that folder ("" the top), by name without the suffix."""
        found = {}
        for path, data in self.files.items():
            pure = PurePosixPath(path)
            parent = "" if str(pure.parent) == "." else str(pure.parent)
            if parent == folder and pure.name.endswith(suffix):
                found[pure.name.removesuffix(suffix)] = data
        return found

    @property
    def diagrams(self) -> dict[str, bytes]:
        """The BPMN files by their path, in whatever folder."""
        return {
            path: data
            for path, data in self.files.items()
            if path.lower().endswith((".bpmn", ".bpmn20.xml"))
        }

    @property
    def decisions(self) -> dict[str, bytes]:
        """The DMN files by their path, in whatever folder."""
        return {path: data for path, data in self.files.items() if path.lower().endswith(".dmn")}

    @property
    def forms(self) -> dict[str, bytes]:
        """`forms/<key>.json` by key."""
        return self.under("forms", ".json")

    def translated(self, forms: Mapping[str, JsonObject], used: Set[str]) -> Bundle:
        """The bundle with forms that were made from other tools' files, without those files."""
        made = {f"forms/{key}.json": orjson.dumps(form) for key, form in forms.items()}
        kept = {path: data for path, data in self.files.items() if path not in used}
        return Bundle({**made, **kept}, self.name) if made or used else self

    @property
    def templates(self) -> dict[tuple[str, str, str], bytes]:
        """`templates/<key>.<channel>.<lang>.txt` by (key, channel, language)."""
        named = {
            tuple(name.rsplit(".", 2)): data
            for name, data in self.under("templates", ".txt").items()
        }
        return {(n[0], n[1], n[2]): data for n, data in named.items() if len(n) == 3}

    @property
    def documents(self) -> dict[str, bytes]:
        """`documents/<key>.typ` by key."""
        return self.under("documents", ".typ")

    @property
    def cases(self) -> bytes | None:
        """The text of `cases.json`."""
        return self.files.get("cases.json")


def read_bundle(path: Path) -> Bundle:
    """A folder, a zip or a single `.bpmn` file from this machine's disk.

    Raises: Refused.
    """
    if path.is_dir():
        return Bundle(_collect(_folder(path)), path.name)
    if not path.is_file():
        raise Refused("bundle.not-found", file=str(path))
    if path.stat().st_size > MAX_TOTAL:
        raise Refused("bundle.too-large", file=path.name, limit=MAX_TOTAL // 1_000_000)
    data = path.read_bytes()
    if path.suffix.lower() == ".zip":
        return read_zip(data, path.stem)
    return Bundle(_collect([(path.name, data)]), path.stem)


def read_files(files: Iterable[tuple[str, bytes]], name: str = "") -> Bundle:
    """Files chosen in a browser. A single zip is read as the bundle; names without a folder,
    as browsers send them, are put into the folder that their ending belongs to.

    Raises: Refused.
    """
    given = [(path, data) for path, data in files if path]
    if len(given) == 1 and given[0][0].lower().endswith(".zip"):
        return read_zip(given[0][1], PurePosixPath(given[0][0]).stem)
    if not any("/" in path for path, _ in given):
        given = [(_placed(path), data) for path, data in given]
    return Bundle(_without_top(_collect(given)), name)


def read_zip(data: bytes, name: str = "") -> Bundle:
    """A zip archive; sizes are counted while inflating, never believed.

    Raises: Refused.
    """
    if len(data) > MAX_TOTAL:
        raise Refused("bundle.too-large", file=name, limit=MAX_TOTAL // 1_000_000)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return Bundle(_without_top(_collect(_inflated(archive))), name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError):
        raise Refused("bundle.bad-zip", file=name) from None


def _inflated(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    entries = [info for info in archive.infolist() if not info.is_dir()]
    if len(entries) > 2 * MAX_FILES:
        raise Refused("bundle.too-many-files", limit=MAX_FILES)
    left = MAX_TOTAL
    for info in entries:
        path = _decoded_name(info)
        if _is_junk(path):
            continue
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refused("bundle.symlink", file=path)
        if info.flag_bits & 0x1:
            raise Refused("bundle.encrypted", file=path)
        _clean_name(path)  # refused before a byte of it is inflated
        content = _inflate(archive, info, path, left)
        left -= len(content)
        yield path, content


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str, left: int) -> bytes:
    """At most the bytes still allowed; one more is a refusal."""
    allowed = min(left, MAX_FILE, max(info.compress_size, 1_000) * MAX_RATIO)
    if info.file_size > allowed:
        raise Refused("bundle.zip-bomb", file=path)
    with archive.open(info) as stream:
        content = stream.read(allowed + 1)
    if len(content) > allowed:
        raise Refused("bundle.zip-bomb", file=path)
    return content


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 flag are often UTF-8 all the same."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


def _placed(name: str) -> str:
    """`offer.json` is a form, `welcome.sms.fa.txt` a text, `contract.typ` a document."""
    if name.endswith(".json") and name != "cases.json":
        return f"forms/{name}"
    if name.endswith(".txt") and name.count(".") >= 3:
        return f"templates/{name}"
    return f"documents/{name}" if name.endswith(".typ") else name


def _folder(top: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    for path in sorted(top.rglob("*")):
        name = path.relative_to(top).as_posix()
        if _is_junk(name):
            continue
        if path.is_symlink():
            raise Refused("bundle.symlink", file=name)
        if not path.is_file():
            continue
        total += path.stat().st_size
        if total > MAX_TOTAL:
            raise Refused("bundle.too-large", file=top.name, limit=MAX_TOTAL // 1_000_000)
        yield name, path.read_bytes()


def _collect(files: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Names made clean, counted and told apart; contents within bounds."""
    found: dict[str, bytes] = {}
    taken: set[str] = set()
    total = 0
    for raw, data in files:
        if _is_junk(raw):
            continue
        name = _clean_name(raw)
        total += len(data)
        if name.casefold() in taken:
            raise Refused("bundle.duplicate-name", file=name)
        if len(data) > MAX_FILE:
            raise Refused("bundle.file-too-large", file=name, limit=MAX_FILE // 1_000_000)
        if total > MAX_TOTAL:
            raise Refused("bundle.too-large", file=name, limit=MAX_TOTAL // 1_000_000)
        if len(found) >= MAX_FILES:
            raise Refused("bundle.too-many-files", limit=MAX_FILES)
        taken.add(name.casefold())
        found[name] = data
    if not found:
        raise Refused("bundle.empty")
    return found


def _clean_name(raw: str) -> str:
    """A relative name that stays below its folder on every system."""
    name = unicodedata.normalize("NFC", raw)
    parts = name.split("/")
    bad = (
        not name
        or len(name) > MAX_NAME
        or any(part in ("", ".", "..") or part != part.strip() for part in parts)
        or any(char in _FORBIDDEN or unicodedata.category(char) in ("Cc", "Cs") for char in name)
    )
    if bad:
        raise Refused("bundle.bad-name", file=ascii(raw)[:80])
    return name


def _is_junk(name: str) -> bool:
    """What file managers and version control leave in folders."""
    parts = name.split("/")
    hidden = any(
        part.startswith(".") and not part.startswith("..") and part != "." for part in parts
    )
    return hidden or parts[-1] in _JUNK_NAMES or not _JUNK_PARTS.isdisjoint(parts)


def _without_top(files: dict[str, bytes]) -> dict[str, bytes]:
    """An archive of one folder is that folder."""
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) != 1 or any("/" not in name for name in files):
        return files
    if tops <= {"forms", "templates", "documents", "files"}:
        return files
    return {name.split("/", 1)[1]: data for name, data in files.items()}
