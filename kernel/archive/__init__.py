"""A whole installation in one file: every row and every stored file, for either database.

`write` takes a consistent copy while the installation works on; `restore` puts it into an empty
database of either kind. Rows are compared by a digest that does not depend on their order, so a
copy on PostgreSQL and its original on SQLite can be shown to be equal.
"""

from kernel.archive.contents import ArchiveBroken, Contents, TableSum, digests
from kernel.archive.restoring import DatabaseNotEmpty, restore
from kernel.archive.writing import ArchiveNotWritten, write

__all__ = [
    "ArchiveBroken",
    "ArchiveNotWritten",
    "Contents",
    "DatabaseNotEmpty",
    "TableSum",
    "digests",
    "restore",
    "write",
]
