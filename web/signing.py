"""Short texts that only this installation can have written: what the browser's cookie holds."""

import hashlib
from typing import Any

import orjson
from itsdangerous import BadData, URLSafeTimedSerializer


class _Json:
    """How itsdangerous writes and reads values."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return orjson.loads(text)


class Seal:
    """Signs JSON for one purpose, and reads what it has signed.

    Args:
        purpose: what is signed for one is worth nothing for another.
    """

    def __init__(self, secret: str, purpose: str) -> None:
        self._serializer = URLSafeTimedSerializer(
            secret,
            salt=purpose,
            serializer=_Json,
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )

    def write(self, value: Any) -> str:
        """The value and the instant, signed."""
        return str(self._serializer.dumps(value))

    def read(self, text: str, max_age: int) -> Any:
        """The value; None when nobody here has signed it, or longer ago than `max_age` seconds."""
        try:
            return self._serializer.loads(text, max_age=max_age)
        except BadData:
            return None
