"""Files in a folder, which several machines may share."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from kernel.file_stores.place import PIECE, Kept, PlaceAway
from kernel.ids import new_id

ASIDE = ".part"  # what is being written, or was when somebody died
_ASIDE = re.compile(rf".+\.[0-9a-f]{{32}}{re.escape(ASIDE)}")


def name_aside(name: str) -> str:
    """What the bytes of `name` are called until they are whole; no two writers share one."""
    return f"{name}.{new_id().hex}{ASIDE}"


def is_aside(name: str) -> bool:
    """Whether something is the unfinished work of a writer."""
    return _ASIDE.fullmatch(name) is not None


@dataclass
class Folder:
    """A directory, made when the first file comes."""

    path: Path

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """Write aside, reach the disk, and only then take the name."""
        target = self.path / name
        aside = self.path / name_aside(name)
        with _said_in_words():
            _make(target.parent)
            try:
                with aside.open("wb") as out:
                    while piece := content.read(PIECE):
                        out.write(piece)
                    out.flush()
                    os.fsync(out.fileno())
                    written = out.tell()
                if written != size:
                    raise OSError(f"{written} bytes of {size}")
                aside.replace(target)
            except OSError:
                aside.unlink(missing_ok=True)
                raise
            _reach_disk(target.parent)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Read on while somebody asks."""
        with _said_in_words(), (self.path / name).open("rb") as source:
            yield source.read(PIECE)  # an empty file has one empty piece
            while piece := source.read(PIECE):
                yield piece

    def exists(self, name: str) -> bool:
        """Whether there is such a file; a folder that cannot be read does not say no."""
        with _said_in_words():
            try:
                return stat.S_ISREG((self.path / name).stat().st_mode)
            except FileNotFoundError:
                return False

    def delete(self, name: str) -> None:
        """Unlink it."""
        with _said_in_words():
            (self.path / name).unlink(missing_ok=True)

    def listed(self, after: str, limit: int) -> list[Kept]:
        """One subfolder at a time, so that no more names are in memory than one of them has."""
        found: list[Kept] = []
        with _said_in_words():
            for folder in _sorted(self.path):
                if folder < after[: len(folder)] or not (self.path / folder).is_dir():
                    continue
                for name in (f"{folder}/{one}" for one in _sorted(self.path / folder)):
                    if name > after and (kept := self._kept(name)) is not None:
                        found.append(kept)
                        if len(found) == limit:
                            return found
        return found

    def _kept(self, name: str) -> Kept | None:
        try:
            known = (self.path / name).stat()
        except FileNotFoundError:
            return None  # taken away meanwhile
        return Kept(name, known.st_size, datetime.fromtimestamp(known.st_mtime, UTC))


@contextmanager
def _said_in_words() -> Iterator[None]:
    """A disk or a share that fails is a place that is away."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise PlaceAway(problem=error.strerror or str(error)) from error


def _sorted(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except FileNotFoundError:
        return []


def _make(folder: Path) -> None:
    """Folders whose own names last, too: a file in one that a power cut takes away is lost."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _reach_disk(folder.parent)


def _reach_disk(folder: Path) -> None:
    """A name that a power cut takes away again is none."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
