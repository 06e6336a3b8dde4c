"""Files made of sheets; others may add kinds through the entry points `ravand.exporters`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kernel import clock
from kernel.registry import Registry
from reports.errors import TooManyRows
from reports.sheet import Sheet


@dataclass(frozen=True)
class Exported:
    """A file to hand out."""

    name: str
    content_type: str
    content: bytes


class Exporter(Protocol):
    """Makes one kind of file. `limit`: rows it takes."""

    ending: str
    content_type: str
    limit: int

    def export(self, sheet: Sheet, at: datetime) -> bytes:
        """The file; `at` is when it says it was made."""
        ...


exporters: Registry[Exporter] = Registry("exporters")


def export(kind: str, sheet: Sheet, *, at: datetime | None = None) -> Exported:
    """The sheet as a file of the kind `xlsx`, `pdf`, `cards` (a PDF) or what was added.

    Raises: UnknownPart, TooManyRows.
    """
    exporter = exporters[kind]
    if len(sheet.rows) > exporter.limit:
        raise TooManyRows(count=len(sheet.rows), limit=exporter.limit)
    content = exporter.export(sheet, at or clock.now())
    return Exported(f"{_file_name(sheet.title)}.{exporter.ending}", exporter.content_type, content)


def _file_name(title: str) -> str:
    return "".join(c if c.isalnum() or c in " -_()\u200c" else "-" for c in title)[:80].strip()
