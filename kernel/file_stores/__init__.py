"""Where the bytes of stored files lie: a folder, or a bucket of an S3-compatible service.

Names are made by `kernel.files`; a place knows nothing of people, rows or permissions.
"""

from pathlib import Path

from kernel.file_stores.folder import Folder
from kernel.file_stores.place import Kept, Place, PlaceAway, PlaceInvalid
from kernel.file_stores.s3 import Bucket

__all__ = ["Bucket", "Folder", "Kept", "Place", "PlaceAway", "PlaceInvalid", "place_at"]


def place_at(address: str | Path) -> Place:
    """The place of an address: a path, `file:///folder` or `s3://bucket/prefix?endpoint=…`.

    Raises: PlaceInvalid
    """
    if isinstance(address, Path):
        return Folder(address)
    if address.startswith("s3://"):
        return Bucket(address)
    if address.startswith("file:///"):
        return Folder(Path(address.removeprefix("file://")))
    raise PlaceInvalid(problem="file:///…, s3://…")
