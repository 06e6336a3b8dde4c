"""The links of the chain: what is hashed, and the key under which hashes are sealed.

The hash shows that rows follow one another as they were written; anybody can compute it, also
somebody who rewrites them all. The seal shows that this installation wrote the row: its key is
derived from the secret key, which is in no database and no backup.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

import orjson

FIRST: Final = "0" * 64  # what stands before the first row
HASHED: Final = (
    "at",
    "person_id",
    "position",
    "on_behalf_of",
    "via",
    "network",
    "request_id",
    "act",
    "subject",
    "subject_id",
    "detail",
)
_PURPOSE: Final = b"ravand audit log"


@dataclass(frozen=True)
class Key:
    """A key for seals and the name by which rows refer to it."""

    id: str
    secret: bytes

    def seal(self, digest: str) -> str:
        """The seal of a row with this hash."""
        return hmac.digest(self.secret, digest.encode(), "sha256").hex()

    def sealed(self, digest: str, seal: str) -> bool:
        """Whether this key made the seal."""
        return hmac.compare_digest(self.seal(digest), seal)


def key_of(secret: str) -> Key:
    """The key for seals that an installation with this secret key has."""
    derived = hmac.digest(secret.encode(), _PURPOSE, "sha256")
    return Key(hashlib.sha256(derived).hexdigest()[:16], derived)


_key = key_of("")


def use_key(secret: str) -> None:
    """Seal with the key of this installation from now on; composition only."""
    global _key
    _key = key_of(secret)


def key() -> Key:
    """The key of this process's installation."""
    return _key


def digest(row: Mapping[str, Any]) -> str:
    """The hash of a row and of the one before it (`previous`), the same on both databases."""
    values = {name: row[name] for name in HASHED}
    values["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    plain = orjson.dumps([row["previous"], values], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(plain).hexdigest()
