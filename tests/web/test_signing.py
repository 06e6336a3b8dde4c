"""What the cookie holds is believed only when this installation has written it, lately."""

import pytest

from web.signing import Seal

DAY = 86_400
VALUES = [{}, {"sid": "a" * 43, "_permanent": True}, {"said": ["انجام شد. " * 100]}]


@pytest.mark.parametrize("value", VALUES)
def test_what_was_written_is_read(value: object) -> None:
    seal = Seal("secret", "cookie")

    assert seal.read(seal.write(value), DAY) == value


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
        "ی" * 40,
        Seal("other", "cookie").write({"sid": "mine"}),
        Seal("secret", "letter").write({"sid": "mine"}),
    ]

    assert [seal.read(one, DAY) for one in forged] == [None] * len(forged)
    assert seal.read(text, -1) is None
