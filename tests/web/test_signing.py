"""What the cookie holds is believed only when this installation has written it, lately."""

import hashlib

import pytest
from itsdangerous import URLSafeTimedSerializer

from web.signing import Seal

DAY = 86_400
VALUES = [{}, {"sid": "a" * 43, "_permanent": True}, {"said": ["انجام شد. " * 100]}]


@pytest.mark.parametrize("value", VALUES)
def test_what_was_written_is_read(value: object) -> None:
    seal = Seal("secret", "cookie")

    assert seal.read(seal.write(value), DAY) == value


@pytest.mark.parametrize("value", VALUES)
def test_it_is_written_as_itsdangerous_writes_it(value: object) -> None:
    options = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    theirs = URLSafeTimedSerializer("secret", salt="cookie", signer_kwargs=options)

    assert theirs.loads(Seal("secret", "cookie").write(value), max_age=DAY) == value
    assert Seal("secret", "cookie").read(theirs.dumps(value), DAY) == value


def test_nothing_else_is_believed() -> None:
    seal = Seal("secret", "cookie")
    text = seal.write({"sid": "mine"})
    payload, stamp, signature = text.split(".")
    others = Seal("secret", "cookie").write({"sid": "theirs"}).split(".")
    forged = [
        "",
        ".",
        "...",
        payload,
        f"{payload}.{stamp}",
        f"{payload}.{stamp}.",
        f"{payload}.{stamp}.{signature[:-1]}",
        f"{others[0]}.{stamp}.{signature}",
        f"{payload}.AAAAAA.{signature}",
        f".{text}",
        text.upper(),
        text + "=",
        "ی" * 40,
        Seal("other", "cookie").write({"sid": "mine"}),
        Seal("secret", "letter").write({"sid": "mine"}),
    ]

    assert [seal.read(one, DAY) for one in forged] == [None] * len(forged)
    assert seal.read(text, -1) is None
