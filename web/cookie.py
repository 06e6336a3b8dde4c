"""The browser's cookie: signed as Flask's is, holding plain JSON, by a signer that is made once."""

import hashlib
from functools import cache
from typing import Any

import orjson
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

SALT = "ravand-session"


class Cookie(SecureCookieSessionInterface):
    """What the session holds is text, truth values and lists of them; no type needs a tag."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The application's signer; Flask would make one twice in each request."""
        key = app.secret_key
        return _signer(key if isinstance(key, str) else key.decode()) if key else None


class _Json:
    @staticmethod
    def dumps(value: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes) -> Any:
        return orjson.loads(text)


@cache
def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        key,
        salt=SALT,
        serializer=_Json(),
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
