"""Files in a bucket of an S3-compatible service, through `obstore`.

The keys come from `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` alone: they stand in no setting
that is shown, and what the library says of a failure is not passed on.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import BinaryIO
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from kernel.file_stores.place import PIECE, Kept, PlaceAway, PlaceInvalid

CONNECT, WHOLE = timedelta(seconds=5), timedelta(seconds=60)
RETRIES, RETRY_FOR = 3, timedelta(seconds=30)


@dataclass
class Bucket:
    """`s3://bucket/prefix?endpoint=https://…&region=…`; the library's threads start when used.

    Raises: PlaceInvalid
    """

    address: str = field(repr=False)

    def __post_init__(self) -> None:
        self._url = urlsplit(self.address)
        if not self._url.hostname:
            raise PlaceInvalid(problem="s3://bucket")
        if self._url.username or self._url.password:
            raise PlaceInvalid(problem="AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY")

    @cached_property
    def _store(self) -> S3Store:
        asked = parse_qs(self._url.query)
        endpoint = asked.get("endpoint", [""])[0]
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            if not os.environ.get(name):
                raise PlaceInvalid(problem=name)
        return S3Store(
            self._url.hostname or "",
            prefix=self._url.path.strip("/") or None,
            endpoint=endpoint or None,
            region=asked.get("region", ["us-east-1"])[0],
            access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
            secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
            checksum_algorithm="sha256",  # the service refuses what did not come as it was sent
            client_options={
                "connect_timeout": CONNECT,
                "timeout": WHOLE,
                "allow_http": endpoint.startswith("http://"),
            },
            retry_config={"max_retries": RETRIES, "retry_timeout": RETRY_FOR},
        )

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """One request: the service shows the whole of it or nothing."""
        with _said_in_words():
            obstore.put(self._store, name, content, use_multipart=False)
            known = obstore.head(self._store, name)
        if known["size"] != size:
            self.delete(name)
            raise PlaceAway(problem=f"{known['size']} ≠ {size}")

    def pieces(self, name: str) -> Iterator[bytes]:
        """Read on while somebody asks."""
        with _said_in_words():
            found = obstore.get(self._store, name)
            yield b""  # it is there
            for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)

    def exists(self, name: str) -> bool:
        """Ask for its head."""
        try:
            with _said_in_words():
                obstore.head(self._store, name)
        except FileNotFoundError:
            return False
        return True

    def delete(self, name: str) -> None:
        """Take it away."""
        with _said_in_words():
            obstore.delete(self._store, name)

    def listed(self, after: str, limit: int) -> list[Kept]:
        """The service gives names in order."""
        found: list[Kept] = []
        with _said_in_words():
            for some in obstore.list(self._store, offset=after or None, chunk_size=limit):
                found += [Kept(one["path"], one["size"], one["last_modified"]) for one in some]
                if len(found) >= limit:
                    break
        return found[:limit]


@contextmanager
def _said_in_words() -> Iterator[None]:
    """What the service did not do, without its answer: that may quote addresses and keys."""
    problem = ""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError, ValueError) as error:
        problem = type(error).__name__
    if problem:
        raise PlaceAway(problem=problem)
