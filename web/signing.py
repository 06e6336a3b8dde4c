"""Short texts that only this installation can have written: what the browser's cookie holds.

Written as itsdangerous writes them (payload, time, HMAC-SHA256, each base64 and joined by dots),
with the key derived once.
"""

import hmac
import zlib
from binascii import a2b_base64, b2a_base64
from time import time
from typing import Any

import orjson

_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")
_SEPARATOR = b"."
LONG = 300  # bytes from which a value is compressed


class Seal:
    """Signs JSON for one purpose, and reads what it has signed.

    Args:
        purpose: what is signed for one is worth nothing for another.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._key = hmac.digest(secret.encode(), purpose.encode(), "sha256")

    def write(self, value: Any) -> str:
        """The value and the instant, signed."""
        stamp = int(time())
        signed = _SEPARATOR.join((_payload(value), _packed(stamp.to_bytes(4, "big"))))
        return _SEPARATOR.join((signed, self._signature(signed))).decode()

    def read(self, text: str, max_age: int) -> Any:
        """The value; None when nobody here has signed it, or longer ago than `max_age` seconds."""
        signed, _, signature = text.encode().rpartition(_SEPARATOR)
        if not hmac.compare_digest(signature, self._signature(signed)):
            return None
        payload, _, stamp = signed.rpartition(_SEPARATOR)
        age = time() - int.from_bytes(_unpacked(stamp), "big")
        return _value(payload) if 0 <= age <= max_age else None

    def _signature(self, signed: bytes) -> bytes:
        return _packed(hmac.digest(self._key, signed, "sha256"))


def _payload(value: Any) -> bytes:
    text = orjson.dumps(value)
    return _packed(text) if len(text) < LONG else b"." + _packed(zlib.compress(text))


def _value(payload: bytes) -> Any:
    if payload[:1] == b".":
        return orjson.loads(zlib.decompress(_unpacked(payload[1:])))
    return orjson.loads(_unpacked(payload))


def _packed(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL)


def _unpacked(text: bytes) -> bytes:
    return a2b_base64(text.translate(_FROM_URL) + b"=" * (-len(text) % 4))
