"""Files in a folder, which several machines may share."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from kernel.file_stores.place import PIECE, Kept, PlaceAway
from kernel.ids import new_id

ASIDE = ".part"  # what is being written, or was when somebody died


@dataclass
class Folder:
    """A directory, made when the first file comes."""

    path: Path

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """Write aside, reach the disk, and only then take the name."""
        target = self.path / name
        aside = target.with_name(f"{target.name}.{new_id().hex}{ASIDE}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as out:
                while piece := content.read(PIECE):
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
                written = out.tell()
            if written != size:
                raise OSError(f"{written} bytes of {size}")
            aside.replace(target)
            _reach_disk(target.parent)
        except OSError as error:
            aside.unlink(missing_ok=True)
            raise PlaceAway(problem=error.strerror or str(error)) from error

    def pieces(self, name: str) -> Iterator[bytes]:
        """Read on while somebody asks."""
        with (self.path / name).open("rb") as source:
            yield source.read(PIECE)  # an empty file has one empty piece
            while piece := source.read(PIECE):
                yield piece

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self.path / name).is_file()

    def delete(self, name: str) -> None:
        """Unlink it."""
        (self.path / name).unlink(missing_ok=True)

    def listed(self, after: str, limit: int) -> list[Kept]:
        """One subfolder at a time, so that no more names are in memory than one of them has."""
        found: list[Kept] = []
        for folder in sorted(one.name for one in self.path.glob("*") if one.is_dir()):
            if folder < after[: len(folder)]:
                continue
            for name in sorted(f"{folder}/{one.name}" for one in (self.path / folder).iterdir()):
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


def _reach_disk(folder: Path) -> None:
    """A name that a power cut takes away again is none."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
